"""What can happen to meals."""

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import Row

from services.nutrition.canteens import queries as canteens
from services.nutrition.menus import queries as menus
from services.nutrition.menus.domain import Menu, Planned
from services.nutrition.servings import queries
from services.nutrition.servings.domain import Cooked, advance, check_day, check_headcount, cook
from services.nutrition.servings.schemas import MealServedRead
from services.nutrition.stocks import queries as stocks
from shared.errors import AlreadyDone, DomainError, NotFound
from shared.events.nutrition import FoodUsed, MealServed
from shared.fields import Meal
from shared.ids import derived_id
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def serve_meal(
    uow: UnitOfWork, canteen_id: str, day: date, meal: Meal, headcount: int
) -> tuple[MealServedRead, bool]:
    """Serve what the menu says and take it from the store; once per canteen, day and meal.

    Returns the meal and whether it is new: the same again is answered with the first.
    """
    check_day(day, uow.now)
    if not await canteens.lock_all(uow.session, [canteen_id]):
        raise NotFound("canteen", canteen_id, field="canteen_id")
    meal_id = derived_id("meal", canteen_id, day, meal)
    before = await queries.find(uow.session, meal_id)
    if before is not None:
        if before.headcount != headcount:
            detail = f"{meal} of {day} was served to {before.headcount}"
            raise AlreadyDone("meal-served", detail, field="headcount")
        return _read(before), False
    menu, planned = await _planned(uow, canteen_id, day, meal)
    check_headcount(headcount, planned.headcount)
    cooked = cook(planned, headcount, await stocks.lots(uow.session, canteen_id, planned.planned_g))
    await stocks.use(uow.session, canteen_id, cooked.taken)
    await _release(uow, menu.menu_id, planned, cooked)
    row = _row(uow, meal_id, headcount, menu, planned, cooked)
    await queries.keep(uow.session, row)
    uow.emit(_told(row))
    return MealServedRead.model_validate(row), True


async def _planned(uow: UnitOfWork, canteen_id: str, day: date, meal: Meal) -> tuple[Menu, Planned]:
    found = await menus.planned_meal(uow.session, canteen_id, day, meal)
    if found is None:
        raise DomainError("meal-not-planned", f"no menu of {canteen_id} plans {meal} for {day}", field="meal")
    return found


async def _release(uow: UnitOfWork, menu_id: str, planned: Planned, cooked: Cooked) -> None:
    """Give back what was held for the meal."""
    used: Counter[str] = Counter()
    for taken in cooked.taken:
        used[taken.food_code] += taken.quantity_g
    progress = [
        (menu_id, advance(line, planned.planned_g[line.food_code], used[line.food_code]))
        for line in await menus.lines_of_day(uow.session, menu_id, planned.day)
        if line.food_code in planned.planned_g
    ]
    await menus.save_progress(uow.session, progress)


def _row(uow: UnitOfWork, meal_id: str, headcount: int, menu: Menu, planned: Planned, cooked: Cooked) -> dict[str, Any]:
    return {
        "meal_id": meal_id,
        "canteen_id": menu.canteen_id,
        "menu_id": menu.menu_id,
        "menu_version": menu.version,
        "day": planned.day,
        "meal": planned.meal.value,
        "planned_headcount": planned.headcount,
        "headcount": headcount,
        "dish_codes": [code for code, _ in planned.dishes],
        "used": [
            {"food_code": one.food_code, "lot_id": one.lot_id or None, "quantity_g": one.quantity_g}
            for one in cooked.taken
        ],
        "short": [{"food_code": food, "short_g": grams} for food, grams in sorted(cooked.short_g.items())],
        "served_at": uow.now,
    }


def _told(row: dict[str, Any]) -> MealServed:
    return MealServed(
        meal_id=row["meal_id"],
        canteen_id=row["canteen_id"],
        menu_id=row["menu_id"],
        day=row["day"],
        meal=Meal(row["meal"]),
        headcount=row["headcount"],
        dish_codes=tuple(row["dish_codes"]),
        used=tuple(FoodUsed(**one) for one in row["used"]),
        served_at=row["served_at"],
    )


def _read(row: Row[Any]) -> MealServedRead:
    return MealServedRead.model_validate(dict(row._mapping))


async def read_meal(uow: UnitOfWork, meal_id: str) -> MealServedRead:
    """Return a meal that was served."""
    row = await queries.find(uow.session, meal_id)
    if row is None:
        raise NotFound("meal", meal_id)
    return _read(row)


async def list_meals(uow: UnitOfWork, paging: Paging, canteen_id: str | None, day: date | None) -> list[MealServedRead]:
    """Return a page of meals served."""
    return [_read(row) for row in await queries.page(uow.session, paging.limit, paging.after, canteen_id, day)]
