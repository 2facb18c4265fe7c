"""Changing the keys that seal: everything sealed is sealed anew with the first key, until nothing needs the others.

Each batch is a transaction of its own, so it may be stopped at any moment and goes on where it was: a text says itself
which key it is sealed with. What is written meanwhile stays as it was written.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Select, and_, bindparam, func, select, tuple_, update

from shared.database import Database, Session, is_transient
from shared.sealing import Sealer, Unsealable

BATCH = 500
_ATTEMPTS, _PAUSE_S = 5, 0.2


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column of sealed texts: each is bound to `<prefix>:<primary key, colons between>`.

    `found_by` is the column of keyed indexes beside it and the purpose they are made for, None where there is none.
    """

    column: Column[Any]
    prefix: str
    found_by: tuple[Column[Any], str] | None = None

    @property
    def name(self) -> str:
        """The column as a person calls it."""
        return f"{self.column.table.name}.{self.column.name}"

    @property
    def keys(self) -> list[Column[Any]]:
        """The columns of the primary key."""
        return list(self.column.table.primary_key.columns)

    def place(self, row: Row[Any]) -> str:
        """Return what the text of a row is bound to; the row begins with its primary key."""
        return ":".join([self.prefix, *(str(each) for each in row[: len(self.keys)])])


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of a batch of texts: how many there were, and where those are that did not open."""

    texts: int
    closed: tuple[str, ...]


async def count(database: Database, sealed: Sealed, key_id: str | None = None) -> int:
    """Return how many texts a column has, or how many of them are not sealed with a key."""
    where = sealed.column.is_not(None) if key_id is None else _of_another(sealed, key_id)
    async with database.transaction(read_only=True) as session:
        return int(await session.scalar(select(func.count()).select_from(sealed.column.table).where(where)))


async def reseal(database: Database, sealed: Sealed, sealer: Sealer, batch: int = BATCH) -> AsyncIterator[Batch]:
    """Seal the texts of a column anew with the sealer's first key, batch by batch; those that do not open stay."""

    async def step(session: Session, rows: Sequence[Row[Any]]) -> Batch:
        anew, closed = [], []
        for row in rows:
            place, text = sealed.place(row), _text(sealed, sealer, row)
            if text is None:
                closed.append(place)
            else:
                anew.append(
                    _parameters(sealed, row) | {"anew": sealer.seal(text, place), **_index(sealed, sealer, text)}
                )
        if anew:
            await session.execute(_replace(sealed), anew)
        return Batch(len(rows), tuple(closed))

    async for each in _walk(database, sealed, _of_another(sealed, sealer.key_id), batch, step):
        yield each


async def try_to_reseal(database: Database, sealed: Sealed, sealer: Sealer, batch: int = BATCH) -> AsyncIterator[Batch]:
    """Open the texts of a column that `reseal` would seal anew; change nothing. `closed` are those it would leave."""
    which = _of_another(sealed, sealer.key_id)
    async for each in _looked_at(database, sealed, which, batch, lambda row: _text(sealed, sealer, row) is not None):
        yield each


async def prove(database: Database, sealed: Sealed, sealer: Sealer, batch: int = BATCH) -> AsyncIterator[Batch]:
    """Open every text of a column, and look whether it is found by its index; `closed` are those that fail.

    With a sealer of one key it proves that nothing needs another.
    """
    which = sealed.column.is_not(None)
    async for each in _looked_at(database, sealed, which, batch, lambda row: _holds(sealed, sealer, row)):
        yield each


async def _looked_at(
    database: Database, sealed: Sealed, which: ColumnElement[bool], batch: int, passes: Callable[[Row[Any]], bool]
) -> AsyncIterator[Batch]:
    async def step(_session: Session, rows: Sequence[Row[Any]]) -> Batch:
        return Batch(len(rows), tuple(sealed.place(row) for row in rows if not passes(row)))

    async for each in _walk(database, sealed, which, batch, step, read_only=True):
        yield each


def _of_another(sealed: Sealed, key_id: str) -> ColumnElement[bool]:
    prefix = f"{key_id}."
    return and_(sealed.column.is_not(None), func.substr(sealed.column, 1, len(prefix)) != prefix)


def _text(sealed: Sealed, sealer: Sealer, row: Row[Any]) -> str | None:
    """Return a row's text; None where it does not open."""
    try:
        return sealer.open(row.text, sealed.place(row))
    except Unsealable:
        return None


def _holds(sealed: Sealed, sealer: Sealer, row: Row[Any]) -> bool:
    text = _text(sealed, sealer, row)
    if text is None:
        return False
    return sealed.found_by is None or row.found_by in sealer.indexes(text, sealed.found_by[1])


def _index(sealed: Sealed, sealer: Sealer, text: str) -> dict[str, str]:
    return {} if sealed.found_by is None else {"new_index": sealer.index(text, sealed.found_by[1])}


def _parameters(sealed: Sealed, row: Row[Any]) -> dict[str, Any]:
    return {f"key_{place}": row[place] for place in range(len(sealed.keys))} | {"was": row.text}


def _replace(sealed: Sealed) -> Any:
    same = [column == bindparam(f"key_{place}") for place, column in enumerate(sealed.keys)]
    values: dict[Column[Any], Any] = {sealed.column: bindparam("anew")}
    if sealed.found_by is not None:
        values[sealed.found_by[0]] = bindparam("new_index")
    return update(sealed.column.table).where(*same, sealed.column == bindparam("was")).values(values)


async def _walk(
    database: Database,
    sealed: Sealed,
    where: ColumnElement[bool],
    batch: int,
    step: Callable[[Session, Sequence[Row[Any]]], Awaitable[Batch]],
    *,
    read_only: bool = False,
) -> AsyncIterator[Batch]:
    """Take a step with each batch of rows in the order of their keys; where the database asks for it, once more."""
    after: Row[Any] | None = None
    attempts = 0
    while True:
        try:
            async with database.transaction(read_only=read_only) as session:
                rows = (await session.execute(_page(sealed, where, after, batch))).all()
                done = await step(session, rows)
        except Exception as error:
            attempts += 1
            if attempts == _ATTEMPTS or not is_transient(error):
                raise
            await asyncio.sleep(_PAUSE_S * 2**attempts)
            continue
        if not rows:
            return
        attempts, after = 0, rows[-1]
        yield done


def _page(sealed: Sealed, where: ColumnElement[bool], after: Row[Any] | None, batch: int) -> Select[Any]:
    found_by = [] if sealed.found_by is None else [sealed.found_by[0].label("found_by")]
    statement = select(*sealed.keys, sealed.column.label("text"), *found_by).where(where)
    if after is not None:
        statement = statement.where(tuple_(*sealed.keys) > tuple_(*after[: len(sealed.keys)]))
    return statement.order_by(*sealed.keys).limit(batch)
