"""Notes of what Kafka holds and of what clients were told: a SQLite file that rules ask by SQL."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from tests.faults.journal import Command

_SCHEMA = """
CREATE TABLE record (
    topic TEXT NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL, key TEXT NOT NULL,
    event_id TEXT, type TEXT, object TEXT, version INTEGER, fault TEXT,
    PRIMARY KEY (topic, partition, offset)
) WITHOUT ROWID;
CREATE TABLE topic (name TEXT, partition INTEGER, first INTEGER, last INTEGER);
CREATE TABLE void (event_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE sending (
    key TEXT NOT NULL, attempt INTEGER NOT NULL, client TEXT NOT NULL, kind TEXT NOT NULL, service TEXT NOT NULL,
    method TEXT NOT NULL, path TEXT NOT NULL, body TEXT, status INTEGER, answer TEXT,
    certainty INTEGER NOT NULL, PRIMARY KEY (key, attempt)
);
CREATE VIEW command AS SELECT key, kind, service, method, path, body, status, answer, max(certainty) AS certainty
    FROM sending GROUP BY key;
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS record_event ON record (event_id, type);
CREATE INDEX IF NOT EXISTS record_object ON record (topic, object, offset);
CREATE INDEX IF NOT EXISTS record_key ON record (topic, key, partition);
CREATE INDEX IF NOT EXISTS sending_place ON sending (service, method, path);
"""
AT_ONCE = 5_000
DONE, UNKNOWN, REFUSED = 2, 1, 0
"""How certain a client is of a command's effect: it was told that it is done; nothing; that it is refused."""

Record = tuple[str, int, int, str, str | None, str | None, str | None, int | None, str | None]


def notebook(path: Path) -> sqlite3.Connection:
    """Return an empty file of notes."""
    notes = sqlite3.connect(path, isolation_level=None)
    notes.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
    return notes


def note_records(notes: sqlite3.Connection, records: Iterable[Record]) -> None:
    """Note records of topics."""
    notes.execute("BEGIN")
    notes.executemany("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", records)
    notes.execute("COMMIT")


def index(notes: sqlite3.Connection) -> None:
    """Make the notes quick to ask, once everything is in them."""
    notes.executescript(_INDEXES)


def make_void(notes: sqlite3.Connection, event_ids: Iterable[str]) -> None:
    """Forget the records of events that are to have no effect, and remember that they are void."""
    notes.executemany("INSERT INTO void VALUES (?)", ((event_id,) for event_id in event_ids))
    notes.execute("DELETE FROM record WHERE event_id IN (SELECT event_id FROM void)")


def note_journal(notes: sqlite3.Connection, path: Path) -> None:
    """Note what clients sent and were told; of a command the certain answer counts, whichever came first."""
    names = ("key", "attempt", "client", "kind", "service", "method", "path", "body", "status", "answer", "certainty")
    statement = f"INSERT INTO sending VALUES ({', '.join(f':{name}' for name in names)})"
    with path.open(encoding="utf-8") as file:
        lines = (_row(Command(**json.loads(line))) for line in file)
        for some in iter(lambda: list(islice(lines, AT_ONCE)), []):
            notes.execute("BEGIN")
            notes.executemany(statement, some)
            notes.execute("COMMIT")


def _row(command: Command) -> dict[str, object]:
    known = asdict(command)
    texts = {name: json.dumps(known[name], ensure_ascii=False) for name in ("body", "answer")}
    certainty = DONE if command.acknowledged else UNKNOWN if command.unknown else REFUSED
    return known | texts | {"certainty": certainty}


def done(notes: sqlite3.Connection, service: str) -> Iterator[tuple[str, str, str, Any, Any]]:
    """Give each command of a service that was acknowledged: its key, method, path, body and answer."""
    statement = "SELECT key, method, path, body, answer FROM command WHERE service = ? AND certainty = ?"
    for key, method, path, body, answer in notes.execute(statement, (service, DONE)):
        yield key, method, path, json.loads(body), json.loads(answer)
