"""What newer steps and newer events leave to the version before, which runs beside this one while it is replaced."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, MetaData, create_engine, text

from shared.database import NAMING
from shared.events.compatibility import incompatibilities
from shared.migrate import _config
from shared.version import VERSION
from tests.upgrade import previous
from tools import release
from tools.release import ROOT
from tools.steps_beside import Shape, breaks, shapes

SCHEMAS = Path("shared/events/schemas")


def _numbered(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.partition("-")[0].split("."))


def _module(file: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"step_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("service", previous.SERVICES)
def test_no_step_that_was_released_is_edited(service: str) -> None:
    """A database that took a step took it as it was: another text of it would make another database."""
    now = previous.steps(service, ROOT)
    for number, file in previous.steps(service, previous.root()).items():
        assert now[number].name == file.name
        assert now[number].read_bytes() == file.read_bytes(), f"{file.name} of {service} was released and is edited"


@pytest.mark.parametrize("service", previous.SERVICES)
def test_newer_steps_leave_the_version_before_its_tables(service: str, tmp_path: Path) -> None:
    """A step only adds, or says since which version nothing uses what it takes away."""
    taken = max(previous.steps(service, previous.root()))
    newer = {number: file for number, file in previous.steps(service, ROOT).items() if number > taken}
    engine = create_engine(f"sqlite:///{tmp_path}/{service}.sqlite")
    wrong = []
    with engine.connect() as connection:
        before = _shapes_at(connection, service, taken)
        for number, file in newer.items():
            after = _shapes_at(connection, service, number)
            since = getattr(_module(file), "contracts", None)
            if since is None:
                wrong += [f"{file.name}: {each}" for each in breaks(before, after)]
            else:
                assert _numbered(since) < _numbered(VERSION), f"{file.name} takes away what {since} still uses"
            before = after
    engine.dispose()
    assert wrong == [], "docs/releases.md says how a column is taken away in two releases"


def _shapes_at(connection: Connection, service: str, step: str) -> dict[str, Shape]:
    config = _config(f"services.{service}.migrations", MetaData(naming_convention=NAMING), connection)
    command.upgrade(config, step)
    connection.commit()
    return shapes(connection)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("ALTER TABLE offer ADD COLUMN note TEXT", []),
        ("ALTER TABLE offer ADD COLUMN kind TEXT NOT NULL DEFAULT 'x'", []),
        ("CREATE TABLE other (id INTEGER PRIMARY KEY)", []),
        ("CREATE INDEX plain ON offer (price)", []),
        ("ALTER TABLE offer RENAME COLUMN price TO price_fen", ["offer.price: removed or renamed"]),
        ("ALTER TABLE offer DROP COLUMN price", ["offer.price: removed or renamed"]),
        ("ALTER TABLE offer RENAME TO offers", ["offer: removed or renamed"]),
        ("CREATE UNIQUE INDEX one ON offer (price)", ["offer: refuses more: unique (price)"]),
    ],
)
def test_what_breaks_the_version_before_is_found(tmp_path: Path, statement: str, said: list[str]) -> None:
    """What only adds is let through, what takes away or refuses more is named."""
    engine = create_engine(f"sqlite:///{tmp_path}/x.sqlite")
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE offer (id TEXT PRIMARY KEY NOT NULL, price INTEGER)"))
        before = shapes(connection)
        connection.execute(text(statement))
        assert breaks(before, shapes(connection)) == said
    engine.dispose()


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("id TEXT PRIMARY KEY NOT NULL, price INTEGER NOT NULL", ["offer.price: no longer nullable"]),
        ("id TEXT PRIMARY KEY NOT NULL, price TEXT", ["offer.price: INTEGER became TEXT"]),
        (
            "id TEXT PRIMARY KEY NOT NULL, price INTEGER, unit TEXT NOT NULL",
            ["offer.unit: new, must be named, and has no default"],
        ),
        (
            "id TEXT PRIMARY KEY NOT NULL, price INTEGER, CONSTRAINT low CHECK (price < 9)",
            ["offer: refuses more: check low: price < 9"],
        ),
    ],
)
def test_a_table_made_anew_is_looked_at(tmp_path: Path, made: str, said: list[str]) -> None:
    """SQLite changes tables by making them anew; what that tightens is found, too."""
    engine = create_engine(f"sqlite:///{tmp_path}/x.sqlite")
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE offer (id TEXT PRIMARY KEY NOT NULL, price INTEGER)"))
        before = shapes(connection)
        connection.execute(text("DROP TABLE offer"))
        connection.execute(text(f"CREATE TABLE offer ({made})"))
        assert breaks(before, shapes(connection)) == said
    engine.dispose()


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("id TEXT, state TEXT, CONSTRAINT states CHECK (state IN ('new', 'old', 'gone'))", []),
        ("id TEXT, state TEXT, CONSTRAINT states CHECK (state IN ('new', 'gone'))", ["states", "'new', 'gone'"]),
        ("id TEXT, state TEXT, CONSTRAINT others CHECK (state IN ('new', 'old'))", ["others"]),
        (
            "id TEXT, state TEXT, lost TEXT, CONSTRAINT states CHECK (state IN ('new', 'old')),"
            " CONSTRAINT lost CHECK (lost IN ('yes'))",
            [],
        ),
        (
            "id TEXT, state TEXT, lost TEXT NOT NULL DEFAULT 'no', CONSTRAINT states CHECK (state IN ('new', 'old')),"
            " CONSTRAINT lost CHECK (lost IN ('yes'))",
            ["lost IN ('yes')"],
        ),
    ],
)
def test_a_list_of_values_may_grow(tmp_path: Path, made: str, said: list[str]) -> None:
    """A state more, or states of a column the version before does not write, refuse nothing that it writes."""
    engine = create_engine(f"sqlite:///{tmp_path}/x.sqlite")
    with engine.connect() as connection:
        connection.execute(
            text("CREATE TABLE x (id TEXT, state TEXT, CONSTRAINT states CHECK (state IN ('new', 'old')))")
        )
        before = shapes(connection)
        connection.execute(text("DROP TABLE x"))
        connection.execute(text(f"CREATE TABLE x ({made})"))
        found = breaks(before, shapes(connection))
        assert len(found) == bool(said)
        assert all(part in each for each in found for part in said)
    engine.dispose()


def test_events_of_the_version_before_are_read_and_its_readers_read_ours() -> None:
    """Every event that was released is still published in a way that both versions read."""
    old = {file.name: json.loads(file.read_text()) for file in (previous.root() / SCHEMAS).glob("*.json")}
    assert old
    for name, schema in old.items():
        present = ROOT / SCHEMAS / name
        assert present.exists(), f"{name} was released; who reads it is still there"
        assert incompatibilities(schema, json.loads(present.read_text())) == []


def test_without_a_frozen_version_nothing_is_passed_over(tmp_path: Path) -> None:
    """A version that is missing is an error, never a test that is left out."""
    with pytest.raises(FileNotFoundError, match="one frozen version"):
        release.previous(tmp_path)


def test_notes_are_the_section_of_the_changelog() -> None:
    """What is told of a version is what users were told; of an unknown one nothing is made up."""
    changelog = "# Changelog\n\n## Unreleased\n\n- later\n\n## 1.2.0 — 2026-12-01\n\n- new\n\n## 1.1.0\n\n- old\n"
    assert release.notes("1.2.0", changelog) == "- new\n"
    with pytest.raises(ValueError, match="nothing of"):
        release.notes("1.3.0", changelog)


def test_the_version_is_said_in_one_way() -> None:
    """What services tell and what the project calls itself are the same semantic version."""
    assert f'\nversion = "{VERSION}"\n' in (ROOT / "pyproject.toml").read_text()
    assert len(_numbered(VERSION)) == 3
