"""What a registry outside says of households: by file, and fetched."""

import json
import sqlite3
from contextlib import closing
from typing import Any

import httpx
import pytest

from services.farmers.registry import following
from services.farmers.registry.client import (
    Changes,
    HttpRegistry,
    NullRegistry,
    RegistryUnavailable,
    page_of,
)
from services.farmers.registry.jobs import follow
from shared.events.farmers import CooperativeRegistered
from shared.fetching import Patience
from tests.api.farmers.builders import COOP, OTHER, a_county
from tests.conftest import WorldOf
from tests.world import World, ok, refused

HEADER = "registry_no,household_id,cooperative_id,town_code,member_since,name,phone,status,from_day,until_day,source"
NEW = f"520628-7001,,{COOP},520628103,2017-03-01,虚构周,13800007001,registered_poor,2014-01-01,2018-12-31,fictional"
LATER = "520628-7001,,,,,,,lifted_out,2019-01-01,,fictional"
KNOWN = "520628-0001,hh-1,,,,虚构赵,,monitored,2023-01-01,,fictional"


def sheet(*lines: str) -> str:
    """A registry's file."""
    return "\r\n".join([HEADER, *lines, ""])


async def send(world: World, text: str, encoding: str = "utf-8", **query: Any) -> httpx.Response:
    """Send a file."""
    return await world.client("farmers").post(
        "/household-registry/import",
        content=text.encode(encoding),
        headers={"content-type": "text/csv"},
        params=query,
    )


async def members(world: World, cooperative_id: str = COOP) -> list[str]:
    """The pseudonyms of a cooperative's households."""
    page = await ok(await world.client("farmers").get(f"/cooperatives/{cooperative_id}/households"))
    return [one["household_id"] for one in page["items"]]


def stored(world: World) -> str:
    """Everything in the database, as text."""
    file = world.services["farmers"].settings.database_of("farmers").removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as database:
        return "\n".join(database.iterdump())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_a_file_of_an_office_program_is_taken(world_of: WorldOf, encoding: str) -> None:
    """UTF-8 with or without a mark and GBK give households, people and histories; said again nothing changes."""
    world = await world_of("farmers")
    await a_county(world)
    done = await ok(await send(world, sheet(NEW, LATER, KNOWN), encoding))
    assert (done["households"]["created"], done["people"]["created"], done["statuses"]["created"]) == (1, 2, 3)
    assert (done["refused"], done["warned"], done["preview"]) == ([], [], False)
    (fresh,) = [one for one in await members(world) if one not in ("hh-1", "hh-2", "hh-3", "hh-4")]
    client = world.client("farmers")
    stood = await ok(await client.get(f"/households/{fresh}", params={"on": "2018-12-31"}))
    assert (stood["status"]["status"], stood["cooperative_id"]) == ("registered_poor", COOP)
    assert stood["memberships"][0]["from_day"] == "2017-03-01"
    assert (await ok(await client.get(f"/households/{fresh}/person")))["name"] == "虚**"
    again = await ok(await send(world, sheet(NEW, LATER, KNOWN), encoding))
    for part in ("households", "people", "statuses"):
        assert (again[part]["created"], again[part]["changed"]) == (0, 0), part
    assert len(await members(world)) == 5


async def test_a_pseudonym_says_nothing_of_the_number(world_of: WorldOf) -> None:
    """The registry's number finds its household the next time and stands nowhere in plain sight."""
    world = await world_of("farmers")
    await a_county(world)
    await ok(await send(world, sheet(NEW)))
    await world.settle()
    assert "520628-7001" not in stored(world)
    assert all("520628-7001" not in repr(event) for event in world.told)
    changed = await ok(await send(world, sheet(LATER)))
    assert changed["statuses"]["created"] == 1


async def test_a_preview_keeps_and_tells_nothing(world_of: WorldOf) -> None:
    """A preview answers what would become of the file, row by row; afterwards nothing is different."""
    world = await world_of("farmers")
    await a_county(world)
    before, told = stored(world), len(world.told)
    tried = await ok(await send(world, sheet(NEW, "x,,,,,,,,,,"), preview=True))
    assert (tried["preview"], tried["households"]["created"], tried["refused_rows"]) == (True, 1, 1)
    await world.settle()
    assert (stored(world), len(world.told)) == (before, told)
    assert (await ok(await send(world, sheet(NEW))))["households"]["created"] == 1


async def test_counts_are_told_after_a_file(world_of: WorldOf) -> None:
    """A file that changes who belongs and who counts as poor tells the cooperative's new counts."""
    world = await world_of("farmers")
    await a_county(world)
    await ok(await send(world, sheet(NEW, LATER)))
    await world.settle()
    last = [one for one in world.told_of(CooperativeRegistered) if one.cooperative_id == COOP][-1]
    assert (last.households, last.poor_households) == (5, 4)


BAD = (
    (",,,,,,,,,,", None, None),  # an empty line says nothing
    (",,,,,虚构,,,,,", "household_id", "missing"),
    ("520628-9,,,,,,,monitored,2024-01-01,,x", "registry_no", "unknown-household"),
    (",hh-404,,,,,,monitored,2024-01-01,,x", "household_id", "unknown-household"),
    (",hh-1,,,,,,rich,2024-01-01,,x", "status", "enum"),
    (",hh-1,,,,,,monitored,,,x", "from_day", "missing"),
    (",hh-1,,,,,,monitored,2024-01-01,,", "source", "missing"),
    (",hh-1,,,,,,,2024-01-01,,x", "status", "missing"),
    (",hh-1,,,,,,monitored,2024-02-30,,x", "from_day", "date_from_datetime_parsing"),
    (",hh-1,,,,,,not_poor,2014-01-01,,x", "from_day", "overlapping-status"),
    (",hh-1,,,,,,monitored,2024-02-01,2024-01-01,x", "until_day", "period-reversed"),
    (",hh-1,,,,,13800000000,,,,", "name", "missing"),
    (f",hh-1,{OTHER},520628103,,,,,,,", "cooperative_id", "member-elsewhere"),
    (",hh-4,coop-404,520628103,,,,,,,", "cooperative_id", "unknown-cooperative"),
    (f",hh-1,{COOP},,,,,,,,", "town_code", "missing"),
    ("520628-8,hh-new,coop-404,520628103,,,,,,,", "cooperative_id", "unknown-cooperative"),
    ("520628-1,hh-2,,,,,,,,,", None, None),
    ("520628-1,hh-3,,,,,,,,,", "registry_no", "another-household"),
    ("520628-2,hh-2,,,,,,,,,", "registry_no", "another-number"),
    ("too,few", "", "cells"),
)


async def test_bad_rows_are_named_and_good_ones_taken(world_of: WorldOf) -> None:
    """Each bad row is named by line, field and rule, without its name or number; the good ones load."""
    world = await world_of("farmers")
    await a_county(world)
    lines = [line for line, _, _ in BAD]
    answer = await send(world, sheet(*lines, NEW))
    done = await ok(answer)
    expected = [(n, field, rule) for n, (_, field, rule) in enumerate(BAD, start=2) if rule is not None]
    assert [(one["row"], one["field"], one["rule"]) for one in done["refused"]] == expected
    assert done["refused_rows"] == len(expected)
    assert (done["households"]["created"], done["statuses"]["created"]) == (1, 1)
    assert "520628-1" not in answer.text


async def test_a_file_that_cannot_be_meant_is_refused(world_of: WorldOf) -> None:
    """No header, a million rows, another kind of file: refused as a whole, before anything is done."""
    world = await world_of("farmers")
    await a_county(world)
    client = world.client("farmers")
    refused(await send(world, "a,b\r\n1,2\r\n"), 422, "no-header")
    many = "household_id\n" + "a\n" * 5_002
    refused(await send(world, many), 422, "too-many-rows")
    refused(await send(world, "household_id\n" + "hh-1\n" * 1_000_000), 413, "body-too-large")
    refused(await client.post("/household-registry/import", json={}), 415, "wrong-media-type")


class Outside:
    """A registry outside: pages by cursor, and what it answers before it is well."""

    def __init__(self, *items: dict[str, Any], ill: tuple[Any, ...] = ()) -> None:
        self.items, self.ill, self.asked, self.slept = list(items), list(ill), 0, [0.0]

    def registry(self) -> HttpRegistry:
        """The client that asks it."""
        transport = httpx.MockTransport(self.answer)
        return HttpRegistry("https://registry.test/changes", "secret-token", transport=transport, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer two items a page."""
        self.asked += 1
        assert request.headers["authorization"] == "Bearer secret-token"
        if self.ill:
            said = self.ill.pop(0)
            if isinstance(said, Exception):
                raise said
            return said if isinstance(said, httpx.Response) else httpx.Response(said)
        start = int(request.url.params.get("cursor", 0))
        page = self.items[start : start + 2]
        body = {"items": page, "cursor": str(start + len(page)), "more": start + 2 < len(self.items)}
        return httpx.Response(200, content=json.dumps(body))


def told(number: str, status: str, from_day: str, **other: Any) -> dict[str, Any]:
    """What a registry tells of a household."""
    return {"registry_no": number, "status": status, "from_day": from_day, "source": "outside"} | other


async def test_a_registry_outside_is_followed(world_of: WorldOf) -> None:
    """Changes become history page by page from where it stopped; who is nobody's member is counted and passed over."""
    world = await world_of("farmers")
    await a_county(world)
    await ok(await send(world, sheet(KNOWN)))
    outside = Outside(
        told("520628-0001", "lifted_out", "2025-01-01"),
        told("520628-9999", "monitored", "2025-01-01"),
        told("520628-0001", "not_poor", "2014-01-01"),
        {"registry_no": "520628-0001", "status": "rich"},
    )
    service = world.services["farmers"]
    assert await follow(service, outside.registry()) == 1
    outside.items.append(told("520628-0001", "not_poor", "2026-01-01"))
    assert await follow(service, outside.registry()) == 1
    assert await follow(service, outside.registry()) == 0
    client = world.client("farmers")
    statuses = (await ok(await client.get("/households/hh-1")))["statuses"]
    assert [(one["from_day"], one["status"]) for one in statuses[-2:]] == [
        ("2025-01-01", "lifted_out"),
        ("2026-01-01", "not_poor"),
    ]
    (state,) = (await ok(await client.get("/household-registry/state")))["items"]
    assert (state["recorded"], state["unknown"], state["refused"], state["error"]) == (2, 1, 2, None)
    noted = (await ok(await client.get("/household-registry/refusals")))["items"]
    assert [(one["household_id"], one["rule"]) for one in noted] == [(None, "enum"), ("hh-1", "overlapping-status")]


async def test_a_registry_that_is_ill_is_asked_again(world_of: WorldOf) -> None:
    """Busy, broken and silent answers are tried four times with growing pauses; what comes then is taken."""
    world = await world_of("farmers")
    await a_county(world)
    await ok(await send(world, sheet(KNOWN)))
    busy = httpx.Response(429, headers={"retry-after": "7"})
    outside = Outside(told("520628-0001", "lifted_out", "2025-01-01"), ill=(busy, httpx.ConnectTimeout("x"), 503))
    assert await follow(world.services["farmers"], outside.registry()) == 1
    assert outside.asked == Patience().tries
    assert outside.slept[1] == 7.0
    assert 0.5 <= outside.slept[2] <= 1.5
    assert 1.0 <= outside.slept[3] <= 3.0


@pytest.mark.parametrize(
    ("ill", "asked"),
    [
        ((503,) * 4, 4),
        ((401,), 1),
        ((httpx.Response(200, content=b"<html>"),), 1),
        ((httpx.Response(200, content=b'{"items": [], "cursor": ""}'),), 1),
        ((httpx.Response(200, content=b" " * 5_000_001),), 1),
        ((httpx.ReadTimeout("x"),) * 4, 4),
    ],
)
async def test_a_registry_that_stays_ill_is_noted(world_of: WorldOf, ill: tuple[Any, ...], asked: int) -> None:
    """What cannot be mended by asking again is asked once; the failure is shown, the next time goes on as before."""
    world = await world_of("farmers")
    outside = Outside(ill=ill)
    service = world.services["farmers"]
    assert await follow(service, outside.registry()) == 0
    assert outside.asked == asked
    (state,) = (await ok(await world.client("farmers").get("/household-registry/state")))["items"]
    assert (state["failures"], state["succeeded_at"]) == (1, None)
    assert state["error"]
    await follow(service, outside.registry())
    (state,) = (await ok(await world.client("farmers").get("/household-registry/state")))["items"]
    assert (state["failures"], state["error"]) == (0, None)


async def test_nobody_outside_is_asked_by_default(world_of: WorldOf) -> None:
    """The embedded default follows no registry, and shows none."""
    world = await world_of("farmers")
    assert await follow(world.services["farmers"], NullRegistry()) == 0
    await world.settle()
    assert (await ok(await world.client("farmers").get("/household-registry/state")))["items"] == []


async def test_a_page_asked_for_twice_is_taken_once(world_of: WorldOf) -> None:
    """Two replicas that follow at the same time count what was told once."""
    world = await world_of("farmers")
    await a_county(world)
    await ok(await send(world, sheet(KNOWN)))
    service = world.services["farmers"]
    page = Changes(items=[told("520628-0001", "lifted_out", "2025-01-01")], cursor="1")
    taken = []
    for _ in range(2):
        async with service.begin() as uow:
            taken.append(await following.take_page(uow, service.sealer, "outside", None, page))
    assert taken == [1, 0]


def test_what_the_client_says_names_nobody() -> None:
    """An answer that is no page is told by place and kind, without what it holds."""
    with pytest.raises(RegistryUnavailable) as error:
        page_of(json.dumps({"items": ["赵铁柱"], "cursor": "1"}).encode())
    assert "赵铁柱" not in str(error.value)
