"""The dispatcher's board: each trip as it is, and a stream from which nobody misses what is."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.logistics.tracking import board
from services.logistics.tracking.board import instant_after, stream
from tests.api.logistics.county import (
    CHILLED,
    COUNTY,
    DAY,
    a_confirmation,
    a_dispatch,
    a_lot,
    open_county,
    plan,
)
from tests.api.logistics.test_tracking import a_departed_trip, readings
from tests.conftest import WorldOf
from tests.world import World, ok, refused


async def events(chunks: AsyncGenerator[bytes, None], count: int) -> list[dict[str, Any]]:
    """Return the next events of a stream."""
    told: list[dict[str, Any]] = []
    async with asyncio.timeout(20):
        async for chunk in chunks:
            fields = dict(line.split(": ", 1) for line in chunk.decode().strip().split("\n"))
            if fields.get("event") == "trip":
                told.append(json.loads(fields["data"]) | {"id": fields["id"]})
            if len(told) == count:
                return told
    raise AssertionError("the stream ended")


def listen(
    world: World, last_event_id: str | None = None, county_code: str | None = COUNTY
) -> AsyncGenerator[bytes, None]:
    """Listen as a board does."""
    service = world.services["logistics"]
    return stream(service, county_code, instant_after(last_event_id, world.clock.now()), poll_s=0.01)


async def test_the_board_shows_each_trip_as_it_is(world_of: WorldOf) -> None:
    """Where a trip was last, how cold, which stops are ahead and when, and how many alarms wait."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world, temperature_class=CHILLED)
    start = world.clock.now() - timedelta(hours=1)
    await ok(await client.post(f"/trips/{trip_id}/points", json=readings(start, 12.0, 12.0, 13.0, None)))
    (shown,) = (await ok(await client.get("/board", params={"day": str(DAY), "county_code": COUNTY})))["items"]
    assert (shown["trip_id"], shown["status"], shown["alarms"]) == (trip_id, "departed", 1)
    assert (shown["temperature_c"], shown["lat"], shown["lon"]) == (13.0, 28.1, 109.1)
    assert [stop["place_id"] for stop in shown["stops"]] == ["sch-1", "dep-1"]
    assert (shown["warm"], shown["silent"], shown["low_c"], shown["high_c"]) == (True, True, 0.0, 10.0)
    assert (await ok(await client.get("/board", params={"day": str(DAY), "county_code": "529999"})))["items"] == []


async def test_the_board_says_what_is_late_and_silent(world_of: WorldOf) -> None:
    """Late by what matters at a stop ahead, also when nothing more is heard; silent once a sensor should have told."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world)
    query = {"day": str(DAY), "county_code": COUNTY}
    await ok(await client.post(f"/trips/{trip_id}/points", json=readings(world.clock.now(), 5.0)))
    (shown,) = (await ok(await client.get("/board", params=query)))["items"]
    assert (shown["late_minutes"], shown["warm"], shown["silent"]) == (0, False, False)
    (planned_at,) = (stop["planned_at"] for stop in shown["stops"] if stop["kind"] == "delivery")
    for minutes, late in ((14, 0), (20, 20)):
        world.clock.move_to(datetime.fromisoformat(planned_at) + timedelta(minutes=minutes))
        (shown,) = (await ok(await client.get("/board", params=query)))["items"]
        assert (shown["late_minutes"], shown["silent"]) == (late, True)


async def test_a_stream_tells_the_newest_of_each_trip(world_of: WorldOf) -> None:
    """Whoever listens hears of each change once; who comes back with the last id hears what changed meanwhile."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world)
    start = world.clock.now() - timedelta(hours=1)
    path = f"/trips/{trip_id}/points"
    await ok(await client.post(path, json=readings(start, 5.0)))
    async with aclosing(listen(world)) as chunks:
        (first,) = await events(chunks, 1)
        assert (first["trip_id"], first["temperature_c"]) == (trip_id, 5.0)
        world.clock.advance(timedelta(seconds=1))
        await ok(await client.post(path, json=readings(start, 6.0, first=1)))
        (second,) = await events(chunks, 1)
        assert (second["temperature_c"], int(second["id"]) > int(first["id"])) == (6.0, True)
    for temperature_c in (7.0, 8.0):
        world.clock.advance(timedelta(minutes=1))
        await ok(await client.post(path, json=readings(start, temperature_c, first=round(temperature_c) - 5)))
    async with aclosing(listen(world, second["id"])) as chunks:
        (newest,) = await events(chunks, 1)
    assert newest["temperature_c"] == 8.0


async def test_a_stream_tells_more_than_is_read_at_once(world_of: WorldOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many trips change at one moment, each is told, and then the stream waits for news."""
    world = await world_of("logistics")
    client = await open_county(world)
    orders, grams = ("ord-1", "ord-2"), 600_000
    await world.publish(a_lot("lot-1"), *(a_confirmation(order_id, grams=(grams,)) for order_id in orders))
    await world.publish(*(a_dispatch(order_id, {"lot-1": grams}) for order_id in orders))
    await world.settle()
    await plan(world)
    trips = [one["trip_id"] for one in (await ok(await client.get("/trips", params={"day": str(DAY)})))["items"]]
    for trip_id in trips:
        await ok(await client.post(f"/trips/{trip_id}/load", json={}))
        await ok(await client.post(f"/trips/{trip_id}/depart"))
        await ok(await client.post(f"/trips/{trip_id}/points", json=readings(world.clock.now(), 5.0)))
    monkeypatch.setattr(board, "_PAGE", 1)
    chunks = stream(
        world.services["logistics"], COUNTY, instant_after(None, world.clock.now()), poll_s=0.01, alive_s=0.1
    )
    async with aclosing(chunks):
        assert [one["trip_id"] for one in await events(chunks, 2)] == sorted(trips)
        async with asyncio.timeout(60):
            assert await anext(chunks) == b": alive\n\n"


async def test_a_stream_tells_its_county_only(world_of: WorldOf) -> None:
    """A county's board hears nothing of others, and is told that it is still heard."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world)
    await ok(await client.post(f"/trips/{trip_id}/points", json=readings(world.clock.now(), 5.0)))
    service = world.services["logistics"]
    chunks = stream(service, "529999", instant_after(None, world.clock.now()), poll_s=0.01, alive_s=0.1)
    async with aclosing(chunks), asyncio.timeout(60):
        told = [await anext(chunks) for _ in range(2)]
    assert told == [b"retry: 3000\n\n", b": alive\n\n"]


async def test_a_stream_ends_with_its_token(world_of: WorldOf) -> None:
    """Who was let in to a stream is heard no longer than the token holds."""
    world = await world_of("logistics")
    expires = world.clock.now() + timedelta(minutes=10)
    since = instant_after(None, world.clock.now())
    chunks = stream(world.services["logistics"], "520628", since, expires.timestamp(), poll_s=0.01, alive_s=0.01)
    async with aclosing(chunks), asyncio.timeout(60):
        assert [await anext(chunks) for _ in range(2)] == [b"retry: 3000\n\n", b": alive\n\n"]
        world.clock.move_to(expires)
        assert [chunk async for chunk in chunks if chunk != b": alive\n\n"] == []


async def test_nonsense_is_no_last_event(world_of: WorldOf) -> None:
    """Only the id of an event of the stream says where to go on."""
    world = await world_of("logistics")
    client = world.client("logistics")
    for text in ("x", "-1", "9" * 30):
        refused(await client.get("/board/stream", headers={"Last-Event-ID": text}), 422, "last-event-id")
