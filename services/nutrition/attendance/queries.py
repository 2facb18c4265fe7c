"""SQL of attendance."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, select

from services.nutrition.servings.queries import served
from shared.database import Session
from shared.fields import Meal

# Statements of hot paths are built once: building one costs as much as running it.
_SERVED = select(served.c.day, served.c.meal, served.c.headcount).where(
    served.c.canteen_id == bindparam("canteen_id"),
    served.c.day.between(bindparam("first"), bindparam("last")),
    served.c.meal.in_(bindparam("meals", expanding=True)),
    served.c.headcount > 0,
)


async def headcounts(
    session: Session, canteen_id: str, first: date, last: date, meals: Collection[Meal]
) -> Sequence[Row[Any]]:
    """Return (day, meal, headcount) of the meals a canteen served between two days, both included."""
    within = {"canteen_id": canteen_id, "first": first, "last": last, "meals": [meal.value for meal in meals]}
    return list((await session.execute(_SERVED, within)).all())
