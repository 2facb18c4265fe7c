"""The packing list of a day."""

from typing import Any

from shared.events.farmers import OrderDispatched
from shared.fields import TemperatureClass
from tests.api.farmers.builders import COOP, OTHER, a_county, line, lot, offer, placed, post, put
from tests.conftest import WorldOf
from tests.world import World, ok, refused

DAY = "2026-11-30"


async def a_morning(world: World) -> None:
    """Three orders of two schools are confirmed for Monday, one waits, one is for Tuesday."""
    await a_county(world)
    made = await put(world, "/offers", offer("pork", food_code="pork", pack_size_g=2_500, minimum_lot_g=2_500))
    assert made["refused"] == []
    pork = line("pork", 6_000, offer_id="pork", food_code="pork", temperature_class=TemperatureClass.CHILLED)
    tuesday = placed("tuesday", line(ordered_g=1_000), delivery_day="2026-12-01")
    await world.publish(
        placed("z", line(ordered_g=10_000)),
        placed("a", pork, line(ordered_g=20_000), canteen_id="canteen-2"),
        placed("b", line(ordered_g=5_000), canteen_id="canteen-2"),
        placed("waiting", line(ordered_g=1_000)),
        tuesday,
    )
    await world.settle()
    for order_id in ("z", "a", "b", "tuesday"):
        await post(world, f"/orders/{order_id}/accept")


async def listed(world: World, day: str = DAY, cooperative_id: str = COOP) -> Any:
    """The packing list of a day."""
    client = world.client("farmers")
    return await ok(await client.get(f"/cooperatives/{cooperative_id}/packing-list", params={"day": day}))


async def test_a_day_is_packed_school_by_school(world_of: WorldOf) -> None:
    """Each school's lines carry temperature class, packs and the lots to take, first expired first out."""
    world = await world_of("farmers")
    await a_morning(world)
    await post(world, "/lots", **lot("late", best_before="2026-12-20", quantity_g=30_000))
    await post(world, "/lots", **lot("soon", best_before="2026-12-01", quantity_g=12_000, certificate_no="GZ-7"))
    await post(world, "/lots", **lot("pork", food_code="pork", quantity_g=10_000))
    shown = await listed(world)
    assert (shown["orders"], [each["canteen_id"] for each in shown["schools"]]) == (3, ["canteen-1", "canteen-2"])
    (first,) = shown["schools"][0]["lines"]
    assert (first["order_id"], first["quantity_g"], first["packs"], first["note"]) == ("z", 10_000, None, None)
    assert [(each["lot_id"], each["quantity_g"], each["certificate_no"]) for each in first["lots"]] == [
        ("soon", 10_000, "GZ-7")
    ]
    others = shown["schools"][1]["lines"]
    assert [(each["order_id"], each["temperature_class"]) for each in others] == [
        ("a", "ambient"),
        ("b", "ambient"),
        ("a", "chilled"),
    ]
    assert [(each["lot_id"], each["quantity_g"]) for each in others[0]["lots"]] == [("soon", 2_000), ("late", 18_000)]
    assert (others[2]["packs"], others[2]["pack_size_g"]) == (3, 2_500)
    assert shown["foods"] == [
        {"food_code": "napa_cabbage", "quantity_g": 35_000, "on_hand_g": 42_000, "short_g": 0, "surplus_g": 7_000},
        {"food_code": "pork", "quantity_g": 6_000, "on_hand_g": 10_000, "short_g": 0, "surplus_g": 4_000},
    ]


async def test_a_list_says_what_is_missing_and_takes_nothing(world_of: WorldOf) -> None:
    """What no lot has is named line by line and by food; lots spoilt or recalled do not count, and nothing is taken."""
    world = await world_of("farmers")
    await a_morning(world)
    await post(world, "/lots", **lot("few", quantity_g=12_000))
    await post(world, "/lots", **lot("spoilt", best_before="2026-11-29", quantity_g=50_000))
    shown = await listed(world)
    missing = {
        (each["order_id"], each["food_code"]): (each["short_g"], each["note"])
        for school in shown["schools"]
        for each in school["lines"]
    }
    assert missing == {
        ("z", "napa_cabbage"): (0, None),
        ("a", "napa_cabbage"): (18_000, "lots-exhausted"),
        ("b", "napa_cabbage"): (5_000, "lots-exhausted"),
        ("a", "pork"): (6_000, "lots-exhausted"),
    }
    assert [(each["on_hand_g"], each["short_g"], each["surplus_g"]) for each in shown["foods"]] == [
        (12_000, 23_000, 0),
        (0, 6_000, 0),
    ]
    assert await listed(world) == shown
    await post(world, "/orders/z/dispatch")
    after = await listed(world)
    assert [each["canteen_id"] for each in after["schools"]] == ["canteen-2"]
    assert after["schools"][0]["lines"][0]["lots"][0]["quantity_g"] == 2_000


async def test_days_without_orders_and_unknown_cooperatives(world_of: WorldOf) -> None:
    """An idle day has an empty list; an unknown cooperative and what is no day are refused."""
    world = await world_of("farmers")
    await a_morning(world)
    for day, cooperative_id in (("2026-12-02", COOP), (DAY, OTHER)):
        shown = await listed(world, day, cooperative_id)
        assert (shown["orders"], shown["schools"], shown["foods"]) == (0, [], [])
    client = world.client("farmers")
    unknown = await client.get("/cooperatives/coop-404/packing-list", params={"day": DAY})
    refused(unknown, 404, "unknown-cooperative")
    for query in ({}, {"day": "Monday"}):
        refused(await client.get(f"/cooperatives/{COOP}/packing-list", params=query), 422, "invalid-input")


async def test_each_short_line_says_why(world_of: WorldOf) -> None:
    """A line packed short has its own reason or the order's, and tells it; without either nothing is dispatched."""
    world = await world_of("farmers")
    await a_morning(world)
    await post(world, "/lots", **lot())
    await post(world, "/lots", **lot("pork", food_code="pork", quantity_g=10_000))
    client = world.client("farmers")
    cabbage = {"line_id": "line-1", "lots": [{"lot_id": "lot-1", "quantity_g": 15_000}]}
    pork = {"line_id": "pork", "lots": [{"lot_id": "pork", "quantity_g": 5_000}], "reason": "the cold room failed"}
    silent = await client.post("/orders/a/dispatch", json={"lines": [cabbage, pork]})
    assert refused(silent, 422, "reason-required")["field"] == "reason"
    said = {"lines": [cabbage | {"reason": "hail"}, pork]}
    done = await ok(await client.post("/orders/a/dispatch", json=said))
    short = {each["line_id"]: (each["short_g"], each["reason"]) for each in done["lines"]}
    assert short == {"pork": (1_000, "the cold room failed"), "line-1": (5_000, "hail")}
    assert done["reason"] == "the cold room failed"
    note = await ok(await client.get("/orders/a/packing-list"))
    assert {each["line_id"]: each["short_reason"] for each in note["lines"]} == {
        "pork": "the cold room failed",
        "line-1": "hail",
    }
    whole = {"lines": [{"line_id": "line-1", "lots": [{"lot_id": "lot-1", "quantity_g": 10_000}], "reason": "none"}]}
    done = await ok(await client.post("/orders/z/dispatch", json=whole))
    assert (done["reason"], done["lines"][0]["reason"], done["lines"][0]["short_g"]) == (None, None, 0)
    await world.settle()
    told = {
        event.order_id: {each.line_id: each.reason for each in event.lines} for event in world.told_of(OrderDispatched)
    }
    assert told == {"a": {"pork": "the cold room failed", "line-1": "hail"}, "z": {"line-1": None}}
