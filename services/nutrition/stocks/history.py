"""SQL of what happened in the store."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from services.nutrition.counts.queries import stock_count
from services.nutrition.disposals.queries import disposal
from services.nutrition.receipts.queries import receipt, receipt_lot
from services.nutrition.servings.queries import served
from shared.database import Session


async def received(session: Session, canteen_id: str, food_code: str, first: date, last: date) -> Sequence[Row[Any]]:
    """Return what came in of a food between two days."""
    columns = (receipt.c.delivery_day, receipt_lot.c.lot_id, receipt_lot.c.accepted_g, receipt.c.receipt_id)
    wanted = (
        select(*columns)
        .join(receipt_lot, receipt_lot.c.receipt_id == receipt.c.receipt_id)
        .where(receipt.c.canteen_id == canteen_id, receipt.c.delivery_day.between(first, last))
        .where(receipt_lot.c.food_code == food_code)
    )
    return list((await session.execute(wanted)).all())


async def meals(session: Session, canteen_id: str, first: date, last: date) -> Sequence[Row[Any]]:
    """Return the meals a canteen served between two days, with all they took."""
    columns = (served.c.meal_id, served.c.day, served.c.used)
    wanted = select(*columns).where(served.c.canteen_id == canteen_id, served.c.day.between(first, last))
    return list((await session.execute(wanted)).all())


async def disposed(session: Session, canteen_id: str, food_code: str) -> Sequence[Row[Any]]:
    """Return what was ever disposed of a food."""
    wanted = select(disposal).where(disposal.c.canteen_id == canteen_id, disposal.c.food_code == food_code)
    return list((await session.execute(wanted)).all())


async def counted(session: Session, canteen_id: str, food_code: str) -> Sequence[Row[Any]]:
    """Return what was ever counted of a food."""
    wanted = select(stock_count).where(stock_count.c.canteen_id == canteen_id, stock_count.c.food_code == food_code)
    return list((await session.execute(wanted)).all())
