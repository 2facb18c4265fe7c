"""The dispatcher's board, with logistics beside it."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from services.portal.board.frames import frames
from services.portal.inprocess import InProcess
from tests.api.logistics.county import CHILLED, COUNTY, DAY, open_county
from tests.api.logistics.test_tracking import a_departed_trip, readings
from tests.api.portal.browser import portal_of
from tests.conftest import WorldOf
from tests.people import administrator, dispatcher, official
from tests.sessions import SignedIn
from tests.unit.portal.test_layers import written
from tests.world import World, ok, token_of

BOARD = {"county": COUNTY, "day": str(DAY), "lang": "en"}


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
