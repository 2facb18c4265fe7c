"""One school with its dishes, and what others tell of it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from shared.events.logistics import LineReceived, LotAccepted, RecallRaised, ReceiptSigned
from tests import builders as b
from tests.world import World, ok

GUIZHOU = timezone(timedelta(hours=8))


class School:
    """sch-1 with 100 pupils of 9 to 11 and the dishes of the builders: d01 with salt, d02 of rice and cabbage."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.http = world.client("nutrition")

    async def set_up(self, **canteen: Any) -> "School":
        """Register foods, dishes and the canteen."""
        foods = [b.a_food(code) for code in ("rice", "cabbage", "pork", "salt")]
        foods.append(b.a_food("green_beans", canteen_ban=True))
        await self.put("/foods", *foods)
        beans = b.a_dish("d03", green_beans=80)
        await self.put("/dishes", b.a_dish(), b.a_dish("d02", rice=50, cabbage=34), beans)
        await self.put("/canteens", b.a_canteen(**canteen))
        return self

    async def put(self, route: str, *rows: dict[str, Any]) -> dict[str, Any]:
        """Upsert rows; all must be taken."""
        answer: dict[str, Any] = await ok(await self.http.put(route, json={"rows": list(rows)}))
        assert answer["refused"] == []
        return answer

    async def count(self, food: str, grams: int) -> dict[str, Any]:
        """Count a food in the store."""
        return await self.put("/stocks", {"canteen_id": "sch-1", "food_code": food, "quantity_g": grams})

    async def publish(self, menu: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Publish a menu: by default d01 on each day of the week."""
        published: dict[str, Any] = await ok(await self.http.post("/menus", json=menu or b.a_menu()))
        return published

    async def demand(self, menu_id: str) -> dict[tuple[str, str], dict[str, Any]]:
        """Return the menu's lines by (day, food)."""
        page = await ok(await self.http.get(f"/menus/{menu_id}/demand", params={"limit": 1000}))
        for line in page["items"]:
            assert line["gross_g"] == line["quantity_g"] + line["from_stock_g"], line
            assert min(value for value in line.values() if isinstance(value, int)) >= 0, line
        return {(line["delivery_day"], line["food_code"]): line for line in page["items"]}

    async def stock(self) -> dict[str, dict[str, Any]]:
        """Return what is on hand by food."""
        page = await ok(await self.http.get("/canteens/sch-1/stock"))
        return {item["food_code"]: item for item in page["items"]}

    async def receive(self, *parts: tuple[str, str, int], day: str = b.WEEK[0], **other: Any) -> ReceiptSigned:
        """Tell of a receipt of (food, lot, grams); returns the event, so that it can be told again."""
        event = a_receipt(*parts, day=day, **other)
        await self.world.publish(event)
        await self.world.settle()
        return event

    async def recall(self, lot_id: str) -> None:
        """Tell of a recall."""
        event = RecallRaised(
            recall_id=f"rec-{lot_id}",
            lot_id=lot_id,
            cooperative_id="coop-a",
            reason="residues",
            raised_at=self.world.clock.now(),
        )
        await self.world.publish(event)
        await self.world.settle()

    async def serve(
        self, headcount: int = 100, day: str = b.WEEK[0], meal: str = "lunch", *, go: bool = True, **other: Any
    ) -> dict[str, Any]:
        """Serve a meal at noon of its day, or now; `other` is what else is said, counts by age band for example."""
        if go:
            self.go_to(day, 12)
        body = {"canteen_id": "sch-1", "day": day, "meal": meal, **other}
        if "headcounts" not in other:
            body["headcount"] = headcount
        served: dict[str, Any] = await ok(await self.http.post("/meals", json=body))
        return served

    async def meal(self, meal_id: str) -> dict[str, Any]:
        """Return a meal as it stands."""
        read: dict[str, Any] = await ok(await self.http.get(f"/meals/{meal_id}"))
        return read

    def go_to(self, day: str, hour: int) -> None:
        """Move the clock to an hour of a day in Guizhou."""
        self.world.clock.move_to(datetime.combine(date.fromisoformat(day), time(hour), GUIZHOU).astimezone(UTC))


def a_receipt(*parts: tuple[str, str, int], day: str = b.WEEK[0], **other: Any) -> ReceiptSigned:
    """A receipt of (food, lot, accepted grams), version 1 of receipt r-1 unless told otherwise."""
    lines = tuple(
        LineReceived(
            line_id=f"line-{number}",
            food_code=food,
            received_g=grams,
            accepted_g=grams,
            lots=(LotAccepted(lot_id=lot, accepted_g=grams),) if grams else (),
        )
        for number, (food, lot, grams) in enumerate(parts)
    )
    values: dict[str, Any] = {
        "receipt_id": "r-1",
        "version": 1,
        "order_id": "o-1",
        "canteen_id": "sch-1",
        "cooperative_id": "coop-a",
        "delivery_day": date.fromisoformat(day),
        "signers": ("cook-1", "head-1"),
        "lines": lines,
        "signed_at": datetime(2026, 11, 30, tzinfo=UTC),
    }
    return ReceiptSigned(**(values | other))
