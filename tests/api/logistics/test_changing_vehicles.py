"""The cold chain of what changes vehicles, at a collection point or after a breakdown, is one over the whole way."""

from datetime import timedelta

from tests.api.logistics.county import CHILLED, DAY, a_meal, a_planned_trip, a_vehicle, open_county
from tests.api.logistics.test_dispatching import trips_of
from tests.api.logistics.test_tracking import readings
from tests.conftest import WorldOf
from tests.world import World, ok

WHERE = {"lat": 28.16, "lon": 109.2, "reason": "engine stopped"}


async def a_load_taken_over(world: World) -> tuple[str, str]:
    """Let a chilled load ride for two hours, break down, and be on board of another vehicle; return both trips."""
    client = await open_county(world)
    await ok(await client.put("/vehicles", json={"rows": [a_vehicle("veh-3", "chilled")]}))
    await ok(await client.put("/devices", json={"rows": [{"device_id": "box-3", "vehicle_id": "veh-3"}]}))
    rows = [{"driver_id": f"drv-{n}", "depot_id": "dep-1"} for n in (2, 3)]
    await ok(await client.put("/drivers", json={"rows": rows}))
    broken = await a_planned_trip(world, "ord-1", temperature_class=CHILLED)
    await ok(await client.post(f"/trips/{broken}/load", json={}))
    await ok(await client.post(f"/trips/{broken}/depart"))
    world.clock.advance(timedelta(hours=2))
    await ok(await client.post(f"/trips/{broken}/breakdown", json=WHERE))
    await world.settle()
    (instead,) = (one["trip_id"] for one in await trips_of(world) if one["trip_id"] != broken)
    await ok(await client.post(f"/trips/{instead}/load", json={}))
    await ok(await client.post(f"/trips/{instead}/depart"))
    return broken, instead


async def a_warm_load_taken_over(world: World) -> str:
    """Let a load be too warm before its vehicle broke down, and be cooked; return the trip on which it was."""
    broken, instead = await a_load_taken_over(world)
    client = world.client("logistics")
    body = readings(world.clock.now() - timedelta(hours=2), 5.0, 14.0, 16.0, 15.0, 5.0)
    await ok(await client.post(f"/trips/{broken}/points", json=body))
    await ok(await client.post(f"/trips/{instead}/arrive", json={"canteen_id": "sch-1"}))
    await world.publish(a_meal("meal-1", ("lot-1", 5_000)))
    await world.settle()
    return broken


async def is_held(world: World) -> bool:
    """Whether the load is to be inspected."""
    held: bool = (await ok(await world.client("logistics").get("/consignments/ord-1")))["hold"]
    return held


async def test_late_readings_of_the_trip_before_hold_a_load(world_of: WorldOf) -> None:
    """What a device could not send before its vehicle broke down holds what was on board, wherever it is by now."""
    world = await world_of("logistics")
    broken, _ = await a_load_taken_over(world)
    client = world.client("logistics")
    body = readings(world.clock.now() - timedelta(hours=2), 5.0, 14.0, 16.0, 15.0, 5.0)
    (alarm,) = (await ok(await client.post(f"/trips/{broken}/points", json=body)))["alarms"]
    assert (alarm["kind"], alarm["worst_c"]) == ("outside", 16.0)
    assert await is_held(world)
    assert (await ok(await client.get(f"/trips/{broken}/cold-chain")))["held_order_ids"] == ["ord-1"]


async def test_a_silence_lifted_frees_nothing_that_was_warm_before(world_of: WorldOf) -> None:
    """A silence on the second trip that was none lets go only of what was cold on the first, too."""
    world = await world_of("logistics")
    broken, instead = await a_load_taken_over(world)
    client = world.client("logistics")
    start = world.clock.now()
    body = readings(start - timedelta(hours=2), 5.0, 14.0, 16.0, 15.0, 5.0)
    await ok(await client.post(f"/trips/{broken}/points", json=body))
    world.clock.advance(timedelta(minutes=40))
    await world.settle()
    (alarm,) = (await ok(await client.post(f"/trips/{instead}/points", json=readings(start, *[5.0] * 5))))["alarms"]
    assert (alarm["kind"], alarm["lifted_at"] is not None) == ("silence", True)
    assert await is_held(world)


async def test_a_silence_of_the_trip_before_is_lifted_from_what_rides_on(world_of: WorldOf) -> None:
    """Late readings that leave no gap on the first trip let go of what it had on board, wherever it is by now."""
    world = await world_of("logistics")
    client = await open_county(world)
    await ok(await client.put("/vehicles", json={"rows": [a_vehicle("veh-3", "chilled")]}))
    await ok(await client.put("/devices", json={"rows": [{"device_id": "box-3", "vehicle_id": "veh-3"}]}))
    broken = await a_planned_trip(world, "ord-1", temperature_class=CHILLED)
    await ok(await client.post(f"/trips/{broken}/load", json={}))
    await ok(await client.post(f"/trips/{broken}/depart"))
    start = world.clock.now()
    world.clock.advance(timedelta(minutes=40))
    await world.settle()
    assert await is_held(world)
    await ok(await client.post(f"/trips/{broken}/breakdown", json=WHERE))
    (alarm,) = (await ok(await client.post(f"/trips/{broken}/points", json=readings(start, *[5.0] * 5))))["alarms"]
    assert alarm["lifted_at"] is not None
    assert not await is_held(world)


async def test_a_meal_is_traced_over_every_trip_of_its_food(world_of: WorldOf) -> None:
    """Where the cold chain broke before a load changed vehicles the meal's trace says so, to everybody."""
    world = await world_of("logistics")
    await a_warm_load_taken_over(world)
    (food,) = (await ok(await world.client("logistics").get("/public-trace/meals/meal-1")))["foods"]
    (lot,) = food["lots"]
    assert (lot["lowest_c"], lot["highest_c"], lot["cold_chain_broken"]) == (5.0, 16.0, True)


async def test_every_trip_of_an_order_is_exported(world_of: WorldOf) -> None:
    """An EPCIS document tells each trip an order rode on with its temperatures; only the first left the village."""
    world = await world_of("logistics")
    broken, instead = await a_load_taken_over(world)
    client = world.client("logistics")
    body = readings(world.clock.now() - timedelta(hours=2), 5.0, 14.0)
    await ok(await client.post(f"/trips/{broken}/points", json=body))
    document = await ok(await client.get("/epcis/events", params={"lot_id": "lot-1"}))
    rides = [one for one in document["epcisBody"]["eventList"] if one["bizStep"] == "departing"]
    told = [one["bizTransactionList"][0]["bizTransaction"].rsplit("/", 1)[-1] for one in rides]
    assert told == [broken, instead]
    assert [("readPoint" in one, "sensorElementList" in one) for one in rides] == [(True, True), (False, False)]


async def test_a_delivery_that_was_warm_before_is_counted(world_of: WorldOf) -> None:
    """A county's figures count a delivery as warm whichever of its vehicles was outside the limit."""
    world = await world_of("logistics")
    await a_warm_load_taken_over(world)
    asked = {"from": str(DAY), "until": str(DAY)}
    (county,) = (await ok(await world.client("logistics").get("/delivery-figures", params=asked)))["counties"]
    assert (county["deliveries"], county["cooled"], county["warm"]) == (1, 1, 1)
