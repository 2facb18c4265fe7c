"""All SQL about orders."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import BigInteger, Row, Select, Text, Update, bindparam, insert, select, update
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.types import TypeEngine
from sqlmodel import UTCDateTime

from services.farmers.orders.domain import CONFIRMED, Line, Order, OrderStatus
from services.farmers.orders.models import OrderLine, PurchaseOrder
from services.farmers.rows import as_rows, given
from services.farmers.tables import insert_new, table_of
from shared.database import Session
from shared.errors import Conflict, NotFound
from shared.prepared import Prepared, Write
from shared.routing import Paging

order = table_of(PurchaseOrder)
line = table_of(OrderLine)

_ORDER = [field.name for field in fields(Order) if field.name != "lines"]
_LINE = Line._fields
_CHANGING: dict[str, type[TypeEngine[Any]]] = {
    "status": Text,
    "version": BigInteger,
    "answer": Text,
    "answer_reason": Text,
    "answered_at": UTCDateTime,
    "closing_reason": Text,
    "dispatched_at": UTCDateTime,
    "dispatch_reason": Text,
    "receipt_version": BigInteger,
}
_CHANGING_LINE: dict[str, type[TypeEngine[Any]]] = {
    "line_id": Text,
    "promised_g": BigInteger,
    "answered_g": BigInteger,
    "ordered_g": BigInteger,
    "confirmed_g": BigInteger,
    "dispatched_g": BigInteger,
    "received_g": BigInteger,
    "accepted_g": BigInteger,
    "short_reason": Text,
}
_order_columns = [order.c[name] for name in _ORDER]
_line_columns = [line.c.order_id, *(line.c[name] for name in _LINE)]


async def insert_orders(session: Session, dialect: str, new: Sequence[Order]) -> set[str]:
    """Insert orders without their lines; returns the ids of those that were not here before."""
    statement = insert_new(dialect, order).returning(order.c.order_id)
    # Everybody inserts in the order of ids, so that two who insert the same rows cannot wait for each other.
    rows = [{name: getattr(o, name) for name in _ORDER} for o in sorted(new, key=lambda each: each.order_id)]
    return set((await session.scalars(statement, rows)).all())


async def insert_lines(session: Session, new: Iterable[Order]) -> None:
    """Insert the lines of orders inserted before."""
    rows = [
        {"order_id": each.order_id, "place": place} | {name: getattr(one, name) for name in _LINE}
        for each in new
        for place, one in enumerate(each.lines)
    ]
    if rows:
        await session.execute(insert(line), rows)


async def one(session: Session, order_id: str, *, for_update: bool = False) -> Order:
    """Return an order with its lines, locked if it is to be changed. Raises NotFound."""
    found = await session.run(_one_for_update if for_update else _one, {"key": order_id})
    if not found:
        raise NotFound("order", order_id)
    return _order(found[0], await session.run(_lines_of_one, {"key": order_id}))


_one = Prepared(lambda _: select(*_order_columns).where(order.c.order_id == bindparam("key")))
_one_for_update = Prepared(
    lambda _: select(*_order_columns).where(order.c.order_id == bindparam("key")).with_for_update()
)
_lines_of_one = Prepared(
    lambda _: select(*_line_columns).where(line.c.order_id == bindparam("key")).order_by(line.c.place)
)


async def lock(session: Session, dialect: str, ids: Iterable[str]) -> dict[str, Order]:
    """Lock those of the orders that exist, in the order of their ids, and return them with their lines."""
    parameter = as_rows([each] for each in set(ids))
    found = (await session.execute(_lock(dialect), parameter)).all()
    return await _with_lines(session, dialect, found)


@cache
def _lock(dialect: str) -> Select[Any]:
    asked = given(dialect, order_id=Text)
    named = order.c.order_id.in_(select(asked.c.order_id))
    return select(*_order_columns).where(named).order_by(order.c.order_id).with_for_update(of=order)


async def lock_silent(session: Session, dialect: str, now: datetime, limit: int) -> dict[str, Order]:
    """Lock up to `limit` orders nobody answered by `now`; those another replica holds are left to it."""
    statement = (
        select(*_order_columns)
        .where(order.c.status == bindparam("waiting"), order.c.answer_by < bindparam("now"))
        .order_by(order.c.answer_by, order.c.order_id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=order)
    )
    parameters = {"waiting": OrderStatus.TO_ANSWER.value, "now": now}
    found = (await session.execute(statement, parameters)).all()
    return await _with_lines(session, dialect, found)


async def be_heard(session: Session, cooperative_id: str) -> None:
    """Note that a system of the cooperative's own hears of its orders; waits for whoever is changing one of them."""
    unheard = (order.c.cooperative_id == cooperative_id, order.c.heard.is_(False))
    await session.execute(select(order.c.order_id).where(*unheard).order_by(order.c.order_id).with_for_update())
    await session.execute(update(order).where(*unheard).values(heard=True))


async def waiting_on(session: Session, cooperative_id: str, offer_id: str) -> set[str]:
    """Return the orders that wait for an answer and are promised grams of an offer."""
    own = (order.c.cooperative_id == cooperative_id, order.c.status == OrderStatus.TO_ANSWER.value)
    holds = (line.c.offer_id == offer_id, line.c.promised_g > 0)
    statement = select(order.c.order_id).join(line, line.c.order_id == order.c.order_id).where(*own, *holds)
    return set((await session.scalars(statement)).all())


async def page(
    session: Session, dialect: str, paging: Paging, wanted: Mapping[str, Any], delivery_from: date | None = None
) -> list[Order]:
    """Return up to `limit` orders with their lines, by id; `wanted` names columns and values, None: any."""
    statement = select(*_order_columns).order_by(order.c.order_id).limit(paging.limit)
    if paging.after is not None:
        statement = statement.where(order.c.order_id > paging.after)
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(order.c[name] == value)
    if delivery_from is not None:
        statement = statement.where(order.c.delivery_day >= delivery_from)
    found = (await session.execute(statement)).all()
    return list((await _with_lines(session, dialect, found)).values())


async def to_pack(session: Session, dialect: str, cooperative_id: str, day: date, limit: int) -> list[Order]:
    """Return up to `limit` orders of a cooperative confirmed for a day and not dispatched, by school and id."""
    statement = (
        select(*_order_columns)
        .where(order.c.cooperative_id == cooperative_id, order.c.status.in_([each.value for each in CONFIRMED]))
        .where(order.c.delivery_day == day)
        .order_by(order.c.canteen_id, order.c.order_id)
        .limit(limit)
    )
    found = (await session.execute(statement)).all()
    return list((await _with_lines(session, dialect, found)).values())


async def save(session: Session, changed: Sequence[tuple[Order, Order]]) -> None:
    """Write locked orders from one state to the next, and those of their lines that differ.

    Raises Conflict, and the unit of work is undone, should a row no longer be what the change was made from.
    """
    if not changed:
        return
    meanwhile = Conflict("changed-meanwhile", "somebody else changed the order just now")
    if len(changed) == 1:
        before, after = changed[0]
        was = {"key": before.order_id, "was_status": before.status, "was_version": before.version}
        new = {f"new_{name}": getattr(after, name) for name in _CHANGING}
        await session.write(Write(_save_one, was | new, 1, meanwhile))
    else:
        rows = [
            (before.order_id, before.status, before.version, *(getattr(after, name) for name in _CHANGING))
            for before, after in changed
        ]
        await session.write(Write(_save, as_rows(rows), len(rows), meanwhile))
    lines = [
        (after.order_id, *(getattr(now, name) for name in _CHANGING_LINE))
        for before, after in changed
        for was, now in zip(before.lines, after.lines, strict=True)
        if was != now
    ]
    if lines:
        await session.write(Write(_save_lines, as_rows(lines)))


# Nearly always it is one, for which a relation of a JSON text is more than it needs, and hides how few rows it has.
_save_one = Prepared(
    lambda _: (
        update(order)
        .where(order.c.order_id == bindparam("key"))
        .where(order.c.status == bindparam("was_status"), order.c.version == bindparam("was_version"))
        .values({name: bindparam(f"new_{name}") for name in _CHANGING})
        .returning(order.c.order_id)
    )
)


@Prepared
def _save(dialect: str) -> ReturningUpdate[Any]:
    was = given(dialect, order_id=Text, was_status=Text, was_version=BigInteger, **_CHANGING)
    return (
        update(order)
        .where(order.c.order_id == was.c.order_id)
        .where(order.c.status == was.c.was_status, order.c.version == was.c.was_version)
        .values({name: was.c[name] for name in _CHANGING})
        .returning(order.c.order_id)
    )


@Prepared
def _save_lines(dialect: str) -> Update:
    new = given(dialect, order_id=Text, **_CHANGING_LINE)
    return (
        update(line)
        .where(line.c.order_id == new.c.order_id, line.c.line_id == new.c.line_id)
        .values({name: new.c[name] for name in _CHANGING_LINE if name != "line_id"})
    )


async def _with_lines(session: Session, dialect: str, found: Sequence[Row[Any]]) -> dict[str, Order]:
    if not found:
        return {}
    lines = await session.execute(_lines(dialect), as_rows([row.order_id] for row in found))
    of_order = {key: list(rows) for key, rows in groupby(lines.all(), key=lambda row: str(row.order_id))}
    return {row.order_id: _order(row, of_order.get(row.order_id, ())) for row in found}


@cache
def _lines(dialect: str) -> Select[Any]:
    asked = given(dialect, order_id=Text)
    return (
        select(*_line_columns).join(asked, asked.c.order_id == line.c.order_id).order_by(line.c.order_id, line.c.place)
    )


def _order(row: Sequence[Any], lines: Sequence[Sequence[Any]]) -> Order:
    # By position: the columns are selected in the order of the fields, and there are thousands of lines.
    *known, heard = row
    own: tuple[Any, ...] = (*known, tuple([Line._make(each[1:]) for each in map(tuple, lines)]), heard)
    return Order(*own)
