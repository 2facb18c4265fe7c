"""What can happen to meals: they are served."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.nutrition.canteens import queries as canteens
from services.nutrition.days import today
from services.nutrition.dishes import queries as dishes
from services.nutrition.menus import queries as menus
from services.nutrition.menus.demand import Line
from services.nutrition.menus.domain import Menu, Planned
from services.nutrition.receipts import queries as receipts
from services.nutrition.servings import domain, queries, reading
from services.nutrition.servings.domain import Cooked, Eaters
from services.nutrition.servings.schemas import MealServedRead, ServingInput
from services.nutrition.stocks import queries as stocks
from services.nutrition.stocks.domain import Lot
from services.nutrition.temperatures import usecases as temperatures
from services.nutrition.upserts import digest_of
from shared.errors import AlreadyDone, DomainError, NotFound
from shared.events.nutrition import FoodUsed, MealServed
from shared.fields import Meal
from shared.ids import derived_id
from shared.unit_of_work import UnitOfWork


def meal_id_of(canteen_id: str, day: date, meal: Meal) -> str:
    """Return the id of a canteen's meal: the same before and after it is served."""
    return derived_id("meal", canteen_id, day, meal)


async def serve_meal(uow: UnitOfWork, body: ServingInput) -> tuple[MealServedRead, bool]:
    """Serve what the menu says and take it from the store; once per canteen, day and meal.

    Returns the meal and whether it is new: the same again is answered with the meal as it stands.
    """
    domain.check_day(body.day, uow.now)
    eaters = body.eaters()
    if not await canteens.lock_all(uow.session, [body.canteen_id]):
        raise NotFound("canteen", body.canteen_id, field="canteen_id")
    meal_id = meal_id_of(body.canteen_id, body.day, body.meal)
    before = await queries.find(uow.session, meal_id)
    if before is not None:
        _check_told_again(before, body, eaters)
        return await reading.served(uow, before), False
    menu, planned = await planned_meal(uow, body.canteen_id, body.day, body.meal)
    domain.check_headcount(eaters, planned.headcount)
    lines = await menus.lines_of_day(uow.session, menu.menu_id, planned.day)
    consent = body.expired.consent() if body.expired else None
    classes = {line.food_code: line.temperature_class for line in lines if line.food_code in planned.planned_g}
    domain.check_consent(consent, classes)
    needed = await needed_g(uow, planned, eaters)
    cooked = domain.cook(planned.day, needed, await lots_there(uow, body.canteen_id, planned), consent)
    await stocks.use(uow.session, body.canteen_id, cooked.taken)
    await _release(uow, menu.menu_id, lines, planned, cooked)
    row = _row(uow, meal_id, body, menu, planned) | eaten(eaters, cooked)
    await queries.keep(uow.session, row, cooked.taken)
    measured = await temperatures.measure_new(uow, row, planned.dishes, body.temperatures)
    uow.emit(told(row))
    return reading.read(row, measured), True


def _check_told_again(before: Any, body: ServingInput, eaters: Eaters) -> None:
    """The same once more is welcome; meals recorded before digests were kept are known by their number."""
    same = before.headcount == eaters.headcount if not before.digest else before.digest == digest_of(body)
    if not same:
        detail = (
            f"{body.meal} of {body.day} was served to {before.headcount}; what was wrong is corrected, with a reason"
        )
        raise AlreadyDone("meal-served", detail, field="headcount")


async def planned_meal(uow: UnitOfWork, canteen_id: str, day: date, meal: Meal) -> tuple[Menu, Planned]:
    """Return the menu and meal planned for a canteen; DomainError meal-not-planned when there is none."""
    found = await menus.planned_meal(uow.session, canteen_id, day, meal)
    if found is None:
        raise DomainError("meal-not-planned", f"no menu of {canteen_id} plans {meal} for {day}", field="meal")
    return found


async def needed_g(uow: UnitOfWork, planned: Planned, eaters: Eaters) -> dict[str, int]:
    """Return the grams as bought those who came need; recipes are looked up only where age bands were counted."""
    recipes = {} if eaters.by_band is None else await dishes.recipes_at(uow.session, planned.dishes)
    return domain.needed_g(planned, eaters, recipes)


async def lots_there(uow: UnitOfWork, canteen_id: str, planned: Planned) -> dict[str, list[Lot]]:
    """Return the lots a meal can have been cooked from; only for a day that is over it matters when they came in."""
    lots = await stocks.lots(uow.session, canteen_id, planned.planned_g)
    if planned.day >= today(uow.now):
        return lots
    came_on = await receipts.came_on(uow.session, canteen_id, planned.planned_g)
    return {food: domain.there_on(planned.day, known, came_on) for food, known in lots.items()}


async def _release(uow: UnitOfWork, menu_id: str, lines: Sequence[Line], planned: Planned, cooked: Cooked) -> None:
    """Give back what was held for the meal."""
    used = domain.by_food(cooked.taken)
    progress = [
        (menu_id, domain.advance(line, planned.planned_g[line.food_code], used.get(line.food_code, 0)))
        for line in lines
        if line.food_code in planned.planned_g
    ]
    await menus.save_progress(uow.session, progress)


def _row(uow: UnitOfWork, meal_id: str, body: ServingInput, menu: Menu, planned: Planned) -> dict[str, Any]:
    return {
        "meal_id": meal_id,
        "version": 1,
        "canteen_id": menu.canteen_id,
        "menu_id": menu.menu_id,
        "menu_version": menu.version,
        "day": planned.day,
        "meal": planned.meal.value,
        "planned_headcount": planned.headcount,
        "dish_codes": [code for code, _ in planned.dishes],
        "expired": body.expired.model_dump() if body.expired else None,
        "cooked_by": body.cooked_by,
        "served_by": body.served_by,
        "late": planned.day < today(uow.now),
        "digest": digest_of(body),
        "served_at": uow.now,
    }


def eaten(eaters: Eaters, cooked: Cooked) -> dict[str, Any]:
    """Return the columns of who ate, what was taken and what was missing."""
    by_band = eaters.by_band
    return {
        "headcount": eaters.headcount,
        "headcounts": None if by_band is None else {band.value: n for band, n in by_band.items()},
        "used": [
            {
                "food_code": one.food_code,
                "lot_id": one.lot_id or None,
                "quantity_g": one.quantity_g,
                "expired": one.expired,
            }
            for one in cooked.taken
        ],
        "short": [
            {"food_code": one.food_code, "short_g": one.short_g, "expired_g": one.expired_g} for one in cooked.short
        ],
    }


def told(row: Mapping[str, Any]) -> MealServed:
    """Return what the others are told of a meal."""
    return MealServed(
        meal_id=row["meal_id"],
        version=row["version"],
        canteen_id=row["canteen_id"],
        menu_id=row["menu_id"],
        day=row["day"],
        meal=Meal(row["meal"]),
        headcount=row["headcount"],
        dish_codes=tuple(row["dish_codes"]),
        used=tuple(
            FoodUsed(food_code=one["food_code"], lot_id=one["lot_id"], quantity_g=one["quantity_g"])
            for one in row["used"]
        ),
        served_at=row["served_at"],
    )
