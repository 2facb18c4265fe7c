"""Prepared statements: the driver's speed, SQLAlchemy's values, the same transaction as everything else."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import JSON, Column, Integer, MetaData, String, Table, bindparam, func, insert, select, update
from sqlmodel import UTCDateTime

from shared.database import Session
from shared.prepared import Prepared, Write
from tests.contracts.backend import Backend

own = MetaData()
note = Table(
    "note",
    own,
    Column("note_id", String(64), primary_key=True),
    Column("at", UTCDateTime(), nullable=True),
    Column("said", JSON, nullable=True),
)
tally = Table("tally", own, Column("notes", Integer, nullable=False))
_ADD = Prepared(lambda _: insert(note).values({name: bindparam(name) for name in ("note_id", "at", "said")}))
_ALL = Prepared(lambda _: select(note.c.note_id, note.c.at, note.c.said).order_by(note.c.note_id))
_MOVE = Prepared(
    lambda _: update(note).values(at=bindparam("to")).where(note.c.note_id == "a").returning(note.c.note_id, note.c.at)
)
NOON = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=8)))
_SAY = Prepared(
    lambda _: (
        update(note).values(said=bindparam("new")).where(note.c.note_id == bindparam("key")).returning(note.c.note_id)
    )
)
_COUNT_UP = Prepared(lambda _: update(tally).values(notes=tally.c.notes + bindparam("more")))
COUNT = select(func.count()).select_from(note)


@pytest.fixture
async def noting(service: Backend) -> Backend:
    """The backbone's service with a table of notes."""
    await service.database.run_sync(own.drop_all)
    await service.database.run_sync(own.create_all)
    return service


async def test_values_are_what_the_columns_say(noting: Backend) -> None:
    """Instants come back in UTC and documents as they were; a value the text holds needs not be given."""
    async with noting.database.transaction() as session:
        assert await session.run(_ADD, {"note_id": "a", "at": NOON, "said": {"名": ["x"]}}) == []
        await session.run(_ADD, {"note_id": "b", "at": None, "said": None})
    async with noting.database.transaction(read_only=True) as session:
        rows = [tuple(row) for row in await session.run(_ALL, {})]
        assert rows == [("a", NOON.astimezone(UTC), {"名": ["x"]}), ("b", None, None)]
        assert rows[0][1].tzinfo is UTC
    async with noting.database.transaction() as session:
        moved = await session.run(_MOVE, {"to": NOON + timedelta(days=1)})
        assert [tuple(row) for row in moved] == [("a", NOON.astimezone(UTC) + timedelta(days=1))]


async def test_it_is_part_of_the_transaction(noting: Backend) -> None:
    """What prepared and other statements write is seen by both, committed together and undone together."""

    async def fail() -> None:
        async with noting.database.transaction() as session:
            await session.run(_ADD, {"note_id": "a", "at": NOON, "said": None})
            await session.execute(insert(note), {"note_id": "b"})
            assert len(await session.run(_ALL, {})) == await session.scalar(COUNT) == 2
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with noting.database.transaction() as session:
        assert await session.scalar(COUNT) == 0
        await session.execute(insert(note), {"note_id": "c"})
        await session.run(_ADD, {"note_id": "d", "at": NOON, "said": None})
    async with noting.database.transaction(read_only=True) as session:
        assert [row[0] for row in await session.run(_ALL, {})] == ["c", "d"]


async def test_a_refused_statement_undoes_its_unit_only(noting: Backend) -> None:
    """A statement the database refuses undoes its own transaction, and the next one is as good as ever."""

    async def add(*ids: str) -> None:
        async with noting.database.transaction() as session:
            for note_id in ids:
                await session.run(_ADD, {"note_id": note_id, "at": NOON, "said": None})

    await add("a")
    with pytest.raises(Exception, match=r"(?i)unique"):
        await add("b", "a")
    async with noting.database.transaction() as session:
        assert [row[0] for row in await session.run(_ALL, {})] == ["a"]


async def test_what_has_no_place_is_refused(noting: Backend) -> None:
    """A value nobody asks for is a mistake of the caller, and a text that depends on its values is never prepared."""
    several = Prepared(lambda _: select(note.c.note_id).where(note.c.note_id.in_(["a", "b"])))
    async with noting.database.transaction(read_only=True) as session:
        with pytest.raises(KeyError, match="colour"):
            await session.run(_MOVE, {"colour": "red"})
        with pytest.raises(TypeError, match="cannot be prepared"):
            await session.run(several, {})


async def test_writes_are_there_for_the_next_question(noting: Backend) -> None:
    """What was added comes before what is written, both before what is asked next; all of it is undone together."""

    async def write(session: Session) -> None:
        await session.execute(insert(tally), {"notes": 1})
        await session.write(Write(_ADD, {"note_id": "a", "at": NOON, "said": None}))
        await session.write(Write(_COUNT_UP, {"more": 1}))
        await session.write(Write(_SAY, {"key": "a", "new": "first"}, 1, LookupError("a")))
        await session.write(Write(_SAY, {"key": "a", "new": "last"}, 1, LookupError("a")))

    async with noting.database.transaction() as session:
        await write(session)
        assert [row[2] for row in await session.run(_ALL, {})] == ["last"]
        await session.write(Write(_COUNT_UP, {"more": 5}))
        assert await session.scalar(select(tally.c.notes)) == 7

    async def fail() -> None:
        async with noting.database.transaction() as session:
            await session.write(Write(_COUNT_UP, {"more": 100}))
            await session.write(Write(_ADD, {"note_id": "b", "at": None, "said": None}))
            await session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with noting.database.transaction() as session:
        assert (await session.scalar(COUNT), await session.scalar(select(tally.c.notes))) == (1, 7)
        await session.write(Write(_ADD, {"note_id": "c", "at": NOON, "said": [1]}))
        await session.write(Write(_COUNT_UP, {"more": 1}))
    async with noting.database.transaction(read_only=True) as session:
        assert (await session.scalar(COUNT), await session.scalar(select(tally.c.notes))) == (2, 8)


@pytest.mark.parametrize("alone", [True, False])
async def test_a_write_that_misses_its_row_undoes_the_unit(noting: Backend, alone: bool) -> None:
    """A change whose row is not as expected fails with the error given for it, and nothing of its unit is written."""

    async def change() -> None:
        async with noting.database.transaction() as session:
            if not alone:
                await session.write(Write(_COUNT_UP, {"more": 1}))
            await session.write(Write(_SAY, {"key": "nobody", "new": "x"}, 1, LookupError("nobody")))

    async with noting.database.transaction() as session:
        await session.execute(insert(tally), {"notes": 1})
    with pytest.raises(LookupError, match="nobody"):
        await change()
    async with noting.database.transaction(read_only=True) as session:
        assert await session.scalar(select(tally.c.notes)) == 1
