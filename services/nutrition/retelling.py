"""Telling again what nutrition owns, for whoever lost its copy: the index, by what it is called (decision 55)."""

from services.nutrition.canteens import queries as canteens
from services.nutrition.foods import queries as foods
from shared.copies import Retell
from shared.events.nutrition import CanteenRegistered, FoodRegistered
from shared.fields import Meal
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def retell_canteens(uow: UnitOfWork, paging: Paging) -> list[str]:
    """Tell where canteens are."""
    rows = await canteens.page(uow.session, paging, None)
    for row in rows:
        meals = tuple(meal for meal in Meal if getattr(row, meal.value))
        same = {name: getattr(row, name) for name in CanteenRegistered.model_fields if name != "meals"}
        uow.emit(CanteenRegistered(meals=meals, **same))
    return [row.canteen_id for row in rows]


async def retell_foods(uow: UnitOfWork, paging: Paging) -> list[str]:
    """Tell what foods are called, and how they travel."""
    rows = await foods.page(uow.session, paging, None)
    for row in rows:
        same = {name: getattr(row, name) for name in FoodRegistered.model_fields if name != "registered_at"}
        uow.emit(FoodRegistered(registered_at=uow.now, **same))
    return [row.food_code for row in rows]


RETOLD: dict[str, Retell] = {"canteens": retell_canteens, "foods": retell_foods}
