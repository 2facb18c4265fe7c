"""Nonsense from outside: whatever is asked, in whatever state, the answer is an answer or a problem naming its rule."""

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.events.procurement import OrderPlaced
from tests.api.farmers import builders as farmers
from tests.api.logistics import county as logistics
from tests.api.nutrition.school import School
from tests.api.procurement import facts as procurement
from tests.api.routes import Json, Route, routes_of
from tests.conftest import SERVICES, WorldOf
from tests.world import World, ok

READS, WRITES = 8, 25
"""How many requests each route gets; the same ones in every run."""

JSON = "application/json"
Path = tuple[str | int, ...]

NASTY: list[Json] = [
    *(None, True, False, 0, -1, 1, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**30, 0.5, -0.0, 1e308),
    *(float("nan"), float("inf"), float("-inf"), [], {}, [None], [[]], {"": None}, [0] * 1001, "", " ", "\x00"),
    *("a\x00b", "\x1b[2J", "\ud800", "a\udfffb", "\u202e", "\ufeff", "校" * 300, "x" * 2000, "'; --", "../..", "%00"),
    *("1", "-1", "\u0663", "NaN", "1e999", "0000-00-00", "0001-01-01", "9999-12-31", "2026-02-30", "2026-13"),
    *(
        "2026-11-30",
        "2026-11-28",
        "2025-01-06",
        "2026-12-07",
        "9999-12-27",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+14:00",
    ),
]
KEYS = ["", "\x00", "\ud800", "reason", "quantity_g", "__proto__", "x" * 300]
HEADERS = ["", '"', "*", '"1"', 'W/"2"', "-1", "9" * 30, '"\u00b2"', "k", "k" * 201, "\u00e9"]
NEXT_WEEK = {"week_start": "2026-12-07", "day": "2026-12-07", "month": "2026-12", "version": 1}
"""What can still be planned when a service's set-up is over."""


@dataclass(frozen=True)
class Request:
    """A request; its `repr` is what a failure shows."""

    method: str
    url: str
    body: bytes | None = None
    headers: dict[str, bytes] = field(default_factory=dict)


def _nodes(value: Json, path: Path = ()) -> Iterator[tuple[Path, Json]]:
    yield path, value
    items: list[tuple[Any, Json]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    for key, inner in items:
        yield from _nodes(inner, (*path, key))


class Known:
    """Values that exist behind a service, by the name they go by: nonsense must also meet what is there."""

    def __init__(self) -> None:
        self._values: dict[str, list[Json]] = {}

    def learn(self, answer: Json) -> None:
        """Take in every value of an answer."""
        for path, value in _nodes(answer):
            if path and isinstance(value, str | int) and not isinstance(value, bool):
                seen = self._values.setdefault(str(path[-1]), [])
                if value not in seen and len(seen) < 5:
                    seen.append(value)

    def named(self, name: str) -> list[Json]:
        """Return the values known by a name."""
        return self._values.get(name, [])


def requests_of(route: Route, known: Known) -> st.SearchStrategy[Request]:
    """Return requests of roughly the right shape with something nasty in them."""

    @st.composite
    def request(draw: st.DrawFn) -> Request:
        url, query = route.path, []
        for parameter in route.parameters:
            if parameter["in"] == "header":
                continue
            value = draw(_text(parameter, known))
            if parameter["in"] == "path":
                url = url.replace(f"{{{parameter['name']}}}", value)
            elif parameter.get("required") or draw(st.booleans()):
                query.append(f"{parameter['name']}={value}")
        odd = draw(st.integers(0, 3)) == 3
        names = st.sampled_from(["Idempotency-Key", "If-Match"])
        headers = draw(st.dictionaries(names, st.sampled_from(HEADERS))) if odd else {}
        return Request(
            route.method,
            "?".join([url, "&".join(query)]),
            None if route.media is None else draw(_body(route, known) if route.media == JSON else _text_body(route)),
            {name: value.encode("latin-1") for name, value in headers.items()}
            | {"content-type": (route.media or JSON).encode()},
        )

    return request()


def _text(parameter: dict[str, Any], known: Known) -> st.SearchStrategy[str]:
    examples = parameter.get("examples") or parameter["schema"].get("examples") or ["2026-12", "2026-11-30", "1"]
    right = known.named(parameter["name"]) or examples
    nasty = [value for value in NASTY if isinstance(value, str | int | float)]
    mostly = st.sampled_from(right) | st.sampled_from(right) | st.sampled_from(nasty)
    return mostly.map(lambda value: quote(str(value).encode("utf-8", "surrogatepass"), safe="") or "%00")


@st.composite
def _body(draw: st.DrawFn, route: Route, known: Known) -> bytes:
    body = deepcopy(draw(st.sampled_from(route.examples)))
    for path, value in list(_nodes(body)):
        name = next((part for part in reversed(path) if isinstance(part, str)), "")
        there = known.named(name) or known.named(name.removesuffix("s"))
        if there and not isinstance(value, dict | list) and draw(st.integers(0, 3)):
            body = _with(body, path, draw(st.sampled_from(there)))
    for _ in range(draw(st.sampled_from([0, 1, 1, 1, 2, 3]))):
        path, _value = draw(st.sampled_from(list(_nodes(body))))
        body = draw(_spoilt(body, path))
    text = json.dumps(body).encode()
    return text[:-1] if draw(st.integers(0, 30)) == 30 else text


@st.composite
def _text_body(draw: st.DrawFn, route: Route) -> bytes:
    """A text with something nasty in place of a cell, or a line lost or doubled."""
    lines = str(draw(st.sampled_from(route.examples))).split("\n")
    nasty = [str(value) for value in NASTY if not isinstance(value, dict | list)]
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(lines) - 1))
        cells = lines[place].split(",")
        cells[draw(st.integers(0, len(cells) - 1))] = draw(st.sampled_from(nasty))
        lines[place : place + 1] = [",".join(cells)] * draw(st.sampled_from([0, 1, 1, 1, 2]))
        lines = lines or [""]
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))
    return "\n".join(lines).encode(encoding, "replace")


@st.composite
def _spoilt(draw: st.DrawFn, body: Json, path: Path) -> Json:
    """Put something nasty in the place of a value, or lose it, double it, or add what nobody knows."""
    present = body
    for part in path:
        present = present[part]
    how = draw(st.sampled_from(["replace", "replace", "replace", "lose", "add", "double"]))
    if how == "add" and isinstance(present, dict):
        return _with(body, path, present | {draw(st.sampled_from(KEYS)): draw(st.sampled_from(NASTY))})
    if how == "double" and isinstance(present, list):
        return _with(body, path, present * draw(st.sampled_from([2, 3, 1001])))
    if how == "lose" and path:
        return _with(body, path, ...)
    return _with(body, path, draw(st.sampled_from(NASTY)))


def _with(body: Json, path: Path, value: Json) -> Json:
    """Return a copy of `body` with another value at `path`, or without it (`...`)."""
    if not path:
        return value
    copy = deepcopy(body)
    holder = copy
    for part in path[:-1]:
        holder = holder[part]
    if value is ...:
        del holder[path[-1]]
    else:
        holder[path[-1]] = deepcopy(value)
    return copy


async def _school(world: World) -> None:
    """A school with a menu, something in the store, and a meal served."""
    school = await School(world).set_up()
    await school.count("rice", 50_000)
    await school.publish()
    await school.receive(("cabbage", "lot-1", 40_000))
    await school.serve()


async def _village(world: World) -> None:
    """Cooperatives with offers, lots, and orders waiting, accepted and dispatched."""
    await farmers.a_county(world)
    orders = [farmers.placed(f"order-{n}", farmers.line(f"line-{n}", 10_000)) for n in range(1, 5)]
    await world.publish(*orders)
    await world.settle()
    for number in (1, 2):
        await farmers.post(world, f"/orders/order-{number}/accept")
    await farmers.post(world, "/lots", **farmers.lot(contributions={"hh-1": 20_000}))
    await farmers.post(world, "/orders/order-1/dispatch")


async def _market(world: World) -> None:
    """A week sourced: orders placed, one accepted, packed, weighed and paid."""
    menu = procurement.a_menu({("cabbage", procurement.MONDAY): 20_000, ("pork", procurement.TUESDAY): 5_000})
    await world.publish(procurement.a_canteen(), procurement.a_cooperative(), procurement.an_offer(), menu)
    await world.settle()
    await procurement.run(world)
    placed = world.told_of(OrderPlaced)[0]
    await world.publish(procurement.accepted(placed), procurement.a_lot(poor=50_000), procurement.dispatched(placed))
    await world.publish(procurement.loaded(placed), procurement.a_receipt(placed, 19_000))
    await world.settle()


async def _road(world: World) -> None:
    """A trip that has brought an order to the gate, where it was weighed, and a meal cooked from it."""
    client = await logistics.open_county(world)
    await logistics.an_arrived_order(world, "ord-1")
    line = {"line_id": "ord-1-1", "received_g": 10_000, "accepted_g": 9_000, "reason": "bruised"}
    await ok(await client.post("/receipts", json={"order_id": "ord-1", "signers": ["a", "b"], "lines": [line]}))
    await world.publish(logistics.a_meal("meal-1", ("lot-1", 5_000)), logistics.a_confirmation("ord-2"))
    await world.settle()
    await logistics.plan(world)


SET_UP: dict[str, Callable[[World], Awaitable[None]]] = {
    "nutrition": _school,
    "farmers": _village,
    "procurement": _market,
    "logistics": _road,
}


class Door:
    """A service with something in it, behind a client, with its database's file open to see whether it changes."""

    def __init__(self, world: World, service: str, database: sqlite3.Connection) -> None:
        self._client = world.client(service)
        self._database = database

    def _seen(self) -> int:
        """What changes with every commit of somebody else."""
        version: int = self._database.execute("PRAGMA data_version").fetchone()[0]
        return version

    async def ask(self, request: Request) -> None:
        """Send a request; it must be answered, or refused by a problem with nothing changed."""
        before = self._seen()
        url = httpx.URL(f"http://service{request.url}")
        headers = [(k.encode(), v) for k, v in request.headers.items()]
        answer = await self._client.request(request.method, url, content=request.body, headers=headers)
        assert answer.status_code < 500, answer.text
        if answer.is_success:
            return
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        problem = answer.json()
        assert problem["status"] == answer.status_code
        assert {"type", "title", "rule", "detail"} <= set(problem), problem
        assert problem["rule"] != "invalid-input" or problem["field"], problem
        assert self._seen() == before, f"refused ({problem['rule']}), and something changed"


@pytest.mark.parametrize("service", SERVICES)
async def test_nonsense(world_of: WorldOf, service: str) -> None:
    """No request makes a service fail: it answers, or refuses by problem+json and has changed nothing."""
    world = await world_of(service)
    client = world.client(service)
    await SET_UP[service](world)
    routes = routes_of(await ok(await client.get("/openapi.json")))
    known = Known()
    known.learn(NEXT_WEEK)
    for route in routes:
        if route.method == "GET" and "{" not in route.path:
            answer = await client.get(route.path)
            known.learn(answer.json() if "json" in answer.headers["content-type"] else None)
    loop = asyncio.get_running_loop()
    file = world.services[service].settings.database_of(service).removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, check_same_thread=False)) as database:
        door = Door(world, service, database)
        for route in routes:
            await asyncio.to_thread(_try_all, route, known, door, loop)
    await world.settle()
    assert f'dead_letters{{service="{service}"}} 0.0' in (await client.get("/metrics")).text


def _try_all(route: Route, known: Known, door: Door, loop: asyncio.AbstractEventLoop) -> None:
    @settings(
        max_examples=READS if route.method == "GET" else WRITES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(requests_of(route, known))
    def ask(request: Request) -> None:
        asyncio.run_coroutine_threadsafe(door.ask(request), loop).result(timeout=30)

    ask()


@pytest.mark.parametrize("service", SERVICES)
async def test_document_explains_itself(world_of: WorldOf, service: str) -> None:
    """Every route of every service has a summary, and every request body an example."""
    world = await world_of(service)
    routes = routes_of(await ok(await world.client(service).get("/openapi.json")))
    assert [str(route) for route in routes if not route.summary] == []
    assert [str(route) for route in routes if route.media and not route.examples] == []
