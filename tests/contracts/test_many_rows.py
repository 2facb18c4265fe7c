"""Plain rows are inserted as columns by one statement on PostgreSQL: they are the same as those inserted one by one."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlmodel import UTCDateTime

from shared.database import Session, open_database
from shared.postgres import PostgresSession

metadata = MetaData()
thing = Table(
    "thing",
    metadata,
    Column("number", Integer, Identity(), primary_key=True),
    Column("name", String(64)),
    Column("grams", BigInteger),
    Column("said", JSON),
    Column("poor", Boolean),
    Column("day", Date),
    Column("celsius", Float),
    Column("at", UTCDateTime()),
    Column("data", LargeBinary),
    Column("made", String(8), default="made"),
)
FULL: dict[str, Any] = {
    "name": "糙米 'brown rice'",
    "grams": 2**40,
    "said": {"why": ["dry", None, "ä"]},
    "poor": True,
    "day": date(2026, 11, 30),
    "celsius": -1.5,
    "at": datetime(2026, 11, 30, 4, 5, 6, tzinfo=UTC),
    "data": b"\x00\xff",
    "made": "said",
}
EMPTY = dict.fromkeys(FULL)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Table]:
    """Which tables were filled with columns."""
    filled: list[Table] = []
    fill = PostgresSession.fill

    async def noted(self: PostgresSession, table: Table, names: Any, rows: Any) -> None:
        filled.append(table)
        await fill(self, table, names, rows)

    monkeypatch.setattr(PostgresSession, "fill", noted)
    return filled


async def _rows(session: Session) -> list[tuple[Any, ...]]:
    return [tuple(row)[1:] for row in await session.execute(select(thing).order_by(thing.c.number))]


async def test_rows_inserted_together_are_those_inserted_one_by_one(postgres_url: str, sent: list[Table]) -> None:
    """Of every kind of value, nothing among them."""
    database = open_database(postgres_url)
    await database.run_sync(metadata.create_all)
    async with database.transaction() as session:
        for row in (FULL, EMPTY):
            await session.execute(insert(thing), [row])
        assert sent == []
        await session.execute(insert(thing), [FULL, EMPTY])
        assert sent == [thing]
        rows = await _rows(session)
    await database.close()
    assert rows[2:] == rows[:2]


async def test_what_is_more_than_rows_is_left_to_sqlalchemy(postgres_url: str, sent: list[Table]) -> None:
    """Values that Python makes, rows that are asked for again, and what happens where there is one already."""
    database = open_database(postgres_url)
    await database.run_sync(metadata.create_all)
    named = [{"name": "a"}, {"name": "b"}]
    async with database.transaction() as session:
        await session.execute(insert(thing), named)
        returned = await session.scalars(insert(thing).returning(thing.c.name), [one | {"made": "x"} for one in named])
        assert returned.all() == ["a", "b"]
        known = [{**EMPTY, "number": number, "name": "c"} for number in (1, 2)]
        await session.execute(upsert(thing).on_conflict_do_nothing(), known)
        assert [(row[0], row[-1]) for row in await _rows(session)] == [
            ("a", "made"),
            ("b", "made"),
            *[("a", "x"), ("b", "x")],
        ]
    await database.close()
    assert sent == []
