"""Breakdowns: what is left is planned at once, and each way is paid once."""

from datetime import datetime, timedelta

from services.logistics.roads.estimate import estimated
from shared.events.logistics import DeliveryArrived
from shared.quantities import divide
from tests.api.logistics.county import COOPERATIVES, COUNTY, DAY, a_vehicle, plan
from tests.api.logistics.test_dispatching import a_day, trips_of
from tests.conftest import WorldOf
from tests.world import ok, refused


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
