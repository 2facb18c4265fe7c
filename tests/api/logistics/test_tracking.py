"""Tracking by REST: readings in any order, and the cold chain."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from shared.events.logistics import ColdChainBroken
from tests.api.logistics.county import CHILLED, a_planned_trip, open_county
from tests.api.logistics.test_receipts import a_receipt
from tests.conftest import WorldOf
from tests.world import World, ok, refused


async def a_departed_trip(world: World, **confirmed: Any) -> str:
    """Send a trip with one order off; the clock then stands two hours later."""
    trip_id = await a_planned_trip(world, "ord-1", **confirmed)
    client = world.client("logistics")
    await ok(await client.post(f"/trips/{trip_id}/load", json={}))
    await ok(await client.post(f"/trips/{trip_id}/depart"))
    world.clock.advance(timedelta(hours=2))
    return trip_id


def readings(start: datetime, *temperatures: float | None, first: int = 0) -> dict[str, Any]:
    """A body of POST /points: a reading every ten minutes from `start` on."""
    points = [
        {"sequence": n, "at": (start + timedelta(minutes=10 * n)).isoformat(), "lat": 28.1, "lon": 109.1}
        | ({} if temperature_c is None else {"temperature_c": temperature_c})
        for n, temperature_c in enumerate(temperatures, start=first)
    ]
    return {"device_id": "dev-1", "points": points}


async def test_readings_are_kept_once_in_any_order(world_of: WorldOf) -> None:
    """Readings sent late, twice or backwards are kept once each, and listed by device and sequence."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world)
    start = world.clock.now() - timedelta(hours=2)
    body = readings(start, 5.0, None, 6.0)
    late, early = body | {"points": body["points"][:0:-1]}, body | {"points": body["points"][:2]}
    first = await ok(await client.post(f"/trips/{trip_id}/points", json=late))
    second = await ok(await client.post(f"/trips/{trip_id}/points", json=early))
    assert [(one["stored"], one["known"]) for one in (first, second)] == [(2, 0), (1, 1)]
    page = await ok(await client.get(f"/trips/{trip_id}/points", params={"limit": 2}))
    rest = await ok(await client.get(f"/trips/{trip_id}/points", params={"limit": 2, "after": page["next"]}))
    assert [one["sequence"] for one in page["items"] + rest["items"]] == [0, 1, 2]
    assert rest["next"] is None
    refused(await client.get(f"/trips/{trip_id}/points", params={"after": "nonsense"}), 422, "cursor")


async def test_unbelievable_readings_are_refused(world_of: WorldOf) -> None:
    """Readings outside China, from a clock a day off, or of a trip that stands are refused; none of them is kept."""
    world = await world_of("logistics")
    client = await open_county(world)
    waiting = await a_planned_trip(world, "ord-1")
    body = readings(world.clock.now(), 5.0, 5.0)
    refused(await client.post(f"/trips/{waiting}/points", json=body), 409, "trip-not-departed")
    await ok(await client.post(f"/trips/{waiting}/load", json={}))
    await ok(await client.post(f"/trips/{waiting}/depart"))
    yesterday = (world.clock.now() - timedelta(hours=25)).isoformat()
    for change, rule in (
        ({"lat": 60.0}, "outside-china"),
        ({"lon": 2.0}, "outside-china"),
        ({"at": yesterday}, "clock-off"),
    ):
        bad = body | {"points": [body["points"][0], body["points"][1] | change]}
        answer = refused(await client.post(f"/trips/{waiting}/points", json=bad), 422, rule)
        assert answer["field"] == f"points.1.{next(iter(change))}"
    assert (await ok(await client.get(f"/trips/{waiting}/points")))["items"] == []
    refused(await client.post("/trips/nothing/points", json=body), 404, "unknown-trip")


async def test_a_broken_cold_chain_is_told_once_and_held(world_of: WorldOf) -> None:
    """A chilled load warm for more than 15 min is told once, however its readings come, and held for inspection."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world, temperature_class=CHILLED)
    start = world.clock.now() - timedelta(hours=2)
    path = f"/trips/{trip_id}/points"
    brief = await ok(await client.post(path, json=readings(start, 5.0, 12.0, 13.0, 5.0)))
    assert brief["excursions"] == []
    bodies = [
        readings(start, 14.0, 16.0, 15.0, first=4),
        readings(start, 11.0, first=7),
        readings(start, 14.0, first=4),
    ]
    await asyncio.gather(*(client.post(path, json=body) for body in bodies))
    known = (await ok(await client.post(path, json=readings(start, 5.0, first=8))))["excursions"]
    assert [(one["worst_c"], one["device_id"]) for one in known] == [(16.0, "dev-1")]
    await world.settle()
    (told,) = world.told_of(ColdChainBroken)
    assert (told.order_ids, told.temperature_class) == (("ord-1",), CHILLED)
    await ok(await client.post(f"/trips/{trip_id}/arrive", json={"canteen_id": "sch-1"}))
    assert (await ok(await client.post("/receipts", json=a_receipt())))["hold"] is True


async def test_ambient_food_has_no_cold_chain(world_of: WorldOf) -> None:
    """An ambient trip is never too warm."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world)
    body = readings(world.clock.now() - timedelta(hours=2), 30.0, 31.0, 32.0)
    assert (await ok(await client.post(f"/trips/{trip_id}/points", json=body)))["excursions"] == []
