"""Consignments: what others tell, in whatever order and however often."""

from services.logistics.main import definition
from shared import migrate
from shared.events.logistics import ConsignmentGivenUp
from tests.api.logistics.county import (
    CHILLED,
    DAY,
    a_cancellation,
    a_canteen,
    a_confirmation,
    a_dispatch,
    a_lot,
    a_planned_trip,
    open_county,
    plan,
    the_only_trip,
)
from tests.conftest import WorldOf
from tests.world import ok, refused


async def test_the_migrated_database_has_every_table(world_of: WorldOf) -> None:
    """What the migrations make is what the models say."""
    world = await world_of("logistics")
    assert await migrate.differences(world.services["logistics"].database, definition) == []


async def test_the_highest_confirmation_stands(world_of: WorldOf) -> None:
    """A confirmation of a higher version replaces the grams; a lower or repeated one changes nothing."""
    world = await world_of("logistics")
    client = world.client("logistics")
    newer = a_confirmation("ord-1", version=3, grams=(6_000, 2_000), temperature_class=CHILLED)
    older = a_confirmation("ord-1", version=2, grams=(9_000, 9_000, 9_000))
    for events in ([older], [newer], [older, newer], [newer, older]):
        await world.publish(*events)
        await world.settle()
    read = await ok(await client.get("/consignments/ord-1"))
    assert (read["confirmed_g"], read["temperature_class"]) == (8_000, "chilled")
    assert [line["confirmed_g"] for line in read["lines"]] == [6_000, 2_000, 0]


async def test_an_order_without_grams_is_dropped(world_of: WorldOf) -> None:
    """A confirmation that lowers every line to nothing takes the consignment off the road."""
    world = await world_of("logistics")
    await world.publish(a_confirmation("ord-1"), a_confirmation("ord-1", version=3, grams=(0,)))
    await world.settle()
    assert (await ok(await world.client("logistics").get("/consignments/ord-1")))["status"] == "cancelled"


async def test_a_late_confirmation_revives_nothing(world_of: WorldOf) -> None:
    """An order cancelled before its confirmation was handled stays cancelled."""
    world = await world_of("logistics")
    await world.publish(a_cancellation("ord-1"))
    await world.settle()
    await world.publish(a_confirmation("ord-1"))
    await world.settle()
    assert (await ok(await world.client("logistics").get("/consignments/ord-1")))["status"] == "cancelled"


async def test_what_was_packed_while_it_was_called_off_rides(world_of: WorldOf) -> None:
    """A confirmation above the cancellation's version revives the order; those below it never do, in any order."""
    world = await world_of("logistics")
    client = await open_county(world)
    await world.publish(a_lot("lot-1"), a_confirmation("ord-1"))
    await world.settle()
    await world.publish(a_cancellation("ord-1", version=3), a_dispatch("ord-1", {"lot-1": 10_000}))
    await world.settle()
    assert (await ok(await client.get("/consignments/ord-1")))["status"] == "cancelled"
    await world.publish(a_confirmation("ord-1", version=4))
    await world.settle()
    for stale in (a_cancellation("ord-1", version=3), a_confirmation("ord-1", version=2)):
        await world.publish(stale)
        await world.settle()
        assert (await ok(await client.get("/consignments/ord-1")))["status"] == "dispatched"
    assert (await plan(world))["consignments"] == 1


async def test_an_order_revived_after_its_trip_left_takes_another(world_of: WorldOf) -> None:
    """A trip lets go of what was cancelled on it when it departs: revived, the order is planned again."""
    world = await world_of("logistics")
    client = await open_county(world)
    await world.publish(a_lot("lot-1"), *(a_confirmation(f"ord-{n}") for n in (1, 2)))
    await world.publish(*(a_dispatch(f"ord-{n}", {"lot-1": 10_000}) for n in (1, 2)))
    await world.settle()
    await plan(world)
    trip_id = await the_only_trip(world)
    await world.publish(a_cancellation("ord-2"))
    await world.settle()
    await ok(await client.post(f"/trips/{trip_id}/load", json={}))
    await ok(await client.post(f"/trips/{trip_id}/depart"))
    await world.publish(a_confirmation("ord-2", version=4))
    await world.settle()
    assert (await plan(world))["consignments"] == 1
    assert (await ok(await client.get("/consignments/ord-2")))["trip_id"] not in (None, trip_id)


async def test_what_is_packed_waits_for_its_confirmation(world_of: WorldOf) -> None:
    """A packing told before its confirmation is parked, then applied once, however often it is told."""
    world = await world_of("logistics")
    client = world.client("logistics")
    packed = a_dispatch("ord-1", {"lot-1": 4_000, "lot-2": 3_000})
    await world.publish(packed)
    await world.settle()
    refused(await client.get("/consignments/ord-1"), 404, "unknown-consignment")
    await world.publish(a_confirmation("ord-1"), packed, a_dispatch("ord-1", {"lot-3": 1}))
    await world.settle()
    read = await ok(await client.get("/consignments/ord-1"))
    assert (read["status"], read["confirmed_g"], read["dispatched_g"]) == ("dispatched", 10_000, 7_000)
    assert read["lines"][0]["dispatched_g"] == 7_000


async def test_a_line_packed_short_says_why(world_of: WorldOf) -> None:
    """Whoever waits at the gate reads why less comes than was confirmed."""
    world = await world_of("logistics")
    packed = a_dispatch("ord-1", {"lot-1": 7_000}, {"lot-1": 5_000})
    why = packed.lines[0].model_copy(update={"reason": "hail on Tuesday"})
    await world.publish(a_confirmation("ord-1", grams=(10_000, 5_000)))
    await world.publish(packed.model_copy(update={"lines": (why, packed.lines[1])}))
    await world.settle()
    read = await ok(await world.client("logistics").get("/consignments/ord-1"))
    assert [line["short_reason"] for line in read["lines"]] == ["hail on Tuesday", None]


async def test_the_highest_version_of_a_place_stands(world_of: WorldOf) -> None:
    """A place is kept as its highest version tells it, in whatever order versions come."""
    world = await world_of("logistics")
    client = await open_county(world)
    await world.publish(a_canteen("sch-1", version=3, name="New name"), a_canteen("sch-1", version=2, name="Old name"))
    await world.publish(a_confirmation("ord-1"))
    await world.settle()
    await plan(world)
    sheet = await ok(await client.get(f"/trips/{await the_only_trip(world)}/run-sheet"))
    assert sheet["stops"][1]["name_en"] == "New name"


async def test_lists_are_paged(world_of: WorldOf) -> None:
    """A list gives a page and where the next one begins."""
    world = await world_of("logistics")
    client = world.client("logistics")
    await world.publish(*(a_confirmation(f"ord-{n}") for n in range(5)))
    await world.settle()
    seen, after = [], None
    while True:
        params = {"limit": "2", "canteen_id": "sch-1"} | ({"after": after} if after else {})
        page = await ok(await client.get("/consignments", params=params))
        seen += [item["order_id"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == [f"ord-{n}" for n in range(5)]


async def test_what_nothing_can_bring_is_given_up_once(world_of: WorldOf) -> None:
    """Packed and on no trip, it is given up and told, asked twice or not; afterwards no plan takes it."""
    world = await world_of("logistics")
    client = await open_county(world)
    await world.publish(a_lot("lot-1"), a_confirmation("ord-1"), a_dispatch("ord-1", {"lot-1": 10_000}))
    await world.settle()
    path = "/consignments/ord-1/give-up"
    for _ in range(2):
        given_up = await ok(await client.post(path, json={"reason": "no van is left"}))
        assert (given_up["status"], given_up["dispatched_g"]) == ("given_up", 10_000)
    await world.settle()
    (told,) = world.told_of(ConsignmentGivenUp)
    assert (told.order_id, told.reason, told.county_code) == ("ord-1", "no van is left", "520628")
    assert (await plan(world))["consignments"] == 0
    await world.publish(a_confirmation("ord-1", version=9))
    await world.settle()
    assert (await ok(await client.get("/consignments/ord-1")))["status"] == "given_up"


async def test_only_what_is_stranded_is_given_up(world_of: WorldOf) -> None:
    """What is not packed is called off instead; what rides on a trip, or has come, is not stranded."""
    world = await world_of("logistics")
    client = await open_county(world)
    why = {"reason": "no van is left"}
    await world.publish(a_confirmation("ord-1"))
    await world.settle()
    refused(await client.post("/consignments/ord-1/give-up", json=why), 409, "not-dispatched")
    refused(await client.post("/consignments/nothing/give-up", json=why), 404, "unknown-consignment")
    refused(await client.post("/consignments/ord-1/give-up", json={"reason": ""}), 422, "invalid-input")
    await world.publish(a_lot("lot-1"), a_dispatch("ord-1", {"lot-1": 10_000}))
    await world.settle()
    await plan(world)
    refused(await client.post("/consignments/ord-1/give-up", json=why), 409, "on-a-trip")
    await ok(await client.post(f"/trips/{await the_only_trip(world)}/load", json={}))
    refused(await client.post("/consignments/ord-1/give-up", json=why), 409, "not-waiting")
    assert world.told_of(ConsignmentGivenUp) == []


async def test_a_stranded_load_that_nobody_can_fetch_is_given_up(world_of: WorldOf) -> None:
    """The only vehicle breaks down: its load waits at the roadside, no plan takes it, a dispatcher gives it up."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_planned_trip(world, "ord-1")
    await ok(await client.post(f"/trips/{trip_id}/load", json={}))
    await ok(await client.post(f"/trips/{trip_id}/depart"))
    away = {"kind": "vehicle", "subject_id": "veh-2", "day": str(DAY)}
    assert (await ok(await client.put("/availability", json={"rows": [away]})))["refused"] == []
    at = {"lat": 28.16, "lon": 109.2, "reason": "engine stopped"}
    broken = await ok(await client.post(f"/trips/{trip_id}/breakdown", json=at))
    await world.settle()
    made = await ok(await client.get(f"/trip-plans/{broken['plan_id']}"))
    assert [one["order_id"] for one in made["unplanned"]] == ["ord-1"]
    given_up = await ok(await client.post("/consignments/ord-1/give-up", json={"reason": "no van is left"}))
    assert given_up["status"] == "given_up"
    await world.settle()
    assert [one.order_id for one in world.told_of(ConsignmentGivenUp)] == ["ord-1"]
