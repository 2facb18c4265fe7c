"""SQL of the temperatures at serving."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from services.nutrition.tables import insert_into, table_of
from services.nutrition.temperatures.models import DishTemperature
from services.nutrition.temperatures.schemas import TemperatureRead
from shared.database import Session
from shared.unit_of_work import UnitOfWork

temperature = table_of(DishTemperature)
_OF_MEALS = (
    select(temperature)
    .where(temperature.c.meal_id.in_(bindparam("meal_ids", expanding=True)))
    .order_by(temperature.c.measured_at, temperature.c.dish_code)
)


async def add(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    """Insert measurements; the first of a dish and instant stands."""
    await uow.session.execute(insert_into(uow, temperature).on_conflict_do_nothing(), list(rows))


async def of_meals(session: Session, meal_ids: Collection[str]) -> dict[str, list[TemperatureRead]]:
    """Return what was measured of meals, first to last."""
    found: dict[str, list[TemperatureRead]] = {}
    for row in (await session.execute(_OF_MEALS, {"meal_ids": sorted(meal_ids)})).all():
        found.setdefault(row.meal_id, []).append(TemperatureRead.model_validate(dict(row._mapping)))
    return found
