"""SQLite with one writer and shared commits: many units of work, one fsync, and none of them half done."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from shared.database import is_transient, open_database
from shared.sqlite import SqliteDatabase

INSERT = text("INSERT INTO weighed (id, note) VALUES (:id, :note)")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    """A database with one table."""
    opened = open_database(f"sqlite:///{tmp_path}/scales.sqlite")
    assert isinstance(opened, SqliteDatabase)
    async with opened.transaction() as session:
        await session.execute(text("CREATE TABLE weighed (id INTEGER PRIMARY KEY, note TEXT NOT NULL)"))
    yield opened
    await opened.close()


async def weigh(database: SqliteDatabase, number: int, note: str = "rice") -> None:
    """Write one row, yielding to the others in the middle."""
    async with database.transaction() as session:
        await session.execute(INSERT, {"id": number * 2, "note": note})
        await asyncio.sleep(0)
        await session.execute(INSERT, {"id": number * 2 + 1, "note": note})


async def ids(database: SqliteDatabase) -> set[int]:
    """The ids that are committed, as another unit of work reads them."""
    async with database.transaction(read_only=True) as session:
        return set((await session.scalars(text("SELECT id FROM weighed"))).all())


def on_disk(database: SqliteDatabase) -> set[int]:
    """The ids that another process sees."""
    connection = sqlite3.connect(database.path)
    try:
        return {row[0] for row in connection.execute("SELECT id FROM weighed")}
    finally:
        connection.close()


def pairs(numbers: range) -> set[int]:
    """The ids written for these numbers."""
    return {each for number in numbers for each in (number * 2, number * 2 + 1)}


async def test_64_writers_share_commits(database: SqliteDatabase) -> None:
    """64 writers at once all land, and a failing one among them undoes its own rows only."""
    connection = sqlite3.connect(database.path)
    before = connection.execute("PRAGMA data_version").fetchone()[0]
    writers = [weigh(database, number) for number in range(64)]
    failing = weigh(database, 64, note=None)  # type: ignore[arg-type]  # breaks NOT NULL
    results = await asyncio.gather(*writers[:32], failing, *writers[32:], return_exceptions=True)
    commits = connection.execute("PRAGMA data_version").fetchone()[0] - before
    connection.close()
    assert [type(result) for result in results if result is not None] == [IntegrityError]
    assert await ids(database) == on_disk(database) == pairs(range(64))
    assert commits < 64


async def test_done_means_on_disk(database: SqliteDatabase) -> None:
    """When a unit of work is done, another process sees its rows."""
    for number in range(5):
        await weigh(database, number)
        assert on_disk(database) >= pairs(range(number + 1))


async def test_a_failing_unit_of_work_leaves_nothing(database: SqliteDatabase) -> None:
    """An exception after the first row undoes it, and the next writer is not disturbed."""

    async def fail() -> None:
        async with database.transaction() as session:
            await session.execute(INSERT, {"id": 1, "note": "rice"})
            raise RuntimeError("rats")

    with pytest.raises(RuntimeError, match="rats"):
        await fail()
    await weigh(database, 5)
    assert on_disk(database) == pairs(range(5, 6))


async def test_readers_see_committed_rows_only(database: SqliteDatabase) -> None:
    """Rows of an open unit of work, or of one that waits for the shared commit, are nobody else's."""
    async with database.transaction() as session:
        await session.execute(INSERT, {"id": 1, "note": "rice"})
        assert await ids(database) == set()
        assert (await session.execute(text("SELECT count(*) FROM weighed"))).scalar() == 1
    assert await ids(database) == {1}


async def test_a_read_only_unit_of_work_needs_no_turn(database: SqliteDatabase) -> None:
    """Reading goes on while a writer takes its time."""
    async with database.transaction() as session:
        await session.execute(INSERT, {"id": 1, "note": "rice"})
        await asyncio.wait_for(ids(database), 1)


async def test_a_cancelled_writer_takes_nobody_along(database: SqliteDatabase) -> None:
    """Writers cancelled in the queue, at work or waiting for the commit do not undo the others."""
    tasks = [asyncio.create_task(weigh(database, number)) for number in range(40)]
    for step in range(6):
        await asyncio.sleep(0)
        for task in tasks[step * 3 : step * 3 + 2]:
            task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    landed = {number for number, result in enumerate(results) if result is None}
    assert {type(result) for result in results if result is not None} <= {asyncio.CancelledError}
    assert len(landed) >= 28
    assert on_disk(database) >= {number * 2 for number in landed}
    for number in range(40):
        assert (number * 2 in on_disk(database)) == (number * 2 + 1 in on_disk(database))
    await weigh(database, 99)


async def fill(database: SqliteDatabase) -> None:
    """Allow the file no more pages than it has."""
    async with database.transaction() as session:
        pages = (await session.execute(text("PRAGMA page_count"))).scalar()
        await session.execute(text(f"PRAGMA max_page_count = {pages}"))


async def test_a_full_disk_undoes_whom_it_hits(database: SqliteDatabase) -> None:
    """Who cannot write gets an error worth a retry, nothing of theirs half written; later there is space again."""
    await fill(database)
    writers = [weigh(database, number, note="x" * 1500) for number in range(12)]
    results = await asyncio.wait_for(asyncio.gather(*writers, return_exceptions=True), 10)
    failed = [result for result in results if result is not None]
    assert failed
    assert all(isinstance(each, DBAPIError) and is_transient(each) for each in failed)
    landed = {number for number, result in enumerate(results) if result is None}
    assert on_disk(database) == {each for number in landed for each in (number * 2, number * 2 + 1)}
    async with database.transaction() as session:
        await session.execute(text("PRAGMA max_page_count = 100000"))
    await weigh(database, 20, note="x" * 1500)
    assert on_disk(database) >= pairs(range(20, 21))


@pytest.mark.parametrize("lost", [False, True])
async def test_a_commit_that_fails_fails_all_of_its_group(database: SqliteDatabase, lost: bool) -> None:
    """Everybody who waited for a shared commit learns that it failed, and nothing of theirs is there.

    SQLite may undo the whole transaction by itself when a commit fails (`lost`), or leave it open.
    """
    await weigh(database, 50)
    failures = 1

    def refuse() -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise sqlite3.OperationalError("database or disk is full")

    intercept_commits(database, refuse, lost=lost)
    results = await asyncio.wait_for(
        asyncio.gather(*(weigh(database, number) for number in range(8)), return_exceptions=True), 10
    )
    failed = {number for number, result in enumerate(results) if result is not None}
    assert failed
    assert on_disk(database) == pairs(range(50, 51)) | pairs(range(8)) - {
        each for number in failed for each in (number * 2, number * 2 + 1)
    }
    await weigh(database, 60)
    assert on_disk(database) >= pairs(range(60, 61))


async def test_a_transaction_sqlite_undid_fails_its_group(database: SqliteDatabase) -> None:
    """When SQLite undoes the shared transaction under a writer, those who are done with theirs are told, too."""

    async def undone() -> None:
        async with database.transaction() as session:
            await session.execute(INSERT, {"id": 1000, "note": "rice"})
            raw(database).execute("ROLLBACK")
            await session.execute(INSERT, {"id": 1001, "note": None})

    results = await asyncio.wait_for(
        asyncio.gather(
            *(weigh(database, n) for n in range(4)),
            undone(),
            *(weigh(database, n) for n in range(4, 8)),
            return_exceptions=True,
        ),
        10,
    )
    landed = {number for number, result in zip([0, 1, 2, 3, 1000, 4, 5, 6, 7], results, strict=True) if result is None}
    assert 1000 not in landed
    assert on_disk(database) == {each for number in landed for each in (number * 2, number * 2 + 1)}
    await weigh(database, 70)
    assert on_disk(database) >= pairs(range(70, 71))


def raw(database: SqliteDatabase) -> sqlite3.Connection:
    """The driver's connection all writers share."""
    assert database._connection is not None
    return cast(sqlite3.Connection, database._connection.connection.dbapi_connection)


def intercept_commits(database: SqliteDatabase, refuse: Callable[[], None], *, lost: bool) -> None:
    """Let a commit of the shared connection fail as a full disk makes it fail."""
    dialect: Any = database._writer.dialect
    do_commit = dialect.do_commit

    def commit(connection: sqlite3.Connection) -> None:
        try:
            refuse()
        except sqlite3.OperationalError as error:
            if lost:
                connection.execute("ROLLBACK")
            error.sqlite_errorname = "SQLITE_FULL"
            raise
        do_commit(connection)

    dialect.do_commit = commit
