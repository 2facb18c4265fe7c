"""The dispatcher's day: through a collection point, planned anew around wishes, what it all costs."""

from datetime import UTC, datetime
from typing import Any

import httpx

from shared.events.logistics import DeliveryArrived, TripPlanned
from tests.api.logistics.county import (
    CHILLED,
    COUNTY,
    DAY,
    a_confirmation,
    a_dispatch,
    a_lot,
    a_vehicle,
    open_county,
    plan,
)
from tests.conftest import WorldOf
from tests.world import World, ok, refused

REQUEST = {"county_code": COUNTY, "day": str(DAY)}
POINT = {"depot_id": "dep-2", "county_code": COUNTY, "town_code": "520628003", "name_zh": "点", "name_en": "Point"}


async def a_day(world: World, *orders: str, **confirmed: Any) -> httpx.AsyncClient:
    """A county with two equal vehicles and packed orders, from coop-1 to both schools in turn."""
    client = await open_county(world)
    await ok(await client.put("/vehicles", json={"rows": [a_vehicle("veh-2", "ambient")]}))
    await world.publish(a_lot("lot-1"))
    schools = {order: f"sch-{1 + number % 2}" for number, order in enumerate(orders)}
    await world.publish(*(a_confirmation(order, canteen_id=school, **confirmed) for order, school in schools.items()))
    await world.publish(*(a_dispatch(order, {"lot-1": 10_000}, canteen_id=school) for order, school in schools.items()))
    await world.settle()
    return client


async def trips_of(world: World) -> list[dict[str, Any]]:
    """Return the trips of the county's day in detail, by start."""
    client = world.client("logistics")
    page = await ok(await client.get("/trips", params=REQUEST))
    found = [await ok(await client.get(f"/trips/{trip['trip_id']}")) for trip in page["items"]]
    return sorted(found, key=lambda trip: (trip["starts_at"], trip["trip_id"]))


async def anew(world: World, *changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Plan the day anew; return the plan once it is proposed."""
    client = world.client("logistics")
    body = REQUEST | {"changes": list(changes)} | more
    queued = await ok(await client.post("/trip-plans/anew", json=body))
    await world.settle()
    made: dict[str, Any] = await ok(await client.get(f"/trip-plans/{queued['plan_id']}"))
    return made


def riders(trips: list[dict[str, Any]]) -> dict[str, str]:
    """Return the vehicle of each order."""
    return {one["order_id"]: trip["vehicle_id"] for trip in trips for one in trip["consignments"]}


async def test_loads_of_villages_share_a_collection_point(world_of: WorldOf) -> None:
    """What goes through a point is brought there on one trip and taken on by another, which costs and is told, too."""
    world = await world_of("logistics")
    client = await open_county(world)
    depot = POINT | {"lat": 28.14, "lon": 109.14, "onward_from": "08:00"}
    await ok(await client.put("/depots", json={"rows": [depot]}))
    rows = [{"kind": "cooperative", "place_id": one, "depot_id": "dep-2"} for one in ("coop-1", "coop-2")]
    await ok(await client.put("/access", json={"rows": rows}))
    await world.publish(a_lot("lot-1"), a_confirmation("ord-1"), a_confirmation("ord-2", cooperative_id="coop-2"))
    await world.publish(a_dispatch("ord-1", {"lot-1": 10_000}), a_dispatch("ord-2", {"lot-1": 10_000}))
    await world.settle()
    assert (await plan(world))["unplanned"] == []
    collecting, onward = await trips_of(world)
    assert [(stop["kind"], stop["place_kind"]) for stop in collecting["stops"]][-1] == ("delivery", "point")
    assert [(stop["kind"], stop["place_id"]) for stop in onward["stops"]] == [
        ("pickup", "dep-2"),
        ("delivery", "sch-1"),
    ]
    assert onward["consignments"] == []
    trip, then = f"/trips/{collecting['trip_id']}", f"/trips/{onward['trip_id']}"
    await ok(await client.post(f"{trip}/load", json={}))
    await ok(await client.post(f"{trip}/depart"))
    refused(await client.post(f"{trip}/arrive", json={"depot_id": "dep-1"}), 404, "unknown-stop")
    refused(
        await client.post(f"{trip}/arrive", json={"depot_id": "dep-1", "canteen_id": "sch-1"}), 422, "invalid-input"
    )
    there = await ok(await client.post(f"{trip}/arrive", json={"depot_id": "dep-2"}))
    assert (there["order_ids"], there["completed"]) == (["ord-1", "ord-2"], True)
    sheet = await ok(await client.get(f"{then}/run-sheet"))
    assert [(stop["name_en"], stop["weight_g"]) for stop in sheet["stops"]] == [("Point", 20_000), ("School", 20_000)]
    assert (await ok(await client.post(f"{then}/load", json={})))["loaded"] == ["ord-1", "ord-2"]
    await ok(await client.post(f"{then}/depart"))
    assert (await ok(await client.post(f"{then}/arrive", json={"canteen_id": "sch-1"})))["completed"]
    await world.settle()
    told = [(one.order_ids, one.distance_m, one.cost_fen) for one in world.told_of(DeliveryArrived)]
    assert told == [
        ((), collecting["distance_m"], collecting["cost_fen"]),
        (("ord-1", "ord-2"), onward["distance_m"], onward["cost_fen"]),
    ]


async def test_freight_is_shared_by_weight_and_way(world_of: WorldOf) -> None:
    """The shares of a trip's orders sum to its freight to the fen; the far and heavy order bears more."""
    world = await world_of("logistics")
    client = await a_day(world, "ord-1", "ord-2")
    made = await plan(world)
    (trip,) = await trips_of(world)
    freight = await ok(await client.get(f"/trips/{trip['trip_id']}/freight"))
    shares = {one["order_id"]: one["cost_fen"] for one in freight["orders"]}
    assert sum(shares.values()) == trip["cost_fen"] == made["cost_fen"] > 0
    assert shares["ord-2"] > shares["ord-1"] > 0
    assert freight["fen_per_km"] == round(trip["cost_fen"] * 1000 / trip["distance_m"])
    day = await ok(await client.get(f"/trips/freight/{COUNTY}/{DAY}"))
    assert (day["cost_fen"], len(day["trips"])) == (trip["cost_fen"], 1)
    refused(await client.get("/trips/nothing/freight"), 404, "unknown-trip")


async def test_a_stop_is_moved_and_shown_before_it_is_saved(world_of: WorldOf) -> None:
    """A moved stop rides with the other vehicle; nothing changes before the plan is applied, once."""
    world = await world_of("logistics")
    client = await a_day(world, "ord-1", "ord-2")
    await plan(world)
    (trip,) = before = await trips_of(world)
    other = "veh-2" if trip["vehicle_id"] == "veh-1" else "veh-1"
    (sequence,) = [one["sequence"] for one in trip["stops"] if one["place_id"] == "sch-2"]
    move = {"action": "move", "trip_id": trip["trip_id"], "sequence": sequence, "vehicle_id": other}
    keep = {"action": "pin", "trip_id": trip["trip_id"], "sequence": 5 - sequence}
    made = await anew(world, keep, move)
    assert made["status"] == "proposed", made
    assert await trips_of(world) == before
    (changed,) = [one for one in made["differences"]["orders"] if one["after"]["vehicle_id"] == other]
    assert (changed["order_id"], changed["before"]["vehicle_id"]) == ("ord-2", trip["vehicle_id"])
    assert made["differences"]["cost_after_fen"] > made["differences"]["cost_before_fen"] == trip["cost_fen"]
    for _ in range(2):
        assert (await ok(await client.post(f"/trip-plans/{made['plan_id']}/apply")))["status"] == "done"
    assert riders(await trips_of(world)) == {"ord-1": trip["vehicle_id"], "ord-2": other}
    await world.settle()
    withdrawn = [one for one in world.told_of(TripPlanned) if one.trip_id == trip["trip_id"]][-1]
    assert (withdrawn.version, withdrawn.stops) == (2, ())


async def test_a_locked_trip_stays_as_it_is(world_of: WorldOf) -> None:
    """What is locked is not planned anew: a trip as a whole, a stop within ten minutes of its time."""
    world = await world_of("logistics")
    client = await a_day(world, "ord-1", "ord-2")
    await plan(world)
    (trip,) = before = await trips_of(world)
    await world.publish(a_confirmation("ord-3", cooperative_id="coop-2"))
    await world.settle()
    made = await anew(world, {"action": "lock", "trip_id": trip["trip_id"]})
    assert [one["order_id"] for one in made["differences"]["orders"]] == ["ord-3"]
    last = trip["stops"][-1]
    lock = {"action": "lock", "trip_id": trip["trip_id"], "sequence": last["sequence"]}
    made = await anew(world, lock)
    await ok(await client.post(f"/trip-plans/{made['plan_id']}/apply"))
    after = await trips_of(world)
    assert after != before
    (stop,) = [one for of in after for one in of["stops"] if one["place_id"] == last["place_id"]]
    moved = datetime.fromisoformat(stop["planned_at"]) - datetime.fromisoformat(last["planned_at"])
    assert abs(moved.total_seconds()) <= 600


async def test_a_proposal_that_no_longer_holds_is_refused(world_of: WorldOf) -> None:
    """Once a trip of it is being loaded, or an order is heavier, a proposal is refused and nothing is changed."""
    world = await world_of("logistics")
    client = await a_day(world, "ord-1", "ord-2")
    done = await plan(world)
    (trip,) = await trips_of(world)
    first, second = await anew(world), await anew(world)
    await ok(await client.post(f"/trips/{trip['trip_id']}/load", json={"order_ids": ["ord-1"]}))
    refused(await client.post(f"/trip-plans/{first['plan_id']}/apply"), 409, "plan-outdated")
    assert (await ok(await client.get(f"/trip-plans/{first['plan_id']}")))["status"] == "proposed"
    await ok(await client.post(f"/trip-plans/{second['plan_id']}/cancel"))
    refused(await client.post(f"/trip-plans/{second['plan_id']}/apply"), 409, "nothing-proposed")
    refused(await client.post(f"/trip-plans/{done['plan_id']}/apply"), 409, "nothing-proposed")
    refused(await client.post("/trip-plans/nothing/apply"), 404, "unknown-trip-plan")
    assert [one["trip_id"] for one in await trips_of(world)] == [trip["trip_id"]]
    loading = await anew(world)
    assert loading["differences"]["trips_before"] == 0


async def test_wishes_for_what_is_not_there_are_refused(world_of: WorldOf) -> None:
    """A change names a trip of the day, its stop, and a vehicle of the county for a move only."""
    world = await world_of("logistics")
    client = await a_day(world, "ord-1")
    await plan(world)
    (trip,) = await trips_of(world)
    of_trip = {"trip_id": trip["trip_id"]}
    wrong = [
        ({"action": "lock", "trip_id": "nothing"}, 404, "unknown-trip", "changes.0.trip_id"),
        ({"action": "pin", "sequence": 9} | of_trip, 404, "unknown-stop", "changes.0.sequence"),
        ({"action": "move"} | of_trip, 422, "vehicle-of-a-move", "changes.0.vehicle_id"),
        ({"action": "pin", "vehicle_id": "veh-1"} | of_trip, 422, "vehicle-of-a-move", "changes.0.vehicle_id"),
        ({"action": "move", "vehicle_id": "veh-9"} | of_trip, 404, "unknown-vehicle", "changes.0.vehicle_id"),
    ]
    for change, status, rule, field in wrong:
        answer = await client.post("/trip-plans/anew", json=REQUEST | {"changes": [change]})
        assert refused(answer, status, rule)["field"] == field


async def test_a_village_offers_the_room_of_its_own_vehicle(world_of: WorldOf) -> None:
    """A village's own vehicle goes only on days it offers to, from its cooperative, past the schools it names."""
    world = await world_of("logistics")
    client = await open_county(world)
    village = a_vehicle("veh-8", "chilled") | {"cooperative_id": "coop-1", "fen_per_km": 1, "fen_per_hour": 1}
    out = [a_vehicle(one, "ambient") for one in ("veh-1", "veh-2")]
    await ok(await client.put("/vehicles", json={"rows": [village, *out]}))
    await world.publish(a_confirmation("ord-1", temperature_class=CHILLED), a_confirmation("ord-2", canteen_id="sch-2"))
    await world.settle()
    made = await plan(world)
    assert [one["reason"] for one in made["unplanned"]] == ["no-suitable-vehicle"]
    spare = {"vehicle_id": "veh-8", "day": str(DAY), "starts_at": "06:00", "ends_at": "09:00", "capacity_g": 20_000}
    offer = spare | {"temperature_class": "chilled", "canteen_ids": ["sch-1"]}
    await ok(await client.put("/spare-capacity", json={"rows": [offer]}))
    assert (await plan(world))["consignments"] == 1
    (trip,) = [one for one in await trips_of(world) if one["vehicle_id"] == "veh-8"]
    assert datetime.fromisoformat(trip["starts_at"]) >= datetime(2026, 11, 29, 22, 0, tzinfo=UTC)


async def test_who_is_away_does_not_drive(world_of: WorldOf) -> None:
    """A vehicle that is off does not go; a driver who is off drives nothing, and hours of a day are kept."""
    world = await world_of("logistics")
    client = await a_day(world, "ord-1")
    off = {"kind": "vehicle", "subject_id": "veh-1", "day": str(DAY)}
    late = {"kind": "vehicle", "subject_id": "veh-2", "day": str(DAY), "starts_at": "09:00"}
    away = {"kind": "driver", "subject_id": "drv-1", "day": str(DAY)}
    await ok(await client.put("/availability", json={"rows": [off, late, away]}))
    await plan(world)
    (trip,) = await trips_of(world)
    assert (trip["vehicle_id"], trip["driver_id"]) == ("veh-2", None)
    assert datetime.fromisoformat(trip["starts_at"]) >= datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
