"""A small county to try things on: two cooperatives, four households, offers, and orders that procurement places."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from shared.events.procurement import LineOrdered, OrderPlaced
from shared.fields import TemperatureClass
from tests.world import START, World, ok

COOP, OTHER = "coop-1", "coop-2"
MONDAY = date(2026, 11, 30)
DEADLINE = START + timedelta(days=2)
EVER = datetime(2026, 1, 1, tzinfo=UTC)


def cooperative(cooperative_id: str = COOP, **other: Any) -> dict[str, Any]:
    """A row of `PUT /cooperatives`."""
    row = {
        "cooperative_id": cooperative_id,
        "name_zh": "向穗蔬菜专业合作社（虚构）",
        "name_en": "Xiangsui Vegetable Cooperative (fictional)",
        "county_code": "520628",
        "town_code": "520628103",
        "lat": 28.10658,
        "lon": 109.10964,
        "priority_group": "women",
    }
    return row | other


def household(household_id: str, cooperative_id: str = COOP) -> dict[str, Any]:
    """A row of `PUT /households`."""
    return {"household_id": household_id, "cooperative_id": cooperative_id, "town_code": "520628103"}


def status(household_id: str, what: str, from_day: str, until_day: str | None = None) -> dict[str, Any]:
    """A row of `PUT /household-statuses`."""
    return {
        "household_id": household_id,
        "status": what,
        "from_day": from_day,
        "until_day": until_day,
        "source": "fictional registry",
    }


def offer(offer_id: str = "off-1", cooperative_id: str = COOP, **other: Any) -> dict[str, Any]:
    """A row of `PUT /offers`: 100 kg of napa cabbage for the sample week."""
    row = {
        "offer_id": offer_id,
        "cooperative_id": cooperative_id,
        "food_code": "napa_cabbage",
        "available_from": "2026-11-30",
        "available_until": "2026-12-06",
        "quantity_g": 100_000,
        "price_fen_per_kg": 154,
        "shelf_life_days": 20,
        "minimum_lot_g": 1_000,
    }
    return row | other


def terms(**other: Any) -> dict[str, Any]:
    """A body of `PUT /offers/{id}`."""
    row = offer(**other)
    return {name: value for name, value in row.items() if name not in ("offer_id", "cooperative_id")}


def line(line_id: str = "line-1", ordered_g: int = 40_000, **other: Any) -> LineOrdered:
    """A line of an order."""
    values = {
        "line_id": line_id,
        "food_code": "napa_cabbage",
        "offer_id": "off-1",
        "temperature_class": TemperatureClass.AMBIENT,
        "ordered_g": ordered_g,
        "price_fen_per_kg": 154,
    }
    return LineOrdered.model_validate(values | other)


def placed(order_id: str = "order-1", *lines: LineOrdered, **other: Any) -> OrderPlaced:
    """An order as procurement places it: 40 kg of napa cabbage for Monday."""
    values = {
        "order_id": order_id,
        "version": 1,
        "canteen_id": "canteen-1",
        "cooperative_id": COOP,
        "county_code": "520628",
        "delivery_day": MONDAY,
        "answer_by": DEADLINE,
        "lines": lines or (line(),),
        "placed_at": START,
    }
    return OrderPlaced.model_validate(values | other)


async def put(world: World, path: str, *rows: dict[str, Any]) -> Any:
    """Load rows and return what became of them."""
    return await ok(await world.client("farmers").put(path, json={"rows": list(rows)}))


async def a_county(world: World) -> None:
    """Two cooperatives; the first with four households, three of which count as poor, and one offer of 100 kg."""
    await put(world, "/cooperatives", cooperative(), cooperative(OTHER))
    await put(world, "/households", *(household(f"hh-{n}") for n in range(1, 5)), household("hh-9", OTHER))
    await put(
        world,
        "/household-statuses",
        status("hh-1", "registered_poor", "2014-01-01"),
        status("hh-2", "lifted_out", "2019-01-01"),
        status("hh-3", "monitored", "2024-01-01"),
        status("hh-4", "not_poor", "2014-01-01"),
    )
    await put(world, "/offers", offer())
    await world.settle()


async def promised(world: World, offer_id: str = "off-1") -> int:
    """Grams promised from an offer."""
    answer = await ok(await world.client("farmers").get(f"/offers/{offer_id}"))
    grams: int = answer["promised_g"]
    return grams


async def order_of(world: World, order_id: str = "order-1") -> Any:
    """The order as the inbox shows it."""
    return await ok(await world.client("farmers").get(f"/orders/{order_id}"))


async def post(world: World, path: str, **body: Any) -> Any:
    """Post a body that must be taken, and return the answer."""
    return await ok(await world.client("farmers").post(path, json=body))


def lot(
    lot_id: str = "lot-1", cooperative_id: str = COOP, *, contributions: dict[str, int] | None = None, **other: Any
) -> dict[str, Any]:
    """A body of `POST /lots`: 60 kg of napa cabbage harvested the day before the clock's start."""
    brought = [{"household_id": name, "quantity_g": grams} for name, grams in (contributions or {}).items()]
    row = {
        "lot_id": lot_id,
        "cooperative_id": cooperative_id,
        "food_code": "napa_cabbage",
        "harvest_day": "2026-11-21",
        "certificate_no": "GZ-1",
        "quantity_g": 60_000,
        "contributions": brought,
    }
    return row | other
