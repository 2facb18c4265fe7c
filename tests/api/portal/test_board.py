"""The dispatcher's board, with logistics beside it."""

import asyncio
import gc
import os
import tracemalloc
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from starlette.types import ASGIApp, Message

from services.portal.board.frames import frames
from services.portal.inprocess import InProcess
from services.portal.sessions.issuer import Tokens
from services.portal.sessions.usecases import begin
from shared.streaming import end_streams
from tests.api.logistics.county import CHILLED, COUNTY, DAY, open_county
from tests.api.logistics.test_tracking import a_departed_trip, readings
from tests.api.portal.browser import portal_of
from tests.conftest import WorldOf
from tests.people import administrator, dispatcher, official
from tests.sessions import SignedIn
from tests.unit.portal.test_layers import written
from tests.world import World, ok, token_of

BOARD = {"county": COUNTY, "day": str(DAY), "lang": "en"}
WATCHING, MOST_HELD = 40, 22_000


async def a_warm_trip(world: World) -> str:
    """A chilled trip on its way that told 13 °C."""
    await open_county(world)
    trip_id = await a_departed_trip(world, temperature_class=CHILLED)
    start = world.clock.now() - timedelta(minutes=20)
    told = readings(start, 12.0, 12.0, 13.0)
    await ok(await world.client("logistics").post(f"/trips/{trip_id}/points", json=told))
    return trip_id


async def test_the_board_shows_what_is_urgent_first(world_of: WorldOf) -> None:
    """A warm trip is a warm row with its next stop by name; the trip itself has its way, curve and alarms."""
    world = await world_of("portal", "logistics")
    trip_id = await a_warm_trip(world)
    browser = portal_of(world, dispatcher(COUNTY))
    shown = await browser.get("/board", params=BOARD | {"trip": trip_id})
    assert shown.status_code == 200, shown.text
    assert f'id="run-{trip_id}"' in shown.text
    assert shown.text.count("Too warm or too cold") >= 3
    assert "Deliver: School" in shown.text
    assert '"FeatureCollection"' in shown.text
    assert "<polyline" in shown.text
    assert "Plan this day" in shown.text
    alone = await browser.get(f"/board/trips/{trip_id}", headers={"HX-Request": "true"})
    assert alone.text.lstrip().startswith("<article")
    for by in ("vehicle", "driver", "nonsense"):
        listed = await browser.get("/board/list", params=BOARD | {"by": by})
        assert f'href="/board/trips/{trip_id}"' in listed.text


async def test_who_sees_which_board(world_of: WorldOf) -> None:
    """Officials look on; another county's board is not shown; the province's chooses from counties with depots."""
    world = await world_of("portal", "logistics")
    assert "no depot yet" in (await portal_of(world, administrator()).get("/board?lang=en")).text
    await open_county(world)
    looks_on = await portal_of(world, official(COUNTY)).get("/board", params=BOARD)
    assert "Plan this day" not in looks_on.text
    assert (await portal_of(world, dispatcher("529999")).get("/board", params=BOARD)).status_code == 403
    assert (await portal_of(world, dispatcher("529999")).get("/board/stream", params=BOARD)).status_code == 403
    assert COUNTY in (await portal_of(world, administrator()).get("/board")).text


async def test_a_countys_own_boundaries_lie_under_its_places(
    world_of: WorldOf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where it has a licence for some: its lines are on the map, and whose they are is said below it."""
    monkeypatch.setenv("CLOUD_MAP_LAYERS", str(written(tmp_path, "LineString", [[109.0, 28.0], [109.1, 28.1]])))
    world = await world_of("portal", "logistics")
    await open_county(world)
    browser = portal_of(world, official(COUNTY))
    page = await browser.get("/board", params=BOARD)
    assert '<script type="application/json" id="layer">[[[28.0, 109.0], [28.1, 109.1]]]</script>' in page.text
    assert "测绘院" not in page.text
    written(tmp_path, "LineString", [[109.0, 28.0], [109.1, 28.1]], attribution="测绘院（虚构）")
    os.utime(tmp_path / f"{COUNTY}.geojson", ns=(1, 1))
    assert "测绘院（虚构）" in (await browser.get("/board", params=BOARD)).text


async def test_the_page_is_there_while_logistics_is_not(world_of: WorldOf) -> None:
    """The board says that trips do not answer; what is asked of logistics alone is a page that says so."""
    world = await world_of("portal", "logistics")
    await open_county(world)
    world.away("logistics")
    browser = portal_of(world, dispatcher(COUNTY))
    shown = await browser.get("/board", params=BOARD)
    assert shown.status_code == 200
    assert "do not answer at this moment" in shown.text
    assert (await browser.get("/board/list", params=BOARD)).status_code == 503
    assert (await browser.get("/board/trips/unknown")).status_code == 503


async def test_the_board_is_streamed_from_logistics_to_the_page(world_of: WorldOf) -> None:
    """What a vehicle tells is on the page's stream as a row in its language, through both services."""
    world = await world_of("portal", "logistics")
    trip_id = await a_warm_trip(world)
    signed_in = SignedIn(world.services["portal"], token_of(dispatcher(COUNTY)))
    transport = InProcess(world._apps["portal"])
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://portal", auth=signed_in) as page,
        page.stream("GET", "/board/stream", params=BOARD) as answer,
        asyncio.timeout(60),
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        told = frames(answer.aiter_lines())
        events = [await anext(told)]
        while not events[-1].data[0].startswith("live"):
            events.append(await anext(told))
        world.clock.advance(timedelta(minutes=1))
        more = readings(world.clock.now() - timedelta(minutes=90), 4.5, first=9)
        await ok(await world.client("logistics").post(f"/trips/{trip_id}/points", json=more))
        async for event in told:
            if event.event == "run" and "4.5 °C" in "".join(event.data):
                break
    assert int(event.id) > 0


async def test_a_page_that_watches_holds_little(world_of: WorldOf) -> None:
    """A thousand are one worker's: of what let them in (guard, layers, session) nothing but the token lives on."""
    world = await world_of("portal", "logistics")
    await open_county(world)
    cookie = await begin(world.services["portal"], Tokens(token_of(dispatcher(COUNTY)) or "", 3600))
    app = world._apps["portal"]
    tasks = [await watching(app, cookie) for _ in range(10)]
    tracemalloc.start()
    try:
        grown = []
        for _ in range(3):  # what is made once, for all, falls into one of them
            before = await _held()
            tasks += [await watching(app, cookie) for _ in range(WATCHING)]
            grown.append(await _held() - before)
    finally:
        tracemalloc.stop()
    end_streams()
    await asyncio.wait_for(asyncio.gather(*tasks), 60)
    assert min(grown) < MOST_HELD * WATCHING


async def _held() -> int:
    """Return how many bytes are in use, without what is about to end or only waits to be collected."""
    await asyncio.sleep(0.1)
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


async def watching(app: ASGIApp, cookie: str) -> "asyncio.Task[None]":
    """Watch the board of a county as a server lets a page watch; returns once the first row may come."""
    begun = asyncio.Event()

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body" and message["body"].startswith(b"event: state"):
            begun.set()

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/board/stream",
        "raw_path": b"/board/stream",
        "query_string": urlencode(BOARD).encode(),
        "root_path": "",
        "headers": [(b"host", b"portal"), (b"cookie", f"cloud={cookie}".encode())],
        "client": ("127.0.0.1", 123),
        "server": ("portal", 80),
        "state": {},
    }

    async def watch() -> None:
        await app(scope, receive, send)

    task = asyncio.create_task(watch())
    await asyncio.wait_for(begun.wait(), 60)
    return task
