"""Departure by geofence: what is loaded has left when its vehicle is seen on its way."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from shared.events.logistics import DeliveryDeparted
from tests.api.logistics.county import COOPERATIVES, DAY, a_planned_trip, open_county
from tests.conftest import WorldOf
from tests.world import World, ok

DAWN = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC) - timedelta(hours=2)
"""Six in the morning, school time."""
ON_ITS_WAY = (28.13, 109.13)


def at(world: World, instant: datetime) -> None:
    """Let it become an instant."""
    world.clock.advance(instant - world.clock.now())


async def a_loaded_trip(world: World, *orders: str) -> str:
    """Return the planned trip of veh-1, loaded with what is packed, a minute ago."""
    trip_id = await a_planned_trip(world, *orders)
    await ok(await world.client("logistics").post(f"/trips/{trip_id}/load", json={}))
    world.clock.advance(timedelta(minutes=1))
    return trip_id


def seen_at(world: World, *places: tuple[float, float]) -> list[dict[str, Any]]:
    """Readings of box-1, the last of them now and the others ten seconds apart before it."""
    now, last = world.clock.now(), len(places) - 1
    return [
        {"device_id": "box-1", "sequence": n, "at": (now - timedelta(seconds=10 * (last - n))).isoformat()}
        | {"lat": lat, "lon": lon}
        for n, (lat, lon) in enumerate(places)
    ]


async def send(client: httpx.AsyncClient, points: list[dict[str, Any]]) -> dict[str, Any]:
    """Send readings of mounted devices; return what became of them."""
    taken: dict[str, Any] = await ok(await client.post("/points", json={"points": points}))
    return taken


async def test_a_loaded_trip_departs_when_its_vehicle_is_on_its_way(world_of: WorldOf) -> None:
    """From its depot or where it loads it has not left; the reading that shows it elsewhere is the trip's first."""
    world = await world_of("logistics")
    client = await open_county(world)
    at(world, DAWN)
    trip_id = await a_loaded_trip(world, "ord-1")
    here = seen_at(world, (28.15, 109.15), COOPERATIVES["coop-1"])
    assert [one["rule"] for one in (await send(client, here))["refused"]] == ["not-on-a-trip"] * 2
    world.clock.advance(timedelta(minutes=5))
    there = seen_at(world, COOPERATIVES["coop-1"], ON_ITS_WAY, (28.14, 109.14))
    taken = await send(client, there)
    assert (taken["stored"], [one["index"] for one in taken["refused"]]) == (2, [0])
    trip = await ok(await client.get(f"/trips/{trip_id}"))
    assert (trip["status"], trip["departed_at"]) == ("departed", there[1]["at"].replace("+00:00", "Z"))
    await world.settle()
    (told,) = world.told_of(DeliveryDeparted)
    assert (told.trip_id, told.order_ids, told.departed_at.isoformat()) == (trip_id, ("ord-1",), there[1]["at"])


async def test_a_trip_for_which_something_waits_departs_by_hand(world_of: WorldOf) -> None:
    """Its driver knows whether what is not loaded yet still comes."""
    world = await world_of("logistics")
    client = await open_county(world)
    at(world, DAWN)
    trip_id = await a_planned_trip(world, "ord-1", "ord-2")
    await ok(await client.post(f"/trips/{trip_id}/load", json={"order_ids": ["ord-1"]}))
    world.clock.advance(timedelta(minutes=1))
    (refusal,) = (await send(client, seen_at(world, ON_ITS_WAY)))["refused"]
    assert refusal["rule"] == "not-on-a-trip"
    assert (await ok(await client.get(f"/trips/{trip_id}")))["status"] == "planned"


async def test_a_trip_departs_on_its_day(world_of: WorldOf) -> None:
    """A vehicle that was loaded the evening before has not left because its driver takes it home."""
    world = await world_of("logistics")
    client = await open_county(world)
    at(world, DAWN - timedelta(hours=12))
    trip_id = await a_loaded_trip(world, "ord-1")
    assert len((await send(client, seen_at(world, ON_ITS_WAY)))["refused"]) == 1
    assert (await ok(await client.get(f"/trips/{trip_id}")))["status"] == "planned"


async def test_a_drivers_phone_tells_that_a_trip_departs(world_of: WorldOf) -> None:
    """As a box in the vehicle does: until then its readings are refused."""
    world = await world_of("logistics")
    client = await open_county(world)
    at(world, DAWN)
    trip_id = await a_loaded_trip(world, "ord-1")
    for place, status in ((COOPERATIVES["coop-1"], 409), (ON_ITS_WAY, 200)):
        (point,) = seen_at(world, place)
        body = {"device_id": "dev-1", "points": [{name: point[name] for name in ("sequence", "at", "lat", "lon")}]}
        answer = await client.post(f"/trips/{trip_id}/points", json=body)
        assert answer.status_code == status, answer.text
    assert (await ok(await client.get(f"/trips/{trip_id}")))["status"] == "departed"
