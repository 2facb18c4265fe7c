"""SQL of the meals served."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, insert, select

from services.nutrition.servings.models import ServedMeal
from services.nutrition.tables import table_of
from shared.database import Session

served = table_of(ServedMeal)
_FIND = select(served).where(served.c.meal_id == bindparam("meal_id"))
_KEEP = insert(served)


async def find(session: Session, meal_id: str) -> Row[Any] | None:
    """Return a meal that was served, None when it was not."""
    row: Row[Any] | None = (await session.execute(_FIND, {"meal_id": meal_id})).first()
    return row


async def keep(session: Session, row: Mapping[str, Any]) -> None:
    """Insert a meal that was served."""
    await session.execute(_KEEP, row)


async def page(
    session: Session, limit: int, after: str | None, canteen_id: str | None, day: date | None
) -> Sequence[Row[Any]]:
    """Return meals ordered by id, of a canteen or a day or all."""
    statement = select(served).order_by(served.c.meal_id).limit(limit)
    if canteen_id is not None:
        statement = statement.where(served.c.canteen_id == canteen_id)
    if day is not None:
        statement = statement.where(served.c.day == day)
    if after is not None:
        statement = statement.where(served.c.meal_id > after)
    return list((await session.execute(statement)).all())
