"""SQL of closures. Whoever changes them holds the lock on the canteen's row."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, select

from services.nutrition.canteens import queries as canteens
from services.nutrition.closures.domain import served
from services.nutrition.closures.models import Closure
from services.nutrition.tables import table_of
from services.nutrition.upserts import Key, Merged, merge
from shared.database import Session
from shared.fields import Meal
from shared.unit_of_work import UnitOfWork

closure = table_of(Closure)
_STILL = select(closure.c.canteen_id, closure.c.day, closure.c.breakfast, closure.c.lunch, closure.c.dinner).where(
    closure.c.canteen_id.in_(bindparam("canteen_ids", expanding=True)),
    closure.c.day.between(bindparam("first"), bindparam("last")),
)


async def put(uow: UnitOfWork, rows: Mapping[Key, dict[str, Any]]) -> Merged:
    """Insert or update closures."""
    return await merge(uow, closure, ["canteen_id", "day"], rows)


async def remove(session: Session, canteen_id: str, day: date) -> bool:
    """Delete a closure; False when there is none."""
    this = and_(closure.c.canteen_id == canteen_id, closure.c.day == day)
    removed = (await session.execute(delete(closure).where(this).returning(closure.c.day))).all()
    return bool(removed)


async def still_served(
    session: Session, canteen_ids: Collection[str], first: date, last: date
) -> dict[str, dict[date, tuple[Meal, ...]]]:
    """Return the meals still served on closed days between `first` and `last`, both included, by canteen and day."""
    within = {"canteen_ids": sorted(canteen_ids), "first": first, "last": last}
    found: dict[str, dict[date, tuple[Meal, ...]]] = {}
    for row in (await session.execute(_STILL, within)).all():
        found.setdefault(row.canteen_id, {})[row.day] = tuple(meal for meal in Meal if getattr(row, meal.value))
    return found


async def meals_served(
    session: Session, canteen_id: str, county_code: str, usual: Collection[Meal], days: Collection[date]
) -> dict[date, tuple[Meal, ...]]:
    """Return the meals a canteen serves on each of these days: none without school, fewer on days it has closed for."""
    if not days:
        return {}
    first, last = min(days), max(days)
    calendar = await canteens.calendar(session, county_code, first, last)
    closures = (await still_served(session, [canteen_id], first, last)).get(canteen_id, {})
    return {day: served(usual, day, calendar, closures) for day in sorted(days)}


async def page(session: Session, canteen_id: str, limit: int, after: date | None) -> Sequence[Row[Any]]:
    """Return a canteen's closures in order."""
    statement = select(closure).where(closure.c.canteen_id == canteen_id).order_by(closure.c.day).limit(limit)
    if after is not None:
        statement = statement.where(closure.c.day > after)
    return list((await session.execute(statement)).all())
