"""What was backed up while people worked comes back whole, and goes on: on PostgreSQL with Kafka, and on SQLite."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr

from services.backups import files
from services.backups.backup import back_up
from services.backups.restore import restore
from services.commands import DATABASES
from shared import steps
from shared.database import open_database
from shared.messaging.embedded import EmbeddedBus
from shared.messaging.kafka import KafkaBus
from shared.settings import Settings
from tests import builders as b
from tests.commands import asked
from tests.faults import small_week
from tests.faults.checker import check
from tests.faults.evidence import Evidence
from tests.faults.small_week import SERVICES
from tests.journeys.county import County
from tests.world import World, ok, settings_of
from tools.servers.postgres import ForeignPostgres, Postgres
from tools.servers.service import secret_keys


@dataclass(frozen=True, slots=True)
class Place:
    """Databases on a server, by service, and the settings of who administers them."""

    server: Postgres | ForeignPostgres
    names: dict[str, str]
    settings: Settings

    def create(self) -> dict[str, str]:
        """Create the databases, empty; returns their addresses for the services."""
        return {service: self.server.create_database(name) for service, name in self.names.items()}

    def drop(self) -> None:
        """Lose them."""
        for name in self.names.values():
            self.server.drop_database(name)


@pytest.fixture
def place(
    kafka_bootstrap: str, postgres_server_of_session: Postgres | ForeignPostgres, tmp_path: Path
) -> Iterator[Place]:
    """Return a place for a system, empty."""
    run = uuid4().hex
    settings = Settings(
        var=tmp_path,
        database_url=postgres_server_of_session.admin_dsn_of("{service}_" + run)
        .replace("%7B", "{")
        .replace("%7D", "}"),
        bus="kafka",
        kafka_bootstrap=kafka_bootstrap,
        secret_keys=SecretStr(secret_keys()),
    )
    found = Place(postgres_server_of_session, {name: f"{name}_{run}" for name in DATABASES}, settings)
    yield found
    found.drop()


def _bus(place: Place) -> KafkaBus:
    return KafkaBus(place.settings.kafka_bootstrap, "world", keep=timedelta(days=1), fetch_wait_ms=50)


async def test_a_restored_system_reads_on_where_it_was(place: Place, tmp_path: Path) -> None:
    """Backed up with facts on their way, lost, restored: they arrive, what came after is gone, and nothing is wrong."""
    urls = place.create()
    portal = open_database(urls.pop("portal"))
    await steps.bring_up_to_date(portal, "services.portal.migrations")
    await portal.close()
    journal, then = tmp_path / "journal.jsonl", tmp_path / "then.jsonl"
    async with small_week.living(tmp_path, urls, _bus(place), journal) as county:
        await small_week.order(county)
        # One fact is told and nobody has heard it yet, another one waits to be told.
        await _amend_again(county, "sch-1", "d01")
        await county.world.services["nutrition"].relay.drain()
        await _amend_again(county, "sch-2", "d02")
        backed_up = await asked(place.settings, "backup", str(tmp_path / "backup"))
        assert backed_up.data["unnoted"] == {}
        shutil.copyfile(journal, then)
        await county.world.settle()
        await county.accept_all()
    place.drop()
    place.create()
    restored = await restore(place.settings, tmp_path / "backup")
    assert restored.passed_over
    async with small_week.living(tmp_path, urls, _bus(place), tmp_path / "after.jsonl") as county:
        await county.world.settle()
        lines = (await ok(await county.procurement.get("/demand", params={"limit": 1000})))["items"]
        assert {line["menu_version"] for line in lines if line["quantity_g"]} == {2, 3}
    evidence = Evidence(
        then,
        {name: place.server.admin_dsn_of(place.names[name]) for name in SERVICES},
        place.settings.kafka_bootstrap,
    )
    assert await check(evidence, void=restored.passed_over) == []


async def _amend_again(county: County[World], school: str, dish: str) -> None:
    """A school changes its menu; nobody else has heard of it."""
    (menu,) = (await ok(await county.nutrition.get("/menus", params={"canteen_id": school})))["items"]
    body = {"reason": "fewer guests", "days": b.a_menu(school, b.WEEK[:4], dish)["days"]}
    await ok(await county.nutrition.put(f"/menus/{menu['menu_id']}", json=body))


async def test_files_come_back_as_they_were_and_what_was_on_its_way_arrives(tmp_path: Path) -> None:
    """On SQLite with the embedded bus: two systems that go on from the same moment come to the same state."""
    var, other = tmp_path / "var", tmp_path / "other"
    var.mkdir()
    (var / "files" / "aa").mkdir(parents=True)
    (var / "files" / "aa" / "scan-aa").write_bytes(b"%PDF")
    (var / "secret.keys").write_text("never in a backup")
    async with _world(var) as world:
        county = County(world)
        await county.set_up()
        await county.publish()
        await county.source()
        await _amend_again(county, "sch-1", "d01")
        await world.services["nutrition"].relay.drain()
        await back_up(Settings(var=var), tmp_path / "backup")
        await world.settle()
        expected = await _state(county)
    held = {path.name for path in (tmp_path / "backup").rglob("*") if path.is_file()}
    assert held >= {*(f"{name}.sqlite" for name in SERVICES), "bus.sqlite", "scan-aa", "manifest.json"}
    assert "secret.keys" not in held
    await restore(Settings(var=other), tmp_path / "backup")
    assert (other / "files" / "aa" / "scan-aa").read_bytes() == b"%PDF"
    async with _world(other) as world:
        await world.settle()
        assert await _state(County(world)) == expected
    with pytest.raises(ValueError, match="already"):
        await restore(Settings(var=other), tmp_path / "backup")
    (tmp_path / "backup" / "farmers.sqlite").write_bytes(b"something else")
    with pytest.raises(ValueError, match="not what was backed up"):
        await restore(Settings(var=tmp_path / "third"), tmp_path / "backup")


def _world(var: Path) -> World:
    definitions = [import_module(f"services.{name}.main").definition for name in SERVICES]
    return World(definitions, EmbeddedBus(var / "bus.sqlite"), settings_of(SERVICES, var))


async def _state(county: County[World]) -> list[object]:
    await county.check()
    demand = (await ok(await county.procurement.get("/demand", params={"limit": 1000})))["items"]
    offers = (await ok(await county.farmers.get("/offers")))["items"]
    return [demand, offers, await county.orders(), await county.inbox("a"), await county.inbox("b")]


def test_files_are_copied_as_of_one_moment(tmp_path: Path) -> None:
    """While a fact moves from one file to the next, no copy ever has the effect without its cause."""
    causes, effects = tmp_path / "a.sqlite", tmp_path / "b.sqlite"
    for path in (causes, effects):
        with closing(_opened(path)) as made:
            made.executescript("PRAGMA journal_mode=WAL; CREATE TABLE fact (number INTEGER)")
    stopped = threading.Event()

    def move() -> None:
        with closing(_opened(causes)) as cause, closing(_opened(effects)) as effect:
            number = 0
            while not stopped.is_set():
                number += 1
                cause.execute("INSERT INTO fact VALUES (?)", (number,))
                effect.execute("INSERT INTO fact VALUES (?)", (number,))

    moving = threading.Thread(target=move)
    moving.start()
    try:
        for number in range(8):
            folder = tmp_path / f"copy-{number}"
            folder.mkdir()
            files.copy_databases([causes, effects], folder)
            caused, had_effect = (_facts(folder / name) for name in ("a.sqlite", "b.sqlite"))
            assert 0 <= caused - had_effect <= 1
    finally:
        stopped.set()
        moving.join()


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, timeout=30)


def _facts(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database:
        return int(database.execute("SELECT count(*) FROM fact").fetchone()[0])
