"""Routes of the meals served."""

from fastapi import Response

from services.nutrition.pages import Listed, listed
from services.nutrition.servings import corrections, reading, usecases
from services.nutrition.servings.schemas import CorrectionInput, MealRead, MealServedRead, ServingInput
from shared.fields import Code, Day, Id
from shared.routing import ExpectedVersion, Page, UoW, service_router

router = service_router(prefix="/meals", tags=["meals"])


@router.post("", status_code=201)
async def serve_meal(body: ServingInput, response: Response, uow: UoW) -> MealServedRead:
    """Record a meal as served: the planned food for those who came is taken from the store, first expired first out.

    What was not there is answered as `short`; food past its day is cooked only when the kitchen says so and why. The
    same meal told again in the same words is answered with 200.
    """
    meal, new = await usecases.serve_meal(uow, body)
    if not new:
        response.status_code = 200
    response.headers["ETag"] = f'"{meal.version}"'
    return meal


@router.get("")
async def list_meals(
    page: Page, uow: UoW, canteen_id: Id | None = None, county_code: Code | None = None, day: Day | None = None
) -> Listed[MealServedRead]:
    """List meals served, of a canteen, a county, a day or all."""
    return listed(page, await reading.list_meals(uow, page, canteen_id, county_code, day), lambda meal: meal.meal_id)


@router.get("/{meal_id}")
async def read_meal(meal_id: Id, response: Response, uow: UoW) -> MealRead:
    """Show a meal that was served, with the lots it took, its temperatures, leftovers and corrections."""
    meal = await reading.read_meal(uow, meal_id)
    response.headers["ETag"] = f'"{meal.version}"'
    return meal


@router.post("/{meal_id}/corrections")
async def correct_meal(
    meal_id: Id, body: CorrectionInput, response: Response, uow: UoW, expected: ExpectedVersion
) -> MealRead:
    """Correct how many ate: 0 when the meal never took place. What it took is reckoned anew, the store gets the rest.

    What stood before is kept, and the others are told the meal again with a higher version. `If-Match` is the version.
    """
    meal = await corrections.correct_meal(uow, meal_id, expected, body)
    response.headers["ETag"] = f'"{meal.version}"'
    return meal
