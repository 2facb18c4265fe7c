"""SQL of the counts. Whoever adds one holds the lock on the canteen's row."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, insert, select

from services.nutrition.counts.models import StockCount
from services.nutrition.tables import table_of
from shared.database import Session

stock_count = table_of(StockCount)


async def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert counts."""
    if rows:
        await session.execute(insert(stock_count), list(rows))


async def page(
    session: Session, canteen_id: str, limit: int, after: str | None, food_code: str | None
) -> Sequence[Row[Any]]:
    """Return a canteen's counts of a food or all, first to last."""
    statement = select(stock_count).where(stock_count.c.canteen_id == canteen_id).order_by(stock_count.c.count_id)
    if food_code is not None:
        statement = statement.where(stock_count.c.food_code == food_code)
    if after is not None:
        statement = statement.where(stock_count.c.count_id > after)
    return list((await session.execute(statement.limit(limit))).all())
