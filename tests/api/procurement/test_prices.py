"""Reference prices: published by procurement, corrected, shown beside every order line."""

import asyncio
from typing import Any

from shared.events.procurement import ReferencePricePublished
from tests.api.procurement import facts
from tests.conftest import WorldOf
from tests.world import World, ok, refused


def price(**other: Any) -> dict[str, Any]:
    """A row of `PUT /reference-prices`: cabbage at ¥2.50."""
    row = {
        "food_code": "cabbage",
        "region_code": "52",
        "day": "2026-11-22",
        "price_fen_per_kg": 250,
        "source": "bulletin (fictional)",
        "verified": True,
    }
    return row | other


async def put(world: World, *rows: dict[str, Any]) -> Any:
    """Publish prices and return what became of them."""
    return await ok(await world.client("procurement").put("/reference-prices", json={"rows": list(rows)}))


async def test_a_price_is_told_once_and_corrected_by_a_higher_version(world_of: WorldOf) -> None:
    """The same again tells nothing; another price of the same food, region and day is the next version."""
    world = await world_of("procurement")
    done = await put(world, price(), price(region_code="520628"))
    assert (done["created"], done["refused"]) == (2, [])
    assert (await put(world, price()))["unchanged"] == 1
    assert (await put(world, price(price_fen_per_kg=260)))["changed"] == 1
    await world.settle()
    told = [
        (one.region_code, one.version, one.price_fen_per_kg)
        for one in world.told_of(ReferencePricePublished)
        if one.region_code == "52"
    ]
    assert told == [("52", 1, 250), ("52", 2, 260)]
    client = world.client("procurement")
    listed = await ok(await client.get("/reference-prices", params={"food_code": "cabbage", "region_code": "52"}))
    assert [(one["version"], one["price_fen_per_kg"]) for one in listed["items"]] == [(2, 260)]
    first = await ok(await client.get("/reference-prices", params={"limit": 1}))
    rest = await ok(await client.get("/reference-prices", params={"limit": 1, "after": first["next"]}))
    assert {one["region_code"] for one in first["items"] + rest["items"]} == {"52", "520628"}
    assert rest["next"] is None


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"day": "2026-11-24"}, "day", "price-of-a-day-to-come"),
    ({"day": "2026-11-31"}, "day", "date_from_datetime_parsing"),
    ({"price_fen_per_kg": 0}, "price_fen_per_kg", "greater_than"),
    ({"price_fen_per_kg": 2.5}, "price_fen_per_kg", "int_type"),
    ({"region_code": "520"}, "region_code", "string_pattern_mismatch"),
    ({"region_code": "Guizhou"}, "region_code", "string_pattern_mismatch"),
    ({"source": " "}, "source", "string_too_short"),
    ({"verified": "yes"}, "verified", "bool_type"),
    ({"mean": 1}, "mean", "extra_forbidden"),
]


async def test_prices_nobody_saw_are_refused(world_of: WorldOf) -> None:
    """A bad row names its field and rule, the good one beside it is taken; a row said twice is taken once."""
    world = await world_of("procurement")
    done = await put(world, price(), *(price(**wrong) for wrong, _, _ in BAD), price(price_fen_per_kg=1))
    expected = [(field, rule) for _, field, rule in BAD] + [("food_code", "twice-in-request")]
    assert [(one["field"], one["rule"]) for one in done["refused"]] == expected
    assert done["created"] == 1
    refused(await world.client("procurement").get("/reference-prices?region_code=x"), 422, "invalid-input")


async def test_a_price_published_by_two_at_once_is_one_price(world_of: WorldOf) -> None:
    """Of two who publish the same price at the same moment one creates it, the other finds it or is told of it."""
    world = await world_of("procurement")
    done = await asyncio.gather(*(put(world, price(price_fen_per_kg=200 + n)) for n in range(4)))
    assert sum(one["created"] for one in done) == 1
    await world.settle()
    versions = [one.version for one in world.told_of(ReferencePricePublished)]
    assert versions == list(range(1, len(versions) + 1))


async def test_a_school_sees_the_reference_price_beside_each_line(world_of: WorldOf) -> None:
    """Cabbage ordered at ¥2.00 stands 200 ‰ below the market; of what nobody published a price nothing is shown."""
    world = await world_of("procurement")
    menu = facts.a_menu({("cabbage", facts.MONDAY): 20_000, ("pork", facts.MONDAY): 5_000})
    pork = facts.an_offer("offer-2", food_code="pork")
    await world.publish(facts.a_canteen(), facts.a_cooperative(), facts.an_offer(), pork, menu)
    await world.settle()
    await facts.run(world)
    await put(world, price(), price(price_fen_per_kg=400, day="2025-01-01"))
    orders = (await ok(await world.client("procurement").get("/orders")))["items"]
    lines = {line["food_code"]: line["reference"] for order in orders for line in order["lines"]}
    assert lines["pork"] is None
    assert lines["cabbage"] == {
        "reference_price_fen_per_kg": 250,
        "day": "2026-11-22",
        "region_code": "52",
        "source": "bulletin (fictional)",
        "verified": True,
        "difference_permille": -200,
    }
