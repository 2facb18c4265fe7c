"""SQL of the samples kitchens keep of their meals."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from services.logistics.tables import insert_into, table_of
from services.logistics.tracing.models import KeptSample, MealFood, ServedMeal
from services.logistics.tracing.queries import of_schools
from shared.unit_of_work import UnitOfWork

sample = table_of(KeptSample)
meal = table_of(ServedMeal)
food = table_of(MealFood)

_OF_MEAL = (meal.c.canteen_id, meal.c.day, meal.c.meal)


async def keep(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    """Insert samples, or note that they are gone; one that is gone stays so. At most one row per sample."""
    if not rows:
        return
    statement = insert_into(uow, sample)
    told = {name: statement.excluded[name] for name in ("state", "ended_at")}
    gone = statement.on_conflict_do_update(
        index_elements=[sample.c.sample_id], set_=told, where=sample.c.state == "kept"
    )
    await uow.session.execute(gone, list(rows))


async def of_lot(uow: UnitOfWork, lot_id: str, limit: int, only: Collection[str] | None = None) -> list[Any]:
    """Return the samples of meals cooked from a lot, or of `only` these schools', with where and when these were: those
    still kept come first."""
    cooked = select(food.c.meal_id).where(food.c.lot_id == lot_id)
    return await _found(uow, sample.c.meal_id.in_(cooked) & of_schools(meal.c.canteen_id, only), limit)


async def of_meal(uow: UnitOfWork, meal_id: str) -> list[Any]:
    """Return the samples of a meal: those still kept come first."""
    return await _found(uow, sample.c.meal_id == meal_id, 100)


async def _found(uow: UnitOfWork, which: ColumnElement[bool], limit: int) -> list[Any]:
    statement = select(sample, *_OF_MEAL).join(meal, meal.c.meal_id == sample.c.meal_id).where(which)
    ordered = statement.order_by(sample.c.state != "kept", sample.c.keep_until, sample.c.sample_id)
    return list((await uow.session.execute(ordered.limit(limit))).all())
