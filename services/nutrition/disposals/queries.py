"""SQL of the disposals. Whoever adds one holds the lock on the canteen's row."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, insert, select

from services.nutrition.disposals.models import FoodDisposal
from services.nutrition.tables import table_of
from shared.database import Session

disposal = table_of(FoodDisposal)


async def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert disposals."""
    await session.execute(insert(disposal), list(rows))


async def page(session: Session, canteen_id: str, limit: int, after: str | None) -> Sequence[Row[Any]]:
    """Return a canteen's disposals, first to last."""
    statement = select(disposal).where(disposal.c.canteen_id == canteen_id).order_by(disposal.c.disposal_id)
    if after is not None:
        statement = statement.where(disposal.c.disposal_id > after)
    return list((await session.execute(statement.limit(limit))).all())
