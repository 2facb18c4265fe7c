"""What HTTP itself asks of every service: bodies within their bound, methods, unknown addresses, odd headers."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.routing import Match, Route
from starlette.types import Scope

from services.together import Together
from shared.clock import RunningClock
from shared.settings import Settings
from tests.api.farmers.builders import a_county, cooperative, offer, put
from tests.builders import MONDAY
from tests.conftest import WorldOf
from tests.world import START, refused

TOO_MUCH = b"x" * 2_000_001
OF_ALL = 12
"""Routes of every service, for probes and documents, and those without a rule of who may call them."""


async def _in_pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 500_000):
        yield body[start : start + 500_000]


@pytest.mark.parametrize("declared", [True, False])
async def test_body_over_the_limit(world_of: WorldOf, declared: bool) -> None:
    """A body over the limit is a problem that says so, whether its length was declared or not."""
    client = (await world_of("nutrition")).client("nutrition")
    for headers in ({}, {"Idempotency-Key": "k-1"}):
        content = TOO_MUCH if declared else _in_pieces(TOO_MUCH)
        answer = await client.post("/menus", content=content, headers={"Content-Type": "application/json"} | headers)
        assert "2000000" in refused(answer, 413, "body-too-large")["detail"]


async def test_body_at_the_limit(world_of: WorldOf) -> None:
    """A body of exactly the limit is read."""
    client = (await world_of("nutrition")).client("nutrition")
    body = b'{"rows": []}'.ljust(2_000_000)
    assert (await client.put("/foods", content=body, headers={"Content-Type": "application/json"})).status_code == 200


async def test_method_that_is_not_there(world_of: WorldOf) -> None:
    """A method that is not there is a problem, and the answer says which one is (RFC 9110 §15.5.6)."""
    client = (await world_of("nutrition")).client("nutrition")
    answer = await client.delete("/menus/menu-1")
    refused(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] in ("GET", "PUT", "GET, PUT", "PUT, GET")


@pytest.mark.parametrize("version", [b'"\xb2"', b"\xbc", b"1.0", b"-1", b'""', b'"1", "2"', b"9" * 30])
async def test_version_that_is_none(world_of: WorldOf, version: bytes) -> None:
    """An If-Match that is no version is refused, digits of other scripts among it."""
    client = (await world_of("nutrition")).client("nutrition")
    body = {"reason": "snow"}
    answer = await client.post("/menus/menu-1/withdraw", json=body, headers=[(b"If-Match", version)])
    assert refused(answer, 422, "if-match")["field"] == "If-Match"


@pytest.mark.parametrize("path", ["/nope", "/nutrition/nope", "/nutrition/menus/%0A/demand", "/livez/nope"])
async def test_unknown_address(tmp_path: Path, path: str) -> None:
    """An address where nothing is, under a service or beside them all, is a problem."""
    async with Together(Settings(var=tmp_path)) as together:
        transport = httpx.ASGITransport(app=together.app())
        async with httpx.AsyncClient(transport=transport, base_url="http://county") as client:
            answer = await client.get(path)
    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_all_services_begin_in_an_empty_folder_and_hear_each_other(tmp_path: Path) -> None:
    """Served together from nothing, tables and topics are there: what one service tells, the others come to know."""
    together = Together(Settings(var=tmp_path), RunningClock(START))
    app = together.app()
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://all", auth=together.system) as client,
    ):
        for path, row in (("cooperatives", cooperative()), ("offers", offer())):
            assert (await client.put(f"/farmers/{path}", json={"rows": [row]})).json()["created"] == 1
        week = {"county_code": "520628", "week_start": MONDAY}
        async with asyncio.timeout(20):
            while not (await client.get("/nutrition/market/offers", params=week)).json()["items"]:  # noqa: ASYNC110
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("name", ["quantity_g", "price_fen_per_kg", "shelf_life_days"])
@pytest.mark.parametrize("value", [True, "1000", 1000.0, 2**63])
async def test_number_that_is_none(world_of: WorldOf, name: str, value: object) -> None:
    """What is no whole number is not taken for one: a truth value is not 1 g."""
    world = await world_of("farmers")
    await put(world, "/cooperatives", cooperative())
    body = {key: part for key, part in offer().items() if key != "offer_id"} | {name: value}
    answer = await world.client("farmers").post("/offers", json=body)
    assert refused(answer, 422, "invalid-input")["field"] == f"body.{name}"


async def test_day_nobody_means(world_of: WorldOf) -> None:
    """A day at the end of the calendar, after which no week ends, is refused."""
    client = (await world_of("procurement")).client("procurement")
    run = await client.post("/sourcing-runs", json={"county_code": "520628", "week_start": "9999-12-27"})
    assert refused(run, 422, "invalid-input")["field"] == "body.week_start"
    report = await client.get("/reports/week", params={"week_start": "9999-12-27"})
    assert refused(report, 422, "invalid-input")["field"] == "query.week_start"


async def test_stale_version_names_its_field(world_of: WorldOf) -> None:
    """A version that is no longer the present one is refused naming the header it came in."""
    world = await world_of("farmers")
    await a_county(world)
    answer = await world.client("farmers").post("/offers/off-1/withdraw", headers={"If-Match": '"7"'})
    assert refused(answer, 412, "stale-version")["field"] == "If-Match"


async def test_few_routes_are_asked(world_of: WorldOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service has a hundred routes; those that begin otherwise than a request's path do not look at it."""
    world = await world_of("nutrition")
    looked: list[str] = []
    matches = Route.matches

    def noted(self: Route, scope: Scope) -> tuple[Match, Scope]:
        looked.append(self.path)
        return matches(self, scope)

    monkeypatch.setattr(Route, "matches", noted)
    client = world.client("nutrition")
    assert (await client.get("/meals", params={"canteen_id": "sch-1"})).status_code == 200
    assert "/meals" in looked
    assert len({path for path in looked if not path.startswith("/meals")}) <= OF_ALL
    looked.clear()
    assert (await client.get("/nowhere")).status_code == 404
    assert len(set(looked)) <= OF_ALL


@pytest.mark.parametrize("body", [b"[" * 100_000 + b"]" * 100_000, b'{"rows":' * 50_000 + b"1" + b"}" * 50_000])
async def test_body_nested_beyond_reading(world_of: WorldOf, body: bytes) -> None:
    """A body that is nested deeper than it can be read is refused, also where the request is an act to be recorded."""
    world = await world_of("logistics")
    answer = await world.client("logistics").put(
        "/vehicles", content=body, headers={"Content-Type": "application/json"}
    )
    refused(answer, 400, "bad-request")
