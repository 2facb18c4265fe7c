"""Importing counts of pupils in need: good rows are taken, and nothing else of the registry is kept."""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import httpx
import pytest

from services.nutrition.registry import client, usecases
from services.nutrition.registry.client import HttpRegistry
from services.nutrition.registry.port import Registry
from services.nutrition.registry.settings import RegistrySettings
from tests.api.acts import acts_of
from tests.api.nutrition.school import School
from tests.api.nutrition.test_budget import a_class, budget
from tests.conftest import WorldOf
from tests.world import ok, refused

ROUTE = "/funding-counts/import"
NAME = "张三"
Answering = Callable[..., None]


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Answering:
    """Let the registry answer with rows, or with a status."""

    def answering(*rows: dict[str, Any], status: int = 200) -> None:
        def answer(_request: httpx.Request) -> httpx.Response:
            return httpx.Response(status, json={"counts": list(rows), "next": None})

        def opened() -> Registry:
            settings = RegistrySettings(url="https://registry.example.org/counts", tries=1)
            return HttpRegistry(settings, transport=httpx.MockTransport(answer))

        monkeypatch.setattr(client, "open_registry", opened)

    return answering


def a_row(pupils: Any = 12, **other: Any) -> dict[str, Any]:
    """A count as the registry gives it."""
    return {"canteen_id": "sch-1", "class_code": "poor", "valid_from": "2026-11-23", "pupils": pupils} | other


async def a_school(world_of: WorldOf) -> School:
    """A school of 100 pupils in a county that knows the class `poor`."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/funding-classes", a_class("poor"))
    return school


async def counts(school: School) -> list[dict[str, Any]]:
    """Return what is kept."""
    found: list[dict[str, Any]] = (await ok(await school.http.get("/canteens/sch-1/funding-counts")))["items"]
    return found


async def test_counts_are_imported(world_of: WorldOf, registry: Answering) -> None:
    """Counts come with their day and source, make the budget, and told again change nothing."""
    school = await a_school(world_of)
    registry(a_row(), a_row(14, valid_from="2026-12-02"))
    told = await ok(await school.http.post(ROUTE, json={}))
    assert (told["source"], told["on"], told["fetched"]) == ("registry at registry.example.org", "2026-11-23", 2)
    assert (told["created"], told["changed"], told["unchanged"], told["refused"]) == (2, 0, 0, [])
    assert [(one["pupils"], one["valid_from"], one["source"]) for one in await counts(school)] == [
        (12, "2026-11-23", "registry at registry.example.org"),
        (14, "2026-12-02", "registry at registry.example.org"),
    ]
    assert [day["fen"] for day in (await budget(school))["days"]][:3] == [6_000, 6_000, 7_000]
    again = await ok(await school.http.post(ROUTE, json={"on": "2026-12-01", "county_code": "520628"}))
    assert (again["created"], again["unchanged"], again["on"]) == (0, 2, "2026-12-01")
    unchanged, made = await acts_of(school.world, "nutrition", f"POST {ROUTE}")
    assert [each["after"]["pupils"] for each in made["changes"]] == [12, 14], "who brought in what is on record"
    assert unchanged["changes"] == []
    elsewhere = await ok(await school.http.post(ROUTE, json={"county_code": "520102"}))
    assert [one["rule"] for one in elsewhere["refused"]] == ["unknown-canteen"] * 2, "of another county than was asked"


async def test_bad_rows_are_named_by_their_place(world_of: WorldOf, registry: Answering) -> None:
    """Unknown canteens and classes, more pupils than are enrolled, no numbers, rows said twice: the rest is taken."""
    school = await a_school(world_of)
    registry(
        a_row(canteen_id="zhang-san"),
        a_row(class_code="li-si"),
        a_row(101, valid_from="2026-11-24"),
        a_row("a dozen"),
        a_row(-1),
        a_row(valid_from="soon"),
        {"canteen_id": "sch-1"},
        a_row(),
        a_row(13),
    )
    told = await ok(await school.http.post(ROUTE, json={}))
    assert (told["fetched"], told["created"]) == (9, 1)
    assert [(one["index"], one["field"], one["rule"]) for one in told["refused"]] == [
        (0, "canteen_id", "unknown-canteen"),
        (1, "class_code", "unknown-funding-class"),
        (2, "pupils", "more-than-enrolled"),
        (3, "pupils", "int_type"),
        (4, "pupils", "greater_than_equal"),
        (5, "valid_from", "day"),
        (6, "class_code", "missing"),
        (8, "valid_from", "twice-in-body"),
    ]
    assert "zhang-san" not in str(told)
    assert "li-si" not in str(told)


@pytest.mark.parametrize(
    "row",
    [
        a_row(name=NAME),
        a_row(**{NAME: 1}),
        a_row(pupils=[{"name": NAME}]),
        a_row(class_code=NAME),
        a_row(canteen_id=NAME),
        a_row(valid_from=NAME),
    ],
)
async def test_names_are_never_kept(
    world_of: WorldOf,
    registry: Answering,
    row: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A row with a name in it is refused as a whole: the name is in no answer, no log and no table."""
    caplog.set_level(logging.DEBUG)
    school = await a_school(world_of)
    registry(row, a_row(valid_from="2026-11-24"))
    logs: list[dict[str, Any]] = []
    monkeypatch.setattr(usecases.log, "info", lambda event, **said: logs.append({"event": event, **said}))
    response = await school.http.post(ROUTE, json={})
    told = await ok(response)
    assert [(log["event"], log["fetched"], log["refused"]) for log in logs] == [("registry-imported", 2, 1)]
    assert (told["created"], [one["index"] for one in told["refused"]]) == (1, [0])
    assert [one["valid_from"] for one in await counts(school)] == ["2026-11-24"]
    said = response.text + str(logs) + caplog.text + "".join(capfd.readouterr())
    assert NAME not in said
    assert NAME.encode("unicode_escape").decode() not in said
    service = school.world.services["nutrition"]
    url = service.settings.database_of("nutrition")
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            assert not [line for line in database.iterdump() if NAME in line]


async def test_a_failing_registry_changes_nothing(world_of: WorldOf, registry: Answering) -> None:
    """When the registry refuses, the answer is 502 and says so; what was counted before stands."""
    school = await a_school(world_of)
    registry(a_row())
    await ok(await school.http.post(ROUTE, json={}))
    registry(a_row(20), status=403)
    refused(await school.http.post(ROUTE, json={}), 502, "registry-refused")
    assert [one["pupils"] for one in await counts(school)] == [12]


async def test_without_a_registry_nothing_is_fetched(world_of: WorldOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no registry is set, an import says so by naming no source."""
    monkeypatch.delenv("CLOUD_COUNTS_REGISTRY_URL", raising=False)
    school = await a_school(world_of)
    told = await ok(await school.http.post(ROUTE, json={}))
    assert (told["source"], told["fetched"], told["created"]) == (None, 0, 0)


async def test_a_bad_request_asks_nobody(world_of: WorldOf, registry: Answering) -> None:
    """Days that are none and fields nobody knows are refused before anybody is asked."""
    school = await a_school(world_of)
    registry(status=500)
    refused(await school.http.post(ROUTE, json={"on": "soon"}), 422, "invalid-input")
    refused(await school.http.post(ROUTE, json={"name": "x"}), 422, "invalid-input")
