"""All SQL of orders."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Executable, bindparam, insert, select, update

from services.procurement.orders.domain import Line, Lost, Order, Supplier
from services.procurement.orders.models import order_line, order_version, purchase_order
from services.procurement.orders.states import CAN_BE_TAKEN_BACK, Status
from services.procurement.orders.versions import Author, Version, version_of
from services.procurement.rows import in_order, row_of
from shared.auth.finding import finder
from shared.database import Session
from shared.routing import Paging

_HEAD = [field.name for field in fields(Order) if field.name != "lines"]
_LINE = [field.name for field in fields(Line)]
_ORDER_COLUMNS = [purchase_order.c[name] for name in _HEAD]
_LINE_COLUMNS = [order_line.c.order_id, *(order_line.c[name] for name in _LINE)]
_HEAD_CHANGES = (
    "status",
    "version",
    "confirmed_at",
    "dispatched_at",
    "answered_at",
    "answer_by",
    "placed_at",
    "owed_fen",
)
_VERSION = [field.name for field in fields(Version) if field.name != "grams"]
_LINE_CHANGES = (
    "ordered_g",
    "confirmed_g",
    "dispatched_g",
    "received_g",
    "accepted_g",
    "short_g",
    "amount_fen",
    "packed_short_reason",
    "lost",
    "lost_reason",
)

Window = tuple[date | None, date | None]
"""The first and the last delivery day that are looked at, None: any."""

tenants_of = finder(
    purchase_order.c.order_id,
    county=purchase_order.c.county_code,
    canteen=purchase_order.c.canteen_id,
    cooperative=purchase_order.c.cooperative_id,
)


async def add(session: Session, orders: Sequence[Order]) -> None:
    """Add orders with their lines."""
    if not orders:
        return
    await session.execute(insert(purchase_order), [row_of(order, _HEAD) for order in orders])
    await session.execute(
        insert(order_line), [row_of(line, _LINE, order_id=order.order_id) for order in orders for line in order.lines]
    )


async def for_update(session: Session, order_ids: Iterable[str]) -> dict[str, Order]:
    """Lock these orders in the order of their ids and return them with their lines, by id; unknown ids are left out."""
    orders: dict[str, Order] = {}
    for ids in in_order(order_ids):
        statement = select(*_ORDER_COLUMNS).where(purchase_order.c.order_id.in_(ids))
        orders |= await _read(session, statement.order_by(purchase_order.c.order_id).with_for_update())
    return orders


async def _read(session: Session, heads: Executable) -> dict[str, Order]:
    orders = [_order(row) for row in await session.execute(heads)]
    if not orders:
        return {}
    lines = await lines_of(session, [order.order_id for order in orders])
    return {order.order_id: replace(order, lines=tuple(lines[order.order_id])) for order in orders}


def _order(row: Any) -> Order:
    values = dict(zip(_HEAD, row, strict=True))
    return Order(**values | {"status": Status(values["status"]), "supplier": Supplier(values["supplier"])})


async def lines_of(session: Session, order_ids: Iterable[str]) -> dict[str, list[Line]]:
    """Return the lines of these orders, ordered by id."""
    lines: dict[str, list[Line]] = defaultdict(list)
    for ids in in_order(order_ids):
        statement = select(*_LINE_COLUMNS).where(order_line.c.order_id.in_(ids)).order_by(order_line.c.line_id)
        for row in await session.execute(statement):
            lines[row[0]].append(_line(row[1:]))
    return lines


def _line(values: Sequence[Any]) -> Line:
    line = Line(*values)
    return line if line.lost is None else replace(line, lost=Lost(line.lost))


async def demand_of(session: Session, order_ids: Iterable[str]) -> set[str]:
    """Return the demand lines these orders serve; that never changes, so it may be read before anything is locked."""
    found: set[str] = set()
    for ids in in_order(order_ids):
        rows = await session.execute(select(order_line.c.demand_id).where(order_line.c.order_id.in_(ids)))
        found |= {row[0] for row in rows}
    return found


async def save(session: Session, orders: Sequence[Order]) -> None:
    """Write orders that were locked: how far they came, and their lines' grams."""
    await save_heads(session, orders)
    lines = [row_of(line, _LINE_CHANGES, id=line.line_id) for order in orders for line in order.lines]
    if lines:
        await session.execute(update(order_line).where(order_line.c.line_id == bindparam("id")), lines)


async def save_heads(session: Session, orders: Sequence[Order]) -> None:
    """Write how far orders that were locked came, and nothing of their lines."""
    if orders:
        heads = [row_of(order, _HEAD_CHANGES, id=order.order_id) for order in orders]
        await session.execute(update(purchase_order).where(purchase_order.c.order_id == bindparam("id")), heads)


async def ids_for_demand(session: Session, demand_ids: Iterable[str]) -> list[str]:
    """Return the orders that can still be taken back and hold lines for these demand lines."""
    found: list[str] = []
    for ids in in_order(demand_ids):
        statement = (
            select(order_line.c.order_id)
            .join(purchase_order, purchase_order.c.order_id == order_line.c.order_id)
            .where(order_line.c.demand_id.in_(ids), purchase_order.c.status.in_(sorted(CAN_BE_TAKEN_BACK)))
            .distinct()
        )
        found += [row[0] for row in await session.execute(statement)]
    return found


async def page(session: Session, paging: Paging, wanted: Mapping[str, Any], window: Window) -> list[Order]:
    """Return a page of orders (one more than asked for), by id; `wanted` names columns and values, None: any."""
    first, last = window
    statement = select(*_ORDER_COLUMNS).order_by(purchase_order.c.order_id).limit(paging.limit + 1)
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(purchase_order.c[name] == value)
    if first is not None:
        statement = statement.where(purchase_order.c.delivery_day >= first)
    if last is not None:
        statement = statement.where(purchase_order.c.delivery_day <= last)
    if paging.after is not None:
        statement = statement.where(purchase_order.c.order_id > paging.after)
    return list((await _read(session, statement)).values())


async def some(session: Session, order_ids: Iterable[str]) -> dict[str, Order]:
    """Return those of these orders that are known, with their lines, by id."""
    orders: dict[str, Order] = {}
    for ids in in_order(order_ids):
        orders |= await _read(session, select(*_ORDER_COLUMNS).where(purchase_order.c.order_id.in_(ids)))
    return orders


async def one(session: Session, order_id: str) -> Order | None:
    """Return an order with its lines, None when there is none."""
    statement = select(*_ORDER_COLUMNS).where(purchase_order.c.order_id == order_id)
    return (await _read(session, statement)).get(order_id)


async def keep_versions(session: Session, orders: Sequence[Order], author: Author, now: datetime) -> None:
    """Keep what orders are as of their present versions, by whom and why."""
    if not orders:
        return
    kept = [version_of(order, author, now) for order in orders]
    rows = [row_of(each, _VERSION, grams={key: list(grams) for key, grams in each.grams.items()}) for each in kept]
    await session.execute(insert(order_version), rows)


async def versions(session: Session, order_id: str) -> list[Version]:
    """Return the versions kept of an order, the first one first."""
    columns = [order_version.c[name] for name in (*_VERSION, "grams")]
    statement = select(*columns).where(order_version.c.order_id == order_id).order_by(order_version.c.version)
    return [_version(row) for row in await session.execute(statement)]


def _version(row: Any) -> Version:
    values = dict(zip(_VERSION, row[:-1], strict=True))
    grams = {line_id: (pair[0], pair[1]) for line_id, pair in row[-1].items()}
    return Version(**values | {"status": Status(values["status"])}, grams=grams)


async def overdue_drafts(session: Session, now: datetime, limit: int) -> list[str]:
    """Return drafts nobody decided on in time, the longest overdue first."""
    statement = (
        select(purchase_order.c.order_id)
        .where(purchase_order.c.status == Status.DRAFT, purchase_order.c.approve_by <= now)
        .order_by(purchase_order.c.approve_by, purchase_order.c.order_id)
        .limit(limit)
    )
    return list(await session.scalars(statement))
