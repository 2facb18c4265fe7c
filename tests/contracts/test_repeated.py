"""What is executed again goes to PostgreSQL's driver as it is, and answers what SQLAlchemy would."""

import gc
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, bindparam, delete, func, insert, select, update
from sqlmodel import UTCDateTime

from shared.database import Database, open_database
from shared.postgres import PostgresDatabase
from tests.statements import statements

metadata = MetaData()
thing = Table(
    "thing",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("grams", Integer),
    Column("at", UTCDateTime()),
    Column("made", String(8), default="made"),
)
NOW = datetime(2026, 11, 30, 4, 5, 6, tzinfo=UTC)
INSERT = insert(thing)
SELECT = select(thing.c.name, thing.c.grams, thing.c.at).where(thing.c.name == bindparam("name"))
ALL = select(thing.c.name).order_by(thing.c.name)
HEAVY = select(func.count()).where(thing.c.grams > bindparam("least", 5))
AMONG = select(thing.c.name).where(thing.c.name.in_(bindparam("names", expanding=True))).order_by(thing.c.name)
GROW = update(thing).where(thing.c.name == bindparam("of")).values(grams=thing.c.grams + bindparam("more"))
CLEAR = delete(thing).where(thing.c.grams < bindparam("least"))
ADD = insert(thing).values(made="x").returning(thing.c.name, thing.c.grams)


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    """A database with a table of two rows."""
    made = open_database(postgres_url)
    await made.run_sync(metadata.create_all)
    async with made.transaction() as session:
        for name, grams in (("a", 1), ("b", 10)):
            await session.execute(INSERT, {"name": name, "grams": grams, "at": NOW, "made": "x"})
    yield made
    await made.close()


async def test_the_second_time_is_as_the_first(database: Database) -> None:
    """Rows by place and by name, single values, how many rows were changed: three times the same."""
    seen: list[list[Any]] = []
    for _ in range(3):
        async with database.transaction() as session:
            row = (await session.execute(SELECT, {"name": "a"})).one()
            await session.execute(INSERT, {"name": "c", "grams": 3, "at": NOW, "made": "y"})
            added = (await session.execute(ADD, {"name": "d", "grams": None, "at": None})).all()
            grown = (await session.execute(GROW, {"of": "b", "more": 2})).rowcount
            found = [
                (row.name, row.grams, row.at, tuple(row), row._asdict()),
                (await session.execute(SELECT, {"name": "nobody"})).first(),
                [tuple(one) for one in added],
                (await session.scalars(ALL)).all(),
                await session.scalar(HEAVY),
                await session.scalar(HEAVY, {"least": 11}),
                (await session.scalars(AMONG, {"names": ["b", "a", "z"]})).all(),
                grown,
                (await session.execute(CLEAR, {"least": 1_000})).rowcount,
            ]
            seen.append(found)
            await session.execute(INSERT, {"name": "a", "grams": 1, "at": NOW, "made": "x"})
            await session.execute(INSERT, {"name": "b", "grams": 10, "at": NOW, "made": "x"})
            await session.execute(delete(thing).where(thing.c.name == "d"))
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][0][:3] == ("a", 1, NOW)
    assert seen[0][1:] == [None, [("d", None)], ["a", "b", "c", "d"], 1, 1, ["a", "b"], 1, 3]


async def test_what_is_executed_again_passes_sqlalchemy_by(database: Database) -> None:
    """It is asked the first time only, and each time where the text depends on the values or Python makes some."""
    with statements() as sent:
        for name in ("a", "b", "c"):
            async with database.transaction() as session:
                await session.execute(SELECT, {"name": name})
                await session.execute(AMONG, {"names": [name]})
                await session.execute(insert(thing), {"name": f"{name}{name}", "grams": 1, "at": NOW})
    assert [len([one for one in sent if one.startswith(kind)]) for kind in ("SELECT", "INSERT")] == [4, 3]


async def test_a_value_that_is_missing_is_asked_for(database: Database) -> None:
    """It is no NULL, the second time as the first."""
    async with database.transaction() as session:
        for _ in range(2):
            await session.execute(SELECT, {"name": "a"})
        with pytest.raises(KeyError, match="name"):
            await session.execute(SELECT, {})
        with pytest.raises(KeyError, match="nonsense"):
            await session.execute(SELECT, {"name": "a", "nonsense": 1})


async def test_what_was_built_for_once_is_forgotten(database: Database) -> None:
    """A statement that is gone leaves nothing behind, executed twice or not; SQLAlchemy keeps the first of a kind."""
    assert isinstance(database, PostgresDatabase)
    known = database._repeated._known
    before = len(known)
    async with database.transaction() as session:
        for grams in range(20):
            once = select(thing.c.name).where(thing.c.grams == grams)
            for _ in range(3):
                await session.execute(once)
    del once
    gc.collect()
    assert len(known) <= before + 1
