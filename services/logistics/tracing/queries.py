"""SQL of the trace graph."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import insert, select

from services.logistics.tables import insert_into, table_of
from services.logistics.tracing.models import Lot, MealFood, ServedMeal
from shared.unit_of_work import UnitOfWork

lot = table_of(Lot)
meal = table_of(ServedMeal)
food = table_of(MealFood)


async def add_lots(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    """Insert lots; those known already stay as they are."""
    await uow.session.execute(insert_into(uow, lot).on_conflict_do_nothing(), list(rows))


async def known_lots(uow: UnitOfWork, lots: Collection[str]) -> set[str]:
    """Return those of the lots that are known."""
    if not lots:
        return set()
    return set((await uow.session.scalars(select(lot.c.lot_id).where(lot.c.lot_id.in_(sorted(lots))))).all())


async def add_meals(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> set[str]:
    """Insert meals and return those that were new."""
    statement = insert_into(uow, meal).on_conflict_do_nothing().returning(meal.c.meal_id)
    return set((await uow.session.scalars(statement, list(rows))).all())


async def add_foods(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    """Insert what new meals were cooked from."""
    if rows:
        await uow.session.execute(insert(food), list(rows))
