"""What can happen to temperatures: they are measured, and measured again."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.nutrition.days import check_done_on
from services.nutrition.dishes import queries as dishes
from services.nutrition.menus import queries as menus
from services.nutrition.servings import queries as servings
from services.nutrition.servings.domain import check_dishes
from services.nutrition.temperatures import domain, queries
from services.nutrition.temperatures.schemas import TemperatureInput, TemperatureRead
from shared.errors import AlreadyDone, DomainError
from shared.fields import Meal
from shared.unit_of_work import UnitOfWork


async def measure(uow: UnitOfWork, meal_id: str, told: Sequence[TemperatureInput]) -> list[TemperatureRead]:
    """Add measurements to a meal that was served; return all there are of it."""
    meal = await servings.one(uow.session, meal_id)
    planned = await menus.planned_meal(uow.session, meal.canteen_id, meal.day, Meal(meal.meal))
    await measure_new(uow, dict(meal._mapping), planned[1].dishes if planned else (), told)
    kept = (await queries.of_meals(uow.session, [meal_id])).get(meal_id, [])
    by_place = {(one.dish_code, one.measured_at): one for one in kept}
    for place, one in enumerate(told):
        there = by_place[one.dish_code, one.measured_at or uow.now]
        if (there.core_c, there.remark) != (one.core_c, one.remark):
            detail = f"{there.core_c:g} °C was measured at that instant; measure again rather than write over it"
            raise AlreadyDone("temperature-measured", detail, field=f"temperatures.{place}.core_c")
    return kept


async def measure_new(
    uow: UnitOfWork, meal: Mapping[str, Any], versions: Sequence[tuple[str, int]], told: Sequence[TemperatureInput]
) -> list[TemperatureRead]:
    """Judge and keep measurements of a meal whose dishes have these versions."""
    if not told:
        return []
    check_dishes([one.dish_code for one in told], meal["dish_codes"], "temperatures")
    recipes = {code: recipe for (code, _), recipe in (await dishes.recipes_at(uow.session, versions)).items()}
    day: date = meal["day"]
    judged: list[TemperatureRead] = []
    for place, one in enumerate(told):
        field = f"temperatures.{place}"
        at = one.measured_at or uow.now
        check_done_on(day, at, uow.now, f"{field}.measured_at")
        recipe = recipes.get(one.dish_code)
        hot = recipe is None or domain.is_hot(recipe.category, recipe.method)
        warning = domain.judge(hot, one.core_c, one.remark, field)
        if any((before.dish_code, before.measured_at) == (one.dish_code, at) for before in judged):
            raise DomainError("measured-twice", f"{one.dish_code} stands there twice", field=f"{field}.dish_code")
        judged.append(TemperatureRead(**one.model_dump(exclude={"measured_at"}), measured_at=at, warning=warning))
    rows = [{"meal_id": meal["meal_id"], **one.model_dump(mode="python")} for one in judged]
    await queries.add(uow, [row | {"warning": row["warning"] and row["warning"].value} for row in rows])
    return judged
