"""What can happen to the meal log."""

from datetime import date
from typing import Any

from sqlalchemy import Row

from services.nutrition.canteens import queries as canteens
from services.nutrition.days import check_done_on, today
from services.nutrition.meal_logs import queries
from services.nutrition.meal_logs.domain import check_remark
from services.nutrition.meal_logs.schemas import MealLogInput, MealLogRead, MissingLog
from services.nutrition.servings.usecases import meal_id_of, planned_meal
from shared.errors import AlreadyDone
from shared.ids import derived_id
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

_SAID = ("taste", "look", "temperature", "remark")


async def log_meal(uow: UnitOfWork, body: MealLogInput) -> tuple[MealLogRead, bool]:
    """Write down what a leader found, once per person and meal; returns the entry and whether it is new."""
    ate_at = body.ate_at or uow.now
    check_done_on(body.day, ate_at, uow.now, "ate_at")
    check_remark({"taste": body.taste, "look": body.look, "temperature": body.temperature}, body.remark)
    await canteens.one(uow.session, body.canteen_id, "canteen_id")
    await planned_meal(uow, body.canteen_id, body.day, body.meal)
    meal_id = meal_id_of(body.canteen_id, body.day, body.meal)
    log_id = derived_id("meal-log", meal_id, body.person)
    told = {name: value for name, value in body.model_dump(mode="json").items() if name not in ("day", "ate_at")}
    row = told | {"log_id": log_id, "meal_id": meal_id, "day": body.day, "ate_at": ate_at, "logged_at": uow.now}
    new = await queries.add(uow, row | {"late": body.day < today(uow.now)})
    kept = await queries.one(uow.session, log_id)
    if any(getattr(kept, name) != row[name] for name in (*_SAID, *(["ate_at"] if body.ate_at else []))):
        detail = f"{body.person} wrote of that meal at {kept.logged_at.isoformat()}"
        raise AlreadyDone("meal-logged", detail, field="person")
    return _read(kept), new


def _read(row: Row[Any]) -> MealLogRead:
    return MealLogRead.model_validate(dict(row._mapping))


async def list_logs(uow: UnitOfWork, paging: Paging, county_code: str | None, **where: Any) -> list[MealLogRead]:
    """Return a page of entries whose columns have these values, of a county or all."""
    return [_read(row) for row in await queries.page(uow.session, paging.limit, paging.after, county_code, where)]


async def list_missing(uow: UnitOfWork, paging: Paging, county_code: str, day: date) -> list[MissingLog]:
    """Return a page of meals that were served and that no leader wrote of."""
    rows = await queries.missing(uow.session, county_code, day, paging.limit, paging.after)
    return [MissingLog(**row._mapping) for row in rows]
