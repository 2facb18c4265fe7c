"""What a run left behind, opened for the rules: its databases, and notes of what Kafka holds and clients were told.

Databases are read row by row, each as of one moment; the notes are a SQLite file. So nothing grows with the run.
"""

import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy.engine import make_url

from tests.faults.checker.notes import make_void, note_journal, notebook
from tests.faults.checker.topics import note_topics
from tests.faults.evidence import Evidence

AT_ONCE = 1_000

Row = tuple[Any, ...]


class State:
    """The databases by service, and the notes (`notes.py` has their tables)."""

    def __init__(self, databases: Mapping[str, asyncpg.Connection], notes: sqlite3.Connection) -> None:
        self.databases = databases
        self.notes = notes

    async def rows(self, service: str, statement: str, *values: object) -> AsyncIterator[Row]:
        """Give the rows of a statement about a service's database, a thousand at a time."""
        async for row in self.databases[service].cursor(statement, *values, prefetch=AT_ONCE):
            yield tuple(row)

    async def sorted(self, service: str, statement: str) -> AsyncIterator[Row]:
        """Give the rows of a statement in the order of their first column, a text, byte by byte."""
        async for row in self.rows(
            service, f'SELECT * FROM ({statement}) AS r(sorted_by) ORDER BY sorted_by COLLATE "C"'
        ):
            yield row

    def noted(self, statement: str, *values: object) -> Iterator[Row]:
        """Give the rows of a statement about the notes."""
        with closing(self.notes.execute(statement, values)) as rows:
            yield from rows


@asynccontextmanager
async def opened(evidence: Evidence, void: Collection[str] = ()) -> AsyncIterator[State]:
    """Take notes, and open the databases until the block ends."""
    with tempfile.TemporaryDirectory() as folder, closing(notebook(Path(folder) / "notes.sqlite")) as notes:
        note_journal(notes, evidence.journal)
        await note_topics(notes, evidence.bootstrap)
        make_void(notes, void)
        async with connected(evidence.databases) as databases:
            yield State(databases, notes)


@asynccontextmanager
async def connected(addresses: Mapping[str, str]) -> AsyncIterator[dict[str, asyncpg.Connection]]:
    """Connect to databases, each in a transaction that sees one moment and is undone in the end."""
    async with AsyncExitStack() as stack:
        found = {}
        for service, address in addresses.items():
            url = make_url(address).set(drivername="postgresql")
            connection = await asyncpg.connect(url.render_as_string(hide_password=False))
            stack.push_async_callback(connection.close)
            transaction = connection.transaction(isolation="repeatable_read")
            await transaction.start()
            stack.push_async_callback(transaction.rollback)
            # Who owns tables is bound by their policies (decision 52), an administrator is not.
            await connection.execute("SELECT set_config('cloud.system', 'yes', true)")
            found[service] = connection
        yield found


async def merged(
    left: AsyncIterator[Row], right: AsyncIterator[Row], key: Callable[[Row], bytes] = lambda row: str(row[0]).encode()
) -> AsyncIterator[tuple[Row | None, Row | None]]:
    """Pair the rows of two sorted streams by key; None where one has no row of it."""
    one, other = await anext(left, None), await anext(right, None)
    while one is not None or other is not None:
        if other is None or (one is not None and key(one) < key(other)):
            yield one, None
            one = await anext(left, None)
        elif one is None or key(other) < key(one):
            yield None, other
            other = await anext(right, None)
        else:
            yield one, other
            one, other = await anext(left, None), await anext(right, None)


async def streamed(rows: Iterator[Row]) -> AsyncIterator[Row]:
    """Give rows of the notes as those of databases come."""
    for row in rows:
        yield row
