"""Routes of the meals served."""

from fastapi import Response

from services.nutrition.pages import Listed, listed
from services.nutrition.servings import usecases
from services.nutrition.servings.schemas import MealServedRead, ServingInput
from shared.fields import Day, Id
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/meals", tags=["meals"])


@router.post("", status_code=201)
async def serve_meal(body: ServingInput, response: Response, uow: UoW) -> MealServedRead:
    """Record a meal as served: the planned food for those who came is taken from the store, first expired first out.

    What was not there is answered as `short`. The same meal with the same headcount again is answered with 200.
    """
    meal, new = await usecases.serve_meal(uow, body.canteen_id, body.day, body.meal, body.headcount)
    if not new:
        response.status_code = 200
    return meal


@router.get("")
async def list_meals(
    page: Page, uow: UoW, canteen_id: Id | None = None, day: Day | None = None
) -> Listed[MealServedRead]:
    """List meals served, of a canteen or a day or all."""
    return listed(page, await usecases.list_meals(uow, page, canteen_id, day), lambda meal: meal.meal_id)


@router.get("/{meal_id}")
async def read_meal(meal_id: Id, uow: UoW) -> MealServedRead:
    """Show a meal that was served, with the lots it took."""
    return await usecases.read_meal(uow, meal_id)
