"""Reference prices: kept from what procurement tells, shown beside every offer and order line."""

from datetime import date, timedelta
from typing import Any

from shared.events.procurement import ReferencePricePublished
from tests.api.farmers.builders import a_county, offer, order_of, placed, put
from tests.conftest import WorldOf
from tests.world import START, ok, refused


def price(fen: int = 207, version: int = 1, **other: Any) -> ReferencePricePublished:
    """Napa cabbage in the province at ¥2.07."""
    values = {
        "food_code": "napa_cabbage",
        "region_code": "52",
        "day": date(2026, 11, 22),
        "version": version,
        "price_fen_per_kg": fen,
        "source": "bulletin (fictional)",
        "verified": True,
        "published_at": START,
    }
    return ReferencePricePublished.model_validate(values | other)


async def test_the_highest_version_of_a_price_is_shown_beside_offers_and_order_lines(world_of: WorldOf) -> None:
    """An older version that comes later changes nothing; the difference is in thousandths of the reference price."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(placed(), price(207, 2), price(999, 1))
    await world.settle()
    await world.publish(price(998, 1))
    await world.settle()
    shown = await ok(await world.client("farmers").get("/offers/off-1"))
    assert shown["reference"] == {
        "reference_price_fen_per_kg": 207,
        "day": "2026-11-22",
        "region_code": "52",
        "source": "bulletin (fictional)",
        "verified": True,
        "difference_permille": -256,
    }
    (line,) = (await order_of(world))["lines"]
    assert line["reference"] == shown["reference"]
    listed = await ok(await world.client("farmers").get("/orders"))
    assert listed["items"][0]["lines"][0]["reference"] == shown["reference"]


async def test_without_a_price_nothing_is_shown(world_of: WorldOf) -> None:
    """A price of another food, of another province or of a day after the offer's last is no reference for it."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/offers", offer("off-2", available_from="2026-11-21", available_until="2026-11-23"))
    later = price(day=date(2026, 11, 24))
    await world.publish(price(food_code="potato"), price(region_code="53"), later)
    await world.settle()
    world.clock.advance(timedelta(days=1))
    offers = (await ok(await world.client("farmers").get("/offers")))["items"]
    assert {one["offer_id"]: bool(one["reference"]) for one in offers} == {"off-1": True, "off-2": False}


async def test_a_county_sees_what_its_foods_cost(world_of: WorldOf) -> None:
    """By food, the nearest market first; pages count on by food; a day before the first price has none."""
    world = await world_of("farmers")
    await world.publish(
        price(), price(190, region_code="520628"), price(220, food_code="potato"), price(9, region_code="53")
    )
    await world.settle()
    client = world.client("farmers")
    where: dict[str, Any] = {"county_code": "520628", "limit": 1}
    first = await ok(await client.get("/reference-prices", params=where))
    assert [(one["region_code"], one["price_fen_per_kg"]) for one in first["items"]] == [("520628", 190)]
    rest = await ok(await client.get("/reference-prices", params={**where, "after": first["next"]}))
    assert [one["food_code"] for one in rest["items"]] == ["potato"]
    before = await ok(await client.get("/reference-prices", params={"county_code": "520628", "day": "2026-11-21"}))
    assert before["items"] == []
    refused(await client.get("/reference-prices"), 422, "invalid-input")
