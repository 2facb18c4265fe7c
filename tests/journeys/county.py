"""A small county in the world of the tests, driven through the REST API as its people would."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta, timezone
from typing import Any, Generic, Protocol, TypeVar

import httpx

from shared.clock import ManualClock
from tests import builders as b
from tests.world import ok

P = TypeVar("P", bound="Place")
GUIZHOU = timezone(timedelta(hours=8))


class Place(Protocol):
    """Where a county lives: the world of one process, or processes of their own."""

    clock: ManualClock

    def client(self, service: str) -> httpx.AsyncClient:
        """Return a client of one service's REST API."""
        ...

    async def settle(self) -> None:
        """Let everything that follows have followed."""
        ...


class County(Generic[P]):
    """One county: by default one school of 100 pupils, and cooperatives `a` and `b` that offer everything."""

    def __init__(self, world: P) -> None:
        self.world = world
        self.nutrition = world.client("nutrition")
        self.farmers = world.client("farmers")
        self.procurement = world.client("procurement")
        self.logistics = world.client("logistics")

    async def put(self, service: str, route: str, *rows: dict[str, Any]) -> None:
        """Upsert rows; all must be taken."""
        answer = await ok(await self.world.client(service).put(route, json={"rows": list(rows)}))
        assert answer["refused"] == []

    async def set_up(self, *offers: dict[str, Any], schools: int = 1) -> None:
        """Register schools, dishes, cooperatives with households, offers and vehicles."""
        foods = [b.a_food(code) for code in ("rice", "cabbage", "pork", "salt")]
        await self.put("nutrition", "/foods", *foods)
        await self.put("nutrition", "/dishes", b.a_dish(), b.a_dish("d02", rice=50, cabbage=34))
        await self.put("nutrition", "/canteens", *[b.a_canteen(number) for number in range(1, schools + 1)])
        salt = [{"canteen_id": f"sch-{n}", "food_code": "salt", "quantity_g": 10_000} for n in range(1, schools + 1)]
        await self.put("nutrition", "/stocks", *salt)
        await self.put("farmers", "/cooperatives", b.a_cooperative("a"), b.a_cooperative("b", lat=28.30))
        households = [b.a_household(name, number) for name in "ab" for number in (1, 2, 3)]
        await self.put("farmers", "/households", *households)
        poor = [b.a_status(f"hh-{name}-{number}") for name in "ab" for number in (1, 2)]
        await self.put("farmers", "/household-statuses", *poor)
        every = [b.an_offer("a", food) for food in ("rice", "cabbage", "pork")]
        every += [b.an_offer("b", food, price=404) for food in ("rice", "cabbage", "pork")]
        await self.put("farmers", "/offers", *(offers or every))
        await self._set_up_fleet()
        await self.world.settle()

    async def _set_up_fleet(self) -> None:
        depot = {"depot_id": "dep-1", "county_code": b.COUNTY, "town_code": "520628101"}
        place = {"name_zh": "车场（虚构）", "name_en": "Depot (fictional)", "lat": 28.17, "lon": 109.21}
        await self.put("logistics", "/depots", depot | place)
        vehicle = {"depot_id": "dep-1", "capacity_g": 2_000_000, "temperature_class": "chilled"}
        vehicles = [vehicle | {"vehicle_id": f"veh-{n}", "plate": f"虚构-{n}"} for n in (1, 2)]
        await self.put("logistics", "/vehicles", *vehicles)
        await self.put("logistics", "/drivers", {"driver_id": "drv-1", "depot_id": "dep-1"})

    async def publish(self, menu: dict[str, Any] | None = None) -> dict[str, Any]:
        """Publish a menu and let the others hear of it."""
        published: dict[str, Any] = await ok(await self.nutrition.post("/menus", json=menu or b.a_menu()))
        await self.world.settle()
        return published

    async def source(self) -> dict[str, Any]:
        """Run sourcing for the county's week and return the finished run."""
        wanted = {"county_code": b.COUNTY, "week_start": b.MONDAY}
        run = await ok(await self.procurement.post("/sourcing-runs", json=wanted))
        await self.world.settle()
        done: dict[str, Any] = await ok(await self.procurement.get(f"/sourcing-runs/{run['run_id']}"))
        assert done["status"] == "done", done
        return done

    async def orders(self, **query: str) -> list[dict[str, Any]]:
        """Return procurement's orders."""
        return list((await ok(await self.procurement.get("/orders", params=query)))["items"])

    async def inbox(self, cooperative: str = "a", status: str = "to_answer") -> list[dict[str, Any]]:
        """Return a cooperative's orders of a status."""
        query = {"cooperative_id": f"coop-{cooperative}", "status": status}
        return list((await ok(await self.farmers.get("/orders", params=query)))["items"])

    async def accept_all(self, *cooperatives: str) -> int:
        """Accept whatever waits, until nothing does; returns how many orders."""
        accepted = 0
        while waiting := [order for name in cooperatives or "ab" for order in await self.inbox(name)]:
            for order in waiting:
                await ok(await self.farmers.post(f"/orders/{order['order_id']}/accept", json={}))
                accepted += 1
            await self.world.settle()
        return accepted

    async def harvest_and_dispatch(self, day: str = b.WEEK[0]) -> None:
        """Each cooperative brings in just what is confirmed for the day, by two households, and packs it."""
        self.go_to(day, 3)
        for name in "ab":
            orders = await self.inbox(name, "accepted") + await self.inbox(name, "partly_accepted")
            orders = [order for order in orders if order["delivery_day"] == day]
            wanted: dict[str, int] = {}
            for line in (line for order in orders for line in order["lines"]):
                wanted[line["food_code"]] = wanted.get(line["food_code"], 0) + line["confirmed_g"]
            for food, grams in wanted.items():
                await ok(await self.farmers.post("/lots", json=self.a_lot(name, food, day, grams)))
            for order in orders:
                await ok(await self.farmers.post(f"/orders/{order['order_id']}/dispatch", json={}))
        await self.world.settle()

    @staticmethod
    def a_lot(cooperative: str, food: str, day: str, grams: int) -> dict[str, Any]:
        """A lot: half from a poor household, a quarter from one that is not, the rest from the cooperative itself."""
        brought = {f"hh-{cooperative}-1": grams // 2, f"hh-{cooperative}-3": grams // 4}
        return {
            "lot_id": f"lot-{cooperative}-{food}-{day}",
            "cooperative_id": f"coop-{cooperative}",
            "food_code": food,
            "harvest_day": day,
            "certificate_no": f"CN-{cooperative}-{food}-{day}",
            "quantity_g": grams,
            "contributions": [{"household_id": household, "quantity_g": g} for household, g in brought.items() if g],
        }

    async def drive(self, day: str = b.WEEK[0]) -> list[dict[str, Any]]:
        """Plan the day's trips and drive them to every school; returns the trips."""
        await ok(await self.logistics.post("/trip-plans", json={"county_code": b.COUNTY, "day": day}))
        await self.world.settle()
        self.go_to(day, 5)
        query = {"county_code": b.COUNTY, "day": day}
        trips = (await ok(await self.logistics.get("/trips", params=query)))["items"]
        for trip in trips:
            await self._drive_one(trip["trip_id"])
        await self.world.settle()
        return list(trips)

    async def _drive_one(self, trip_id: str) -> None:
        trip = await ok(await self.logistics.get(f"/trips/{trip_id}"))
        await ok(await self.logistics.post(f"/trips/{trip_id}/load", json={}))
        await ok(await self.logistics.post(f"/trips/{trip_id}/depart", json={}))
        for school in dict.fromkeys(stop["place_id"] for stop in trip["stops"] if stop["kind"] == "delivery"):
            await ok(await self.logistics.post(f"/trips/{trip_id}/arrive", json={"canteen_id": school}))

    async def consignments(self, day: str = b.WEEK[0], canteen: str = "sch-1") -> list[dict[str, Any]]:
        """Return what was or will be delivered to a school on a day."""
        query = {"canteen_id": canteen, "delivery_day": day}
        return list((await ok(await self.logistics.get("/consignments", params=query)))["items"])

    async def receive(self, day: str = b.WEEK[0], canteen: str = "sch-1", permille: int = 1000) -> None:
        """Weigh and sign for everything; `permille` of what was dispatched is accepted, the rest is rejected."""
        for one in await self.consignments(day, canteen):
            if one["status"] == "arrived":
                await ok(await self.logistics.post("/receipts", json=self.a_receipt(one, permille)))
        await self.world.settle()

    @staticmethod
    def a_receipt(consignment: dict[str, Any], permille: int = 1000) -> dict[str, Any]:
        """A receipt for all that was dispatched, of which `permille` is accepted."""
        lines = [
            {
                "line_id": line["line_id"],
                "received_g": line["dispatched_g"],
                "accepted_g": line["dispatched_g"] * permille // 1000,
                "reason": "" if permille == 1000 else "wilted",
            }
            for line in consignment["lines"]
            if line["dispatched_g"]
        ]
        return {"order_id": consignment["order_id"], "signers": ["cook-1", "head-1"], "lines": lines}

    async def serve(self, day: str = b.WEEK[0], canteen: str = "sch-1", headcount: int = 100) -> dict[str, Any]:
        """Serve lunch."""
        self.go_to(day, 12, 30)
        meal = {"canteen_id": canteen, "day": day, "meal": "lunch", "headcount": headcount}
        served: dict[str, Any] = await ok(await self.nutrition.post("/meals", json=meal))
        await self.world.settle()
        return served

    async def live_through(self, day: str = b.WEEK[0], schools: Sequence[str] = ("sch-1",)) -> None:
        """Harvest, deliver, receive and serve on one day."""
        await self.harvest_and_dispatch(day)
        await self.drive(day)
        for school in schools:
            await self.receive(day, school)
            await self.serve(day, school)

    def go_to(self, day: str, hour: int, minute: int = 0) -> None:
        """Move the clock to an hour of a day in Guizhou."""
        moment = datetime.combine(datetime.fromisoformat(day), time(hour, minute), GUIZHOU)
        self.world.clock.move_to(moment.astimezone(UTC))

    async def report(self) -> dict[str, Any]:
        """Return procurement's report of the week."""
        report: dict[str, Any] = await ok(await self.procurement.get("/reports/week", params={"week_start": b.MONDAY}))
        return report

    async def check(self) -> dict[str, Any]:
        """Assert what must hold after every journey, and return the report.

        demand + surplus = allocated + unmet (+ open) on every demand line; accepted ≤ received ≤ dispatched ≤ confirmed
        ≤ ordered on every order line; no offer gives more than it has; the ledger sums to zero; no dead letters.
        """
        for line in (await ok(await self.procurement.get("/demand", params={"limit": 1000})))["items"]:
            left = line["quantity_g"] + line["surplus_g"]
            assert left == line["allocated_g"] + line["unmet_g"] + line["open_g"], line
        for order in await self.orders(limit="1000"):
            for line in order["lines"]:
                steps = ("accepted_g", "received_g", "dispatched_g", "confirmed_g", "ordered_g")
                amounts = [line[name] for name in steps if line[name] is not None]
                assert amounts == sorted(amounts), line
        for offer in (await ok(await self.farmers.get("/offers", params={"limit": 1000})))["items"]:
            assert 0 <= offer["promised_g"] <= offer["quantity_g"], offer
        assert (await ok(await self.procurement.get("/ledger/sum")))["sum_fen"] == 0
        for name in ("nutrition", "farmers", "procurement", "logistics"):
            metrics = (await self.world.client(name).get("/metrics")).text
            assert f'dead_letters{{service="{name}"}} 0.0' in metrics
            assert f'parked_events{{service="{name}"}} 0.0' in metrics
        return await self.report()
