"""SQL of what receipts brought in."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, func, insert, select

from services.nutrition.receipts.domain import Booked
from services.nutrition.receipts.models import Receipt, ReceiptLot
from services.nutrition.tables import insert_into, table_of
from shared.database import Session
from shared.unit_of_work import UnitOfWork

receipt, receipt_lot = table_of(Receipt), table_of(ReceiptLot)


async def booked(session: Session, receipt_ids: Collection[str]) -> dict[str, Booked]:
    """Return the receipts among `receipt_ids` that were booked before."""
    wanted = select(receipt).where(receipt.c.receipt_id.in_(sorted(receipt_ids)))
    heads = (await session.execute(wanted)).all()
    if not heads:
        return {}
    lots = select(receipt_lot).where(receipt_lot.c.receipt_id.in_([head.receipt_id for head in heads]))
    grams: dict[str, dict[tuple[str, str], int]] = {}
    for row in (await session.execute(lots)).all():
        grams.setdefault(row.receipt_id, {})[row.food_code, row.lot_id] = row.accepted_g
    return {
        head.receipt_id: Booked(
            head.receipt_id, head.version, head.canteen_id, head.delivery_day, grams.get(head.receipt_id, {})
        )
        for head in heads
    }


async def keep(uow: UnitOfWork, receipts: Sequence[Booked], before: Collection[str]) -> None:
    """Insert receipts, or replace those among `before`."""
    if not receipts:
        return
    replaced = [one.receipt_id for one in receipts if one.receipt_id in before]
    if replaced:
        await uow.session.execute(delete(receipt_lot).where(receipt_lot.c.receipt_id.in_(replaced)))
    names = ("receipt_id", "version", "canteen_id", "delivery_day")
    statement = insert_into(uow, receipt)
    told = {name: statement.excluded[name] for name in names[1:]}
    heads: list[dict[str, Any]] = [{name: getattr(one, name) for name in names} for one in receipts]
    await uow.session.execute(statement.on_conflict_do_update(index_elements=["receipt_id"], set_=told), heads)
    lots = [
        {"receipt_id": one.receipt_id, "food_code": food, "lot_id": lot, "accepted_g": grams}
        for one in receipts
        for (food, lot), grams in one.accepted_g.items()
    ]
    if lots:
        await uow.session.execute(insert(receipt_lot), lots)


async def came_on(session: Session, canteen_id: str, foods: Collection[str]) -> dict[tuple[str, str], date]:
    """Return the first day each (food, lot) came to a canteen."""
    first = func.min(receipt.c.delivery_day)
    statement = (
        select(receipt_lot.c.food_code, receipt_lot.c.lot_id, first)
        .join(receipt, receipt.c.receipt_id == receipt_lot.c.receipt_id)
        .where(receipt.c.canteen_id == canteen_id, receipt_lot.c.food_code.in_(sorted(foods)))
        .group_by(receipt_lot.c.food_code, receipt_lot.c.lot_id)
    )
    return {(food, lot): day for food, lot, day in (await session.execute(statement)).all()}
