"""Breakdowns: what is left is planned at once, and each way is paid once."""

from datetime import datetime, timedelta

from sqlalchemy import update

from services.logistics.roads.estimate import estimated
from services.logistics.trips import queries
from shared.events.logistics import DeliveryArrived
from shared.quantities import divide
from tests.api.logistics.county import COOPERATIVES, COUNTY, DAY, a_confirmation, a_dispatch, a_vehicle, plan
from tests.api.logistics.test_dispatching import a_day, trips_of
from tests.api.logistics.test_tracking import a_trip_to_a_point
from tests.conftest import WorldOf
from tests.world import World, ok, refused

WHERE = {"lat": 28.16, "lon": 109.2, "reason": "engine stopped"}


async def test_a_breakdown_is_planned_at_once(world_of: WorldOf) -> None:
    """What a broken vehicle has on board is fetched at the roadside by another; it goes no more that day."""
    world = await world_of("logistics")
    client = await a_day(world, "ord-1", "ord-2")
    await plan(world)
    (trip,) = await trips_of(world)
    path = f"/trips/{trip['trip_id']}"
    await ok(await client.post(f"{path}/load", json={}))
    await ok(await client.post(f"{path}/depart"))
    await ok(await client.post(f"{path}/arrive", json={"canteen_id": trip["stops"][-1]["place_id"]}))
    where = {"lat": 28.16, "lon": 109.2, "reason": "engine stopped"}
    broken = await ok(await client.post(f"{path}/breakdown", json=where))
    left = [one for one in ("ord-1", "ord-2") if one in broken["order_ids"]]
    assert len(left) == 1
    await world.settle()
    made = await ok(await client.get(f"/trip-plans/{broken['plan_id']}"))
    assert (made["status"], made["consignments"], made["unplanned"]) == ("done", 1, [])
    other = next(one for one in await trips_of(world) if one["trip_id"] != trip["trip_id"])
    assert other["vehicle_id"] != trip["vehicle_id"]
    assert [one["place_kind"] for one in other["stops"]] == ["roadside", "canteen"]
    assert (await ok(await client.post(f"/trips/{other['trip_id']}/load", json={})))["loaded"] == left
    refused(await client.post(f"{path}/breakdown", json=where), 409, "trip-over")
    refused(await client.post("/trips/nothing/breakdown", json=where), 404, "unknown-trip")


async def test_a_broken_trip_costs_what_it_drove(world_of: WorldOf) -> None:
    """It is told and paid for its way to where it stands, its hours and its day; who takes over is paid its own way."""
    world = await world_of("logistics")
    client = await a_day(world, "ord-1", "ord-2")
    paid = [a_vehicle(one, "ambient") | {"fen_per_day": 5_000} for one in ("veh-1", "veh-2")]
    await ok(await client.put("/vehicles", json={"rows": paid}))
    await plan(world)
    (trip,) = await trips_of(world)
    path = f"/trips/{trip['trip_id']}"
    await ok(await client.post(f"{path}/load", json={}))
    world.clock.move_to(datetime.fromisoformat(trip["starts_at"]))
    await ok(await client.post(f"{path}/depart"))
    world.clock.advance(timedelta(minutes=90))
    # From the depot to the cooperative, and back to the depot's gate: there it stands.
    standing = {"lat": 28.15, "lon": 109.15, "reason": "engine stopped"}
    await ok(await client.post(f"{path}/breakdown", json=standing))
    await world.settle()
    broken, instead = await trips_of(world)
    assert (broken["trip_id"], broken["status"]) == (trip["trip_id"], "broken")
    depot, coop = ("depot", "dep-1"), ("cooperative", "coop-1")
    way_m, _ = estimated({depot: (28.15, 109.15), coop: COOPERATIVES["coop-1"]}).leg(depot, coop)
    assert broken["distance_m"] == 2 * way_m
    assert broken["cost_fen"] == divide(2 * way_m * 400, 1000) + 2_500 * 90 // 60 + 5_000
    (told,) = world.told_of(DeliveryArrived)
    assert (told.order_ids, told.distance_m, told.cost_fen) == ((), broken["distance_m"], broken["cost_fen"])
    freight = await ok(await client.get(f"/trips/freight/{COUNTY}/{DAY}"))
    assert freight["cost_fen"] == broken["cost_fen"] + instead["cost_fen"]


async def test_a_vehicle_that_never_left_costs_nothing(world_of: WorldOf) -> None:
    """What breaks down before it departs has driven nothing, and nothing is told of its cost."""
    world = await world_of("logistics")
    client = await a_day(world, "ord-1")
    await plan(world)
    (trip,) = await trips_of(world)
    path = f"/trips/{trip['trip_id']}"
    await ok(await client.post(f"{path}/load", json={}))
    where = {"lat": 28.16, "lon": 109.2, "reason": "engine stopped"}
    assert (await ok(await client.post(f"{path}/breakdown", json=where)))["order_ids"] == ["ord-1"]
    await world.settle()
    freight = await ok(await client.get(f"{path}/freight"))
    assert (freight["cost_fen"], freight["distance_m"], freight["fen_per_km"]) == (0, 0, None)
    assert world.told_of(DeliveryArrived) == []


async def follows(world: World, trip_id: str, first: str) -> None:
    """Let a trip be the next one of another's vehicle."""
    async with world.services["logistics"].begin() as uow:
        before = await queries.read_trip(uow, first)
        after = {"vehicle_id": before.vehicle_id, "driver_id": None, "number": before.number + 1}
        await uow.session.execute(update(queries.trip).where(queries.trip.c.trip_id == trip_id).values(after))


async def rides_on(world: World, order_id: str) -> tuple[str, str | None]:
    """Return where an order is, and the trip it rides on next."""
    read = await ok(await world.client("logistics").get(f"/consignments/{order_id}"))
    return read["status"], read["trip_id"]


async def test_what_was_to_change_to_a_broken_vehicle_finds_another(world_of: WorldOf) -> None:
    """What is on its way to a collection point when the vehicle that was to take it on breaks down waits for others."""
    world = await world_of("logistics")
    gathering = await a_trip_to_a_point(world)
    client = world.client("logistics")
    (onward,) = (one["trip_id"] for one in await trips_of(world) if one["trip_id"] != gathering)
    await ok(await client.post(f"/trips/{onward}/breakdown", json=WHERE))
    await world.settle()
    assert await rides_on(world, "ord-1") == ("loaded", gathering)
    await ok(await client.post(f"/trips/{gathering}/arrive", json={"depot_id": "dep-2"}))
    assert await rides_on(world, "ord-1") == ("dispatched", None)
    assert (await plan(world))["consignments"] == 1


async def test_later_trips_that_are_withdrawn_take_nothing_off_others(world_of: WorldOf) -> None:
    """A trip that a breakdown withdraws leaves what was to change to it on board of the vehicle that gathers it."""
    world = await world_of("logistics")
    gathering = await a_trip_to_a_point(world)
    client = world.client("logistics")
    (onward,) = (one["trip_id"] for one in await trips_of(world) if one["trip_id"] != gathering)
    await world.publish(a_confirmation("ord-2", cooperative_id="coop-2"), a_dispatch("ord-2", {"lot-1": 10_000}))
    await world.settle()
    await plan(world)
    (first,) = (one["trip_id"] for one in await trips_of(world) if one["trip_id"] not in (gathering, onward))
    await follows(world, onward, first)
    await ok(await client.post(f"/trips/{first}/breakdown", json=WHERE))
    assert await rides_on(world, "ord-1") == ("loaded", gathering)
    await ok(await client.post(f"/trips/{gathering}/arrive", json={"depot_id": "dep-2"}))
    assert await rides_on(world, "ord-1") == ("dispatched", None)


async def test_what_was_loaded_for_the_next_trip_breaks_down_with_its_vehicle(world_of: WorldOf) -> None:
    """What a vehicle had loaded for its next trip already waits at the roadside, too, and is fetched by another."""
    world = await world_of("logistics")
    client = await a_day(world)
    orders, grams = ("ord-1", "ord-2"), 600_000
    await world.publish(*(a_confirmation(order_id, grams=(grams,)) for order_id in orders))
    await world.publish(*(a_dispatch(order_id, {"lot-1": grams}) for order_id in orders))
    await world.settle()
    await plan(world)
    first, second = (one["trip_id"] for one in await trips_of(world))
    await follows(world, second, first)
    for trip_id in (first, second):
        await ok(await client.post(f"/trips/{trip_id}/load", json={}))
    broken = await ok(await client.post(f"/trips/{first}/breakdown", json=WHERE))
    assert broken["order_ids"] == list(orders)
    for order_id in orders:
        assert await rides_on(world, order_id) == ("dispatched", None)
