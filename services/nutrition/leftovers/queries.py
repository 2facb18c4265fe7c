"""SQL of what was left over. Whoever adds an entry holds the lock on the canteen's row."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, insert, select

from services.nutrition.leftovers.models import LeftoverWeighing
from services.nutrition.tables import table_of
from shared.database import Session

weighing = table_of(LeftoverWeighing)


async def all_of(session: Session, meal_id: str) -> Sequence[Row[Any]]:
    """Return every entry of a meal, first to last."""
    wanted = select(weighing).where(weighing.c.meal_id == meal_id).order_by(weighing.c.entry)
    return list((await session.execute(wanted)).all())


async def last(session: Session, meal_id: str) -> Row[Any] | None:
    """Return the entry that counts, None while nobody has weighed."""
    wanted = select(weighing).where(weighing.c.meal_id == meal_id).order_by(weighing.c.entry.desc()).limit(1)
    row: Row[Any] | None = (await session.execute(wanted)).first()
    return row


async def add(session: Session, row: Mapping[str, Any]) -> None:
    """Insert an entry."""
    await session.execute(insert(weighing), row)
