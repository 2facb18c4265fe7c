"""What people read of meals served."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row

from services.nutrition.leftovers import queries as leftovers
from services.nutrition.leftovers.schemas import LeftoverRead
from services.nutrition.servings import queries
from services.nutrition.servings.schemas import CorrectionRead, MealRead, MealServedRead
from services.nutrition.temperatures import queries as temperatures
from services.nutrition.temperatures.schemas import TemperatureRead
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


def read(row: Mapping[str, Any], measured: Sequence[TemperatureRead]) -> MealServedRead:
    """Return a meal from its columns and what was measured of it."""
    return MealServedRead.model_validate({**row, "temperatures": measured})


async def served(uow: UnitOfWork, row: Row[Any]) -> MealServedRead:
    """Return a meal that was served before."""
    return (await _with_temperatures(uow, [row]))[0]


async def _with_temperatures(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> list[MealServedRead]:
    measured = await temperatures.of_meals(uow.session, [row.meal_id for row in rows]) if rows else {}
    return [read(dict(row._mapping), measured.get(row.meal_id, [])) for row in rows]


async def read_meal(uow: UnitOfWork, meal_id: str) -> MealRead:
    """Return a meal as it stands, with its corrections and what was left over."""
    meal = await served(uow, await queries.one(uow.session, meal_id))
    corrections = [_correction(row) for row in await queries.corrections(uow.session, meal_id)]
    weighed = await leftovers.last(uow.session, meal_id)
    left = None if weighed is None else [LeftoverRead(**one) for one in weighed.leftovers]
    return MealRead(**dict(meal), corrections=corrections, leftovers=left)


def _correction(row: Row[Any]) -> CorrectionRead:
    before = {f"{name}_before": value for name, value in row.before.items()}
    return CorrectionRead.model_validate({**row._mapping, **before})


async def list_meals(
    uow: UnitOfWork, paging: Paging, canteen_id: str | None, county_code: str | None, day: date | None
) -> list[MealServedRead]:
    """Return a page of meals served."""
    rows = await queries.page(uow.session, paging.limit, paging.after, canteen_id, county_code, day)
    return await _with_temperatures(uow, rows)
