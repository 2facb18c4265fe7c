"""SQL of the store. Whoever changes it holds the lock on the canteen's row."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Row, and_, bindparam, case, func, select, tuple_, update

from services.nutrition.stocks.domain import Free, Lot, Taken
from services.nutrition.stocks.models import COUNTED, RecalledLot, StockLot
from services.nutrition.tables import insert_into, table_of
from shared.database import Session
from shared.unit_of_work import UnitOfWork

stock, recalled = table_of(StockLot), table_of(RecalledLot)
_on_hand = case((stock.c.came_g > stock.c.used_g, stock.c.came_g - stock.c.used_g), else_=0)
_with_recalls = stock.outerjoin(recalled, recalled.c.lot_id == stock.c.lot_id)
_is_recalled = recalled.c.lot_id.is_not(None).label("recalled")
_lot = (
    stock.c.food_code,
    stock.c.lot_id,
    stock.c.came_g,
    stock.c.used_g,
    stock.c.use_by,
    _is_recalled,
    stock.c.counted_g,
    stock.c.counted_on,
)

# Statements of hot paths are built once: building one costs as much as running it.
_ON_HAND_OF = and_(
    stock.c.canteen_id == bindparam("canteen_id"),
    stock.c.food_code.in_(bindparam("foods", expanding=True)),
    stock.c.came_g > stock.c.used_g,
)
_USABLE = (
    select(stock.c.food_code, stock.c.use_by, func.sum(_on_hand))
    .select_from(_with_recalls)
    .where(_ON_HAND_OF, recalled.c.lot_id.is_(None), stock.c.use_by >= bindparam("day"))
    .group_by(stock.c.food_code, stock.c.use_by)
)
_LOTS = select(*_lot).select_from(_with_recalls).where(_ON_HAND_OF)
_USE = (
    update(stock)
    .where(
        stock.c.canteen_id == bindparam("canteen"),
        stock.c.food_code == bindparam("food"),
        stock.c.lot_id == bindparam("lot"),
    )
    .values(used_g=stock.c.used_g + bindparam("grams", type_=BigInteger))
)


async def usable(session: Session, canteen_id: str, foods: Collection[str], day: date) -> dict[str, list[Free]]:
    """Return what of each food lies in the store and may be cooked on `day` or later."""
    wanted = {"canteen_id": canteen_id, "foods": sorted(foods), "day": day}
    found: dict[str, list[Free]] = {}
    for food, use_by, grams in (await session.execute(_USABLE, wanted)).all():
        found.setdefault(food, []).append(Free(use_by, int(grams)))
    return found


async def lots(session: Session, canteen_id: str, foods: Collection[str]) -> dict[str, list[Lot]]:
    """Return the lots of foods that a canteen has on hand."""
    found: dict[str, list[Lot]] = {}
    for row in (await session.execute(_LOTS, {"canteen_id": canteen_id, "foods": sorted(foods)})).all():
        found.setdefault(row[0], []).append(Lot(*row))
    return found


async def lots_at(session: Session, canteen_id: str, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Lot]:
    """Return the lots of a canteen by (food, lot), used up or not."""
    wanted = and_(stock.c.canteen_id == canteen_id, tuple_(stock.c.food_code, stock.c.lot_id).in_(sorted(keys)))
    rows = (await session.execute(select(*_lot).select_from(_with_recalls).where(wanted))).all()
    return {(row.food_code, row.lot_id): Lot(*row) for row in rows}


async def lots_until(session: Session, canteen_id: str, last: date) -> dict[str, list[Lot]]:
    """Return all lots on hand of the foods of which a lot has to be used by a day, recalled ones left out."""
    there = and_(stock.c.canteen_id == canteen_id, stock.c.came_g > stock.c.used_g, recalled.c.lot_id.is_(None))
    due = select(stock.c.food_code).select_from(_with_recalls).where(there, stock.c.use_by <= last)
    due = due.correlate(None)
    wanted = select(*_lot).select_from(_with_recalls).where(there, stock.c.food_code.in_(due))
    found: dict[str, list[Lot]] = {}
    for row in (await session.execute(wanted.order_by(stock.c.food_code, stock.c.use_by, stock.c.lot_id))).all():
        found.setdefault(row.food_code, []).append(Lot(*row))
    return found


async def counted_after(session: Session, keys: Collection[tuple[str, str, str]]) -> dict[tuple[str, str, str], date]:
    """Return the day single lots (canteen, food, lot) were counted last, of those that were."""
    columns = (stock.c.canteen_id, stock.c.food_code, stock.c.lot_id)
    wanted = and_(tuple_(*columns).in_(sorted(keys)), stock.c.lot_id != COUNTED, stock.c.counted_on.is_not(None))
    rows = (await session.execute(select(*columns, stock.c.counted_on).where(wanted))).all()
    return {(canteen_id, food, lot): day for canteen_id, food, lot, day in rows}


async def counted(session: Session, keys: Sequence[tuple[str, str]], lot_id: str) -> dict[tuple[str, str], Lot]:
    """Return the lot-less food of (canteen, food) pairs."""
    wanted = and_(tuple_(stock.c.canteen_id, stock.c.food_code).in_(keys), stock.c.lot_id == lot_id)
    rows = (await session.execute(select(stock.c.canteen_id, *_lot).select_from(_with_recalls).where(wanted))).all()
    return {(row.canteen_id, row.food_code): Lot(*row[1:]) for row in rows}


async def counted_on(session: Session, canteen_id: str, foods: Collection[str]) -> dict[tuple[str, str], date]:
    """Return the day each (food, lot) was last counted, of those that were."""
    wanted = and_(
        stock.c.canteen_id == canteen_id, stock.c.food_code.in_(sorted(foods)), stock.c.counted_on.is_not(None)
    )
    rows = (await session.execute(select(stock.c.food_code, stock.c.lot_id, stock.c.counted_on).where(wanted))).all()
    return {(food, lot): day for food, lot, day in rows}


async def foods_page(session: Session, canteen_id: str, limit: int, after: str | None) -> Sequence[str]:
    """Return the foods a canteen has on hand, by code."""
    wanted = and_(stock.c.canteen_id == canteen_id, stock.c.came_g > stock.c.used_g)
    statement = select(stock.c.food_code).where(wanted).distinct().order_by(stock.c.food_code).limit(limit)
    if after is not None:
        statement = statement.where(stock.c.food_code > after)
    return list((await session.scalars(statement)).all())


async def save_counts(uow: UnitOfWork, lots_by_canteen: Sequence[tuple[str, Lot]]) -> None:
    """Insert or replace lots as they were counted."""
    names = ("food_code", "lot_id", "came_g", "used_g", "use_by", "counted_g", "counted_on")
    rows = [{"canteen_id": key} | {name: getattr(lot, name) for name in names} for key, lot in lots_by_canteen]
    statement = insert_into(uow, stock)
    told = {name: statement.excluded[name] for name in names[2:]}
    keys = [stock.c.canteen_id, stock.c.food_code, stock.c.lot_id]
    if rows:
        await uow.session.execute(statement.on_conflict_do_update(index_elements=keys, set_=told), rows)


async def add(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add `came_g` grams (fewer than nothing for a correction) to lots, each with the day it should be used by."""
    statement = insert_into(uow, stock)
    summed = stock.c.came_g + bindparam("more_g", type_=BigInteger)
    grown = {"came_g": case((summed < 0, 0), else_=summed)}
    keys = [stock.c.canteen_id, stock.c.food_code, stock.c.lot_id]
    values = [dict(row) | {"used_g": 0, "came_g": max(0, row["came_g"]), "more_g": row["came_g"]} for row in rows]
    if values:
        await uow.session.execute(statement.on_conflict_do_update(index_elements=keys, set_=grown), values)


async def use(session: Session, canteen_id: str, taken: Sequence[Taken]) -> None:
    """Write down what was taken."""
    rows = [{"canteen": canteen_id, "food": t.food_code, "lot": t.lot_id, "grams": t.quantity_g} for t in taken]
    if rows:
        await session.execute(_USE, rows)


async def recall(uow: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Keep that a lot was recalled; the first recall of a lot stands."""
    await uow.session.execute(insert_into(uow, recalled).values(row).on_conflict_do_nothing())


async def page_rows(session: Session, canteen_id: str, foods: Collection[str]) -> Sequence[Row[Any]]:
    """Return what lies in the store of these foods, lot by lot, first to use first."""
    columns = (stock.c.food_code, stock.c.lot_id, _on_hand.label("on_hand_g"), stock.c.use_by, _is_recalled)
    wanted = and_(stock.c.canteen_id == canteen_id, stock.c.food_code.in_(foods), stock.c.came_g > stock.c.used_g)
    ordered = select(*columns).select_from(_with_recalls).where(wanted)
    ordered = ordered.order_by(stock.c.food_code, stock.c.use_by, stock.c.lot_id)
    return list((await session.execute(ordered)).all())
