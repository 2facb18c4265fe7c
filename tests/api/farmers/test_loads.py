"""A household registry of any length is taken as it arrives, in chunks; the good rows stand, every error is told."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.requests import ClientDisconnect

from services.farmers.loads.loading import CHUNK
from shared.tabular_stream import stream_table
from tests.api.acts import acts_of
from tests.api.farmers.builders import COOP, a_county
from tests.api.farmers.test_household_registry import KNOWN, LATER, NEW, members, sheet, stored
from tests.conftest import WorldOf
from tests.people import administrator
from tests.world import World, ok, refused

ROUTE = "/household-registry/loads"
CSV = {"content-type": "text/csv"}


async def in_pieces(data: bytes, size: int) -> AsyncIterator[bytes]:
    """A file as it arrives."""
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def load(world: World, text: str, encoding: str = "utf-8", size: int = 50_000) -> httpx.Response:
    """Send a file in pieces."""
    return await world.client("farmers").post(ROUTE, content=in_pieces(text.encode(encoding), size), headers=CSV)


def many(count: int) -> list[str]:
    """Rows of new households, the two hundredth of them for a cooperative nobody knows."""
    return [
        f"520628-8{number:05},,{COOP if number % 200 != 199 else 'coop-404'},520628103,2017-03-01,虚构,,"
        f"registered_poor,2014-01-01,,fictional"
        for number in range(count)
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_a_file_comes_in_pieces(world_of: WorldOf, encoding: str) -> None:
    """Wherever the network cuts it, UTF-8 with or without a mark and GBK give the same rows; again nothing changes."""
    world = await world_of("farmers")
    await a_county(world)
    done = await ok(await load(world, sheet(NEW, LATER, KNOWN), encoding, size=7))
    assert (done["status"], done["read_rows"], done["errors"]) == ("done", 3, 0)
    assert (done["households_created"], done["people_created"], done["statuses_created"]) == (1, 2, 3)
    again = await ok(await load(world, sheet(NEW, LATER, KNOWN), encoding))
    assert {again[f"{part}_created"] for part in ("households", "people", "statuses")} == {0}
    assert (again["people_changed"], again["households_changed"]) == (0, 0)
    assert "520628-7001" not in stored(world)


async def test_nothing_is_lost_of_a_long_file(world_of: WorldOf) -> None:
    """More than a chunk: good rows load, each bad one is told with its row, and the list of errors is whole."""
    world = await world_of("farmers")
    await a_county(world)
    rows = [*many(CHUNK + 401), "too,few", NEW]
    before = await ok(await world.client("farmers").get(f"/cooperatives/{COOP}"))
    done = await ok(await load(world, sheet(*rows)))
    counted = await ok(await world.client("farmers").get(f"/cooperatives/{COOP}"))
    assert counted["households"] == before["households"] + done["households_created"]
    assert counted["version"] == before["version"] + 1, "members are counted and told once for all chunks"
    assert (done["status"], done["read_rows"], done["refused_rows"]) == ("done", CHUNK + 403, 8)
    assert done["households_created"] == CHUNK + 403 - 8
    client = world.client("farmers")
    answer = await client.get(f"{ROUTE}/{done['load_id']}/errors")
    told = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    named = [(int(one["row"]), one["rule"]) for one in told]
    expected = [(201 + 200 * n, "unknown-cooperative") for n in range(7)]
    assert named == [*expected, (CHUNK + 403, "cells")]
    assert done["first_errors"][0]["row"] == 201
    assert (done["errors"], await ok(await client.get(f"{ROUTE}/{done['load_id']}"))) == (
        8,
        {name: value for name, value in done.items() if name != "first_errors"},
    )
    assert [one["load_id"] for one in (await ok(await client.get(ROUTE)))["items"]] == [done["load_id"]]


async def test_a_load_that_breaks_off_is_sent_again(world_of: WorldOf) -> None:
    """What arrived in whole chunks stands, the load says that it broke off, and the whole file completes it."""
    world = await world_of("farmers")
    await a_county(world)
    file = sheet(*many(CHUNK + 100)).encode()

    async def cut() -> AsyncIterator[bytes]:
        yield file[: len(file) - 2_000]
        raise ClientDisconnect

    client = world.client("farmers")
    refused(await client.post(ROUTE, content=cut(), headers=CSV), 500, "failure")
    (broken,) = (await ok(await client.get(ROUTE)))["items"]
    assert (broken["status"], broken["read_rows"]) == ("broken_off", CHUNK)
    assert len(await members(world)) > 4
    assert (await ok(await client.get(f"/cooperatives/{COOP}")))["households"] > 4
    done = await ok(await load(world, file.decode()))
    assert (done["status"], done["households_created"]) == ("done", 100)
    again = await ok(await load(world, file.decode()))
    assert (again["households_created"], again["statuses_created"], again["people_changed"]) == (0, 0, 0)


async def test_what_cannot_be_meant_is_refused(world_of: WorldOf) -> None:
    """No header, nothing at all, another kind of file: nothing is kept of it, not even a load."""
    world = await world_of("farmers")
    client = world.client("farmers")
    refused(await load(world, "a,b\r\n1,2\r\n"), 422, "no-header")
    refused(await load(world, ""), 422, "no-header")
    refused(await client.post(ROUTE, json={}), 415, "wrong-media-type")
    assert (await ok(await client.get(ROUTE)))["items"] == []
    refused(await client.get(f"{ROUTE}/nobody"), 404, "unknown-load")
    refused(await client.get(f"{ROUTE}/nobody/errors"), 404, "unknown-load")


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
async def test_lines_are_numbered_whatever_ends_them(size: int) -> None:
    """A line end cut in two is one; blank lines count; an endless line is one bad row and the next one is good."""
    data = b"\xef\xbb\xbfkey,b\r\n1,x\r\n\r\n2,y\n" + b"z" * 100_000 * (size == 1000) + b"\r3,\xe8\x99\x9a"
    found: list[Any] = []
    bad: list[int] = []
    async for table in stream_table(in_pieces(data, size), ["key", "b"], ["key"], 2):
        found += table.rows
        bad += [one.index for one in table.refused]
    assert found == [(2, {"key": "1", "b": "x"}), (4, {"key": "2", "b": "y"}), (6, {"key": "3", "b": "虚"})]
    assert bad == ([5] if size == 1000 else [])


async def test_who_loads_is_on_record(world_of: WorldOf) -> None:
    """That somebody sent a registry, from where, and what came of it, is told to auditors; nothing of a household."""
    world = await world_of("farmers")
    await a_county(world)
    client = world.client("farmers", as_=administrator())
    done = await ok(await client.post(ROUTE, content=sheet(NEW, LATER).encode(), headers=CSV))
    refused(await client.post(ROUTE, content=b"nothing,of,this\n", headers=CSV), 422, "no-header")
    ended, begun = await acts_of(world, "farmers", f"POST {ROUTE}")
    assert {act["subject"] for act in (ended, begun)} == {administrator().subject}
    assert [(each["kind"], each["object_id"]) for each in begun["changes"]] == [("registry_load", done["load_id"])]
    assert (begun["changes"][0]["before"], begun["changes"][0]["after"]["status"]) == (None, "running")
    assert (ended["changes"][0]["before"]["status"], ended["changes"][0]["after"]["status"]) == ("running", "done")


@pytest.mark.parametrize("declared", [True, False])
async def test_a_file_is_not_endless(world_of: WorldOf, declared: bool) -> None:
    """Above the limit of what is read as it comes a file is refused, whether its length was told or not."""
    world = await world_of("farmers")
    service = world.services["farmers"]
    service.settings = service.settings.model_copy(update={"max_stream_bytes": 5_000})
    file = sheet(*many(100)).encode()
    assert len(file) > 5_000
    content = file if declared else in_pieces(file, 1_000)
    answer = await world.client("farmers").post(ROUTE, content=content, headers=CSV)
    refused(answer, 413, "body-too-large")
    assert (await ok(await world.client("farmers").get(ROUTE)))["items"] == []
