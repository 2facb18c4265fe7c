"""SQL of receipts: a batch is a fixed number of statements, however many orders stand at the gate."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, bindparam, insert, select, update

from services.logistics.consignments.models import Consignment, ConsignmentLine, ConsignmentLot
from services.logistics.recalls.models import Recall
from services.logistics.receipts.models import Receipt, ReceiptVersion, WeightTolerance
from services.logistics.tables import insert_into, table_of
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

receipt = table_of(Receipt)
version = table_of(ReceiptVersion)
consignment = table_of(Consignment)
line = table_of(ConsignmentLine)
lot = table_of(ConsignmentLot)
recall = table_of(Recall)
tolerance = table_of(WeightTolerance)


_LOCK = (
    select(consignment)
    .where(consignment.c.order_id.in_(bindparam("orders", expanding=True)))
    .order_by(consignment.c.order_id)
    .with_for_update()
)
_ONE_LINE = (
    update(line)
    .where(line.c.order_id == bindparam("order"), line.c.line_id == bindparam("line"))
    .values(received_g=bindparam("received"), accepted_g=bindparam("accepted"))
)
_ONE_LOT = (
    update(lot)
    .where(lot.c.order_id == bindparam("order"), lot.c.line_id == bindparam("line"), lot.c.lot_id == bindparam("lot"))
    .values(accepted_g=bindparam("accepted"))
)


async def lock_consignments(uow: UnitOfWork, orders: Iterable[str]) -> dict[str, Any]:
    """Lock the consignments of the orders, in a fixed order, and return them by order."""
    rows = await uow.session.execute(_LOCK, {"orders": sorted(set(orders))})
    return {row.order_id: row for row in rows.all()}


async def recalled_among(uow: UnitOfWork, lots: Collection[str]) -> set[str]:
    """Return those of the lots that are recalled."""
    if not lots:
        return set()
    return set((await uow.session.scalars(select(recall.c.lot_id).where(recall.c.lot_id.in_(sorted(lots))))).all())


async def tolerances_of(uow: UnitOfWork, foods: Collection[str]) -> dict[str, list[tuple[date, int]]]:
    """Return (valid from, 1/1000) of the foods and of every food (""), newest first, by food."""
    if not foods:
        return {}
    statement = select(tolerance).where(tolerance.c.food_code.in_(["", *sorted(foods)]))
    found: dict[str, list[tuple[date, int]]] = {}
    for row in (await uow.session.execute(statement.order_by(tolerance.c.valid_from.desc()))).all():
        found.setdefault(row.food_code, []).append((row.valid_from, row.permille))
    return found


async def put_tolerances(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> set[tuple[str, date]]:
    """Insert tolerances or change those of the same food and day; return those that say something new."""
    if not rows:
        return set()
    statement = insert_into(uow, tolerance)
    told = statement.excluded.permille
    statement = statement.on_conflict_do_update(
        index_elements=[tolerance.c.food_code, tolerance.c.valid_from],
        set_={"permille": told},
        where=tolerance.c.permille != told,
    )
    changed = statement.returning(tolerance.c.food_code, tolerance.c.valid_from)
    return {(code, day) for code, day in (await uow.session.execute(changed, list(rows))).all()}


async def tolerances(uow: UnitOfWork) -> list[Any]:
    """Return every tolerance, by food and day."""
    statement = select(tolerance).order_by(tolerance.c.food_code, tolerance.c.valid_from).limit(10_000)
    return list((await uow.session.execute(statement)).all())


async def of_orders(uow: UnitOfWork, orders: Collection[str]) -> dict[str, Any]:
    """Return the receipts of the orders, by order."""
    rows = await uow.session.execute(select(receipt).where(receipt.c.order_id.in_(sorted(orders))))
    return {row.order_id: row for row in rows.all()}


async def by_id(uow: UnitOfWork, receipt_id: str) -> Any | None:
    """Return a receipt's row, None when there is none."""
    return (await uow.session.execute(select(receipt).where(receipt.c.receipt_id == receipt_id))).first()


async def versions_of(uow: UnitOfWork, receipts: Iterable[str]) -> dict[str, list[Any]]:
    """Return every version of the receipts, oldest first, by receipt."""
    statement = select(version).where(version.c.receipt_id.in_(sorted(set(receipts))))
    found: dict[str, list[Any]] = {}
    for row in (await uow.session.execute(statement.order_by(version.c.receipt_id, version.c.version))).all():
        found.setdefault(row.receipt_id, []).append(row)
    return found


async def page_of(uow: UnitOfWork, page: Paging, canteen_id: str | None, day: date | None) -> list[Any]:
    """Return one receipt more than the page holds, ordered by id."""
    conditions = [] if canteen_id is None else [receipt.c.canteen_id == canteen_id]
    if day is not None:
        conditions.append(receipt.c.delivery_day == day)
    if page.after is not None:
        conditions.append(receipt.c.receipt_id > page.after)
    statement = select(receipt).where(*conditions).order_by(receipt.c.receipt_id).limit(page.limit + 1)
    return list((await uow.session.execute(statement)).all())


async def add(uow: UnitOfWork, receipts: Sequence[dict[str, Any]], versions: Sequence[dict[str, Any]]) -> None:
    """Insert new receipts with their first version and mark their consignments received."""
    await uow.session.execute(insert(receipt), list(receipts))
    await uow.session.execute(insert(version), list(versions))
    orders = sorted(row["order_id"] for row in receipts)
    await uow.session.execute(update(consignment).where(consignment.c.order_id.in_(orders)).values(status="received"))


async def amend(uow: UnitOfWork, receipt_id: str, present: int, row: dict[str, Any]) -> bool:
    """Move a receipt from version `present` to the next and keep both; False when somebody else was faster."""
    here = and_(receipt.c.receipt_id == receipt_id, receipt.c.version == present)
    values = {"version": row["version"], "signed_at": row["signed_at"]}
    if not (await uow.session.execute(update(receipt).where(here).values(values))).rowcount:
        return False
    await uow.session.execute(insert(version).values(row))
    return True


async def write_quantities(uow: UnitOfWork, lines: Sequence[dict[str, Any]], lots: Sequence[dict[str, Any]]) -> None:
    """Write received and accepted grams of lines (`order`, `line`, `received`, `accepted`) and lots (`lot`)."""
    if lines:
        await uow.session.execute(_ONE_LINE, list(lines))
    if lots:
        await uow.session.execute(_ONE_LOT, list(lots))
