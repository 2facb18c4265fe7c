"""The checker finds what is wrong, rule by rule, and nothing where all is well: a small week on real servers."""

import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import pytest

from shared.events import all_specs
from shared.messaging.bus import Bus
from shared.messaging.embedded import EmbeddedBus
from shared.messaging.envelope import Record
from shared.messaging.kafka import KafkaBus
from tests.faults import checker, small_week
from tests.faults.checker import copies, groups
from tests.faults.checker.notes import note_journal, notebook
from tests.faults.checker.rules import RULES, violations
from tests.faults.checker.state import State, connected
from tests.faults.checker.topics import note_topics
from tests.faults.plants import COPIES_SPOILT, PLANTS, Plant
from tests.faults.small_week import SERVICES
from tests.prefixed import PrefixedBus
from tools.servers.postgres import ForeignPostgres, Postgres
from tools.servers.system import run_apart

KEPT = timedelta(days=1)
SEEN = [copy for copy in copies.COPIES if copy.of not in ("contracts", "samples", "forecasts", "reference prices")]
"""Copies of which the small week has rows."""


@dataclass(frozen=True, slots=True)
class Week:
    """A week that was lived: its databases, for the administrator, and notes of its topics and journal."""

    databases: dict[str, str]
    notes: Path


@pytest.fixture(scope="module")
def week(
    kafka_bootstrap: str,
    postgres_server_of_session: Postgres | ForeignPostgres,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Week]:
    """Return a week that was lived once for all tests."""
    folder, server = tmp_path_factory.mktemp("week"), postgres_server_of_session
    prefix = f"{uuid4().hex[:8]}."
    names = {service: f"{service}_{uuid4().hex}" for service in SERVICES}
    urls = {service: server.create_database(name) for service, name in names.items()}

    async def live() -> None:
        journal = folder / "journal.jsonl"
        async with small_week.living(folder, urls, EmbeddedBus(folder / "bus.sqlite"), journal) as county:
            await small_week.order(county)
            await small_week.eat(county)
            await small_week.pay(county)
            await small_week.recall(county)
            await _retell(county.world.records, PrefixedBus(KafkaBus(kafka_bootstrap, "week", keep=KEPT), prefix))
        with closing(notebook(folder / "notes.sqlite")) as notes:
            note_journal(notes, journal)
            await note_topics(notes, kafka_bootstrap, prefix)

    run_apart(live)
    yield Week({service: server.admin_dsn_of(name) for service, name in names.items()}, folder / "notes.sqlite")
    for name in names.values():
        server.drop_database(name)


async def _retell(records: Sequence[Record], kafka: Bus) -> None:
    """Put what was told into Kafka, where the checker reads it: to join groups takes longest."""
    await kafka.ensure_topics(sorted({record.topic for record in records}))
    await kafka.publish(records)
    await kafka.close()


@asynccontextmanager
async def as_left(week: Week, folder: Path) -> AsyncIterator[State]:
    """Open the week for one test: what it changes is undone."""
    shutil.copyfile(week.notes, folder / "notes.sqlite")
    with closing(sqlite3.connect(folder / "notes.sqlite", isolation_level=None)) as notes:
        async with connected(week.databases) as databases:
            yield State(databases, notes)


async def test_a_week_without_faults_breaks_no_rule(week: Week, tmp_path: Path) -> None:
    """Where all is well nothing is found; and there was something to look at, in every copy."""
    async with as_left(week, tmp_path) as state:
        assert await violations(state) == []
        for copy in SEEN:
            assert [row async for row in state.rows(copy.owner, copy.owned)], copy.of
        assert next(state.noted("SELECT count(*) FROM record"))[0] > 50


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant.rule}-{plant.subject}")
async def test_a_planted_violation_is_found(week: Week, tmp_path: Path, plant: Plant) -> None:
    """What is spoilt by hand is found by its rule, and told with what it is about."""
    async with as_left(week, tmp_path) as state:
        if plant.at == "notes":
            for statement in plant.statements:
                assert state.notes.execute(statement).rowcount
        else:
            database = state.databases[plant.at]
            # As one who may do all: past triggers and references, which are not what is tried here.
            await database.execute("SET LOCAL session_replication_role = replica")
            for statement in plant.statements:
                assert not (await database.execute(statement)).endswith(" 0"), statement
        found = await violations(state, [plant.rule])
    assert found
    assert any(plant.subject in f"{each.subject} {each.found}" for each in found), found


@pytest.mark.parametrize("copy", SEEN, ids=lambda copy: f"{copy.of}-{copy.holder}")
async def test_a_row_missing_from_a_copy_is_found(week: Week, tmp_path: Path, copy: copies.Copy) -> None:
    """Of every copy of which there is anything here, a row that got lost is found."""
    async with as_left(week, tmp_path) as state:
        assert [found async for found in copies.differences(state, copy)] == []
        database = state.databases[copy.holder]
        await database.execute("SET LOCAL session_replication_role = replica")
        assert not (await database.execute(COPIES_SPOILT[copy.of, copy.holder])).endswith(" 0")
        assert [found async for found in copies.differences(state, copy)]


def test_every_rule_is_tried() -> None:
    """There is a planted violation for every rule."""
    assert {plant.rule for plant in PLANTS} == set(RULES)
    assert {(copy.of, copy.holder) for copy in SEEN} == COPIES_SPOILT.keys()
    assert set(RULES) >= checker.LOST | checker.DOUBLED


def test_the_checker_knows_who_hears_what() -> None:
    """Its own tables of groups, topics and subjects say what the services' handlers and the registry say."""
    for name in SERVICES:
        handlers = import_module(f"services.{name}.main").definition.handlers
        assert groups.GROUPS[name] == {event.SPEC.type for event in handlers.types()}
        assert groups.TOPICS[name] == set(handlers.topics())
    fields = {spec.type: spec.model.model_fields for spec in all_specs()}
    for kind, (subject, version) in groups.SUBJECTS.items():
        assert {subject, version or subject} <= fields[kind].keys()
