"""The audit trail holds on both databases: an act is written with what it changed, linked, and cannot be changed."""

import asyncio
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from services.logistics.fleet import api as fleet
from services.logistics.fleet.models import Depot
from services.logistics.tables import Table
from shared.audit.domain import Link
from shared.audit.linking import check_kept, link, verify_all, words_of
from shared.audit.recording import Audited
from shared.audit.service import with_audit
from shared.auth.access import PROVINCE, Access, rule
from shared.auth.principal import Role
from shared.auth.trusting import parameters_of
from shared.messaging.embedded import EmbeddedBus
from shared.messaging.handlers import Handlers
from shared.models import table_of
from shared.service import Definition, Service
from shared.settings import Settings
from tests.people import auditor, dispatcher, official
from tests.world import World, ok, refused
from tools.servers.postgres import find_binaries, server_of

RULES = [
    rule(f"{method} {path}", {Role.DISPATCHER, Role.OFFICIAL}, PROVINCE)
    for method, path in parameters_of([fleet.router])
]
PLAIN = Definition("logistics", "Depots", [fleet.router], Handlers(), Table.metadata, Access(RULES))
DEPOTS = with_audit(PLAIN, Audited({"/depots": table_of(Depot)}, {"PUT /drivers": "for this test"}))
HERE = dispatcher("520628")


@pytest.fixture(params=["sqlite", "postgres"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Return a world of depots whose acts are recorded, on each database."""
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    settings = Settings(var=tmp_path, database_url=url)
    async with World([DEPOTS], EmbeddedBus(tmp_path / "bus.sqlite"), {"logistics": settings}) as opened:
        yield opened


def depot(number: int, **changed: Any) -> dict[str, Any]:
    """Return a row of a (fictional) depot."""
    row = {"depot_id": f"depot-{number}", "county_code": "520628", "town_code": "520628-01", "lat": 28.2, "lon": 109.2}
    return row | {"name_zh": f"{number}号站(虚构)", "name_en": f"Depot {number} (fictional)"} | changed


async def put(world: World, *rows: dict[str, Any], **headers: str) -> httpx.Response:
    """Load depots as a dispatcher."""
    client = world.client("logistics", as_=HERE)
    return await client.put("/depots", json={"rows": list(rows)}, headers=headers)


async def acts(world: World, **asked: str | int) -> list[dict[str, Any]]:
    """Return what an auditor is told."""
    answer = await ok(await world.client("logistics", as_=auditor()).get("/audit/acts", params=asked))
    items: list[dict[str, Any]] = answer["items"]
    return items


async def test_an_act_tells_who_what_when_from_where_before_and_after(world: World) -> None:
    """A changing request leaves one act: subject, roles, address, route, and of each object what differs."""
    await ok(await put(world, depot(1), depot(2)))
    world.clock.advance(timedelta(hours=1))
    await ok(await put(world, depot(1, name_en="Depot One (fictional)"), depot(2)))
    changed, made = await acts(world)
    assert (changed["subject"], changed["roles"], changed["address"]) == (HERE.subject, ["dispatcher"], "127.0.0.1")
    assert (changed["action"], changed["at"]) == ("PUT /depots", "2026-11-23T02:00:00Z")
    assert changed["changes"] == [
        {
            "kind": "depot",
            "object_id": "depot-1",
            "before": {"name_en": "Depot 1 (fictional)"},
            "after": {"name_en": "Depot One (fictional)"},
        }
    ]
    assert [(each["object_id"], each["before"]) for each in made["changes"]] == [("depot-1", None), ("depot-2", None)]
    assert made["changes"][0]["after"] == depot(1) | {"onward_from": None}


async def test_what_was_refused_tried_or_only_read_is_no_act(world: World) -> None:
    """Only what took effect is recorded, once however often it is sent; routes that are passed over leave nothing."""
    client = world.client("logistics", as_=HERE)
    refused(await client.put("/depots", json={"rows": "none"}), 422, "invalid-input")
    await ok(await client.get("/depots"))
    await ok(await client.put("/drivers", json={"rows": []}))
    assert await acts(world) == []
    key = {"Idempotency-Key": "once"}
    await ok(await put(world, depot(1), **key))
    await ok(await put(world, depot(1), **key))
    assert len(await acts(world)) == 1


async def test_acts_are_found_by_object_person_and_time(world: World) -> None:
    """An auditor asks for an object's history, a person's acts or a time, page by page, the newest first."""
    for number in (1, 2, 1):
        await ok(await put(world, depot(number, lat=20.0 + world.clock.now().hour)))
        world.clock.advance(timedelta(hours=1))
    assert [each["changes"][0]["after"]["lat"] for each in await acts(world, object_id="depot-1")] == [23.0, 21.0]
    assert len(await acts(world, subject=HERE.subject)) == 3
    assert await acts(world, subject="nobody") == []
    assert len(await acts(world, since="2026-11-23T02:00:00Z", until="2026-11-23T03:00:00Z")) == 1
    first = await ok(await world.client("logistics", as_=auditor()).get("/audit/acts", params={"limit": 2}))
    rest = await acts(world, limit=2, after=first["next"])
    assert len(first["items"]) == 2
    assert [each["changes"][0]["object_id"] for each in rest] == ["depot-1"]


async def test_only_auditors_read_the_trail(world: World) -> None:
    """Whoever acts does not see what is on record about them."""
    for person in (HERE, official()):
        refused(await world.client("logistics", as_=person).get("/audit/acts"), 403, "role-not-allowed")


async def test_the_chain_holds_and_names_what_was_changed(world: World) -> None:
    """Every act is linked by the next job; who changes one past the database's refusal breaks the chain there."""
    for number in range(5):
        await ok(await put(world, depot(number)))
    service = world.services["logistics"]
    assert words_of(await verify_all(service.database)) == "0 links hold"
    await world.settle()
    client = world.client("logistics", as_=auditor())
    chain = await ok(await client.get("/audit/chain"))
    assert (chain["links"], chain["waiting"], chain["last"]["number"]) == (5, 0, 5)
    assert (await ok(await client.get("/audit/verification")))["broken"] is None

    for statement in ("UPDATE audit_act SET subject = 'x'", "DELETE FROM audit_change", "DELETE FROM audit_link"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with service.begin() as uow:
                await uow.session.execute(text(statement))
    await _past_the_triggers(world, "UPDATE audit_change SET after = '{\"lat\": 1.0}' WHERE object_id = 'depot-2'")
    told = await ok(await client.get("/audit/verification"))
    assert (told["links"], told["broken"]["number"], told["broken"]["rule"]) == (2, 3, "hash-differs")
    verified = await verify_all(service.database)
    assert verified.broken is not None
    assert words_of(verified).startswith("link 3 (act ")


async def _past_the_triggers(world: World, statement: str) -> None:
    async with world.services["logistics"].begin() as uow:
        if uow.dialect == "postgresql":
            await uow.session.execute(text("ALTER TABLE audit_change DISABLE TRIGGER USER"))
        else:
            await uow.session.execute(text("DROP TRIGGER audit_change_no_update"))
        await uow.session.execute(text(statement))


async def test_the_trail_is_kept_through_restore(world: World, tmp_path: Path) -> None:
    """A backup put back has every act, still refuses changes and goes on; a link kept elsewhere shows what it lacks."""
    for number in range(3):
        await ok(await put(world, depot(number)))
    await world.settle()
    service = world.services["logistics"]
    before = await _last(service)
    await ok(await put(world, depot(3)))  # which waits for its link
    with restored_elsewhere(service, tmp_path) as address:
        await ok(await put(world, depot(4)))
        await world.settle()
        lost = await _last(service)
        assert await check_kept(service.database, lost.number, lost.hash) is None
        settings = Settings(var=tmp_path, database_url=address)
        async with World([DEPOTS], EmbeddedBus(tmp_path / "again.sqlite"), {"logistics": settings}) as restored:
            there = restored.services["logistics"].database
            assert len(await acts(restored)) == 4
            await restored.settle()
            assert words_of(await verify_all(there)).startswith("4 links hold")
            assert await check_kept(there, before.number, before.hash) is None
            lacks = await check_kept(there, lost.number, lost.hash)
            assert (lacks and lacks.rule, lacks and lacks.number) == ("link-missing", 5)
            await ok(await put(restored, depot(5)))
            await restored.settle()
            anew = await check_kept(there, lost.number, lost.hash)
            assert (anew and anew.rule, anew and anew.number) == ("not-as-kept", 5)
            with pytest.raises(DBAPIError, match="append-only"):
                async with restored.services["logistics"].begin() as uow:
                    await uow.session.execute(text("UPDATE audit_act SET subject = 'x'"))


async def _last(service: Service) -> Link:
    """Return the last link of a chain that holds."""
    verified = await verify_all(service.database)
    assert verified.broken is None
    assert verified.last is not None
    return verified.last


@contextmanager
def restored_elsewhere(service: Service, folder: Path) -> Iterator[str]:
    """Back up a service's database while it runs, as `docs/operations.md` says, and restore it elsewhere."""
    url = service.settings.database_of(service.name)
    if url.startswith("sqlite"):
        copy = folder / "restored.sqlite"
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as live, closing(sqlite3.connect(copy)) as backup:
            live.backup(backup)
        yield f"sqlite:///{copy}"
        return
    server = server_of(make_url(url))
    name, restored = str(make_url(url).database), f"test_{uuid4().hex}"
    administrator = server.admin.set(drivername="postgresql")
    programs = find_binaries() or Path("/usr/bin")
    connected = ["--dbname", administrator.set(database=name).render_as_string(hide_password=False)]
    dump = subprocess.run([str(programs / "pg_dump"), *connected], check=True, capture_output=True).stdout
    address = server.create_database(restored)
    into = ["--dbname", administrator.set(database=restored).render_as_string(hide_password=False)]
    psql = [str(programs / "psql"), "--quiet", "--set=ON_ERROR_STOP=1", *into]
    try:
        subprocess.run(psql, input=dump, check=True, capture_output=True)
        yield address
    finally:
        server.drop_database(restored)


async def test_an_act_without_a_link_is_named(world: World) -> None:
    """An act that was slipped past the chain is found behind its end."""
    await ok(await put(world, depot(1)))
    async with world.services["logistics"].begin() as uow:
        await uow.session.execute(text("DELETE FROM audit_waiting"))
    broken = (await verify_all(world.services["logistics"].database)).broken
    assert broken is not None
    assert (broken.number, broken.rule) == (1, "past-the-chain")


async def test_two_replicas_make_one_chain(world: World) -> None:
    """However many link at once, each act has one link and the numbers have no gap."""
    await asyncio.gather(*(_surely(world, depot(number)) for number in range(20)))
    service = world.services["logistics"]

    async def once() -> int:
        async with service.begin() as uow:
            return await link(uow)

    assert sum(await asyncio.gather(*(once() for _ in range(4)))) == 20
    verified = await verify_all(service.database)
    assert (verified.links, verified.broken) == (20, None)


async def _surely(world: World, row: dict[str, Any]) -> None:
    """Load a depot, and send it again while the database is too busy to take it."""
    key = {"Idempotency-Key": str(uuid4())}
    answer = await put(world, row, **key)
    while answer.status_code == 503:
        answer = await put(world, row, **key)
    await ok(answer)
