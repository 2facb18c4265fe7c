"""Routes of the meal log."""

from fastapi import Response

from services.nutrition.meal_logs import usecases
from services.nutrition.meal_logs.schemas import MealLogInput, MealLogRead, MissingLog
from services.nutrition.pages import Listed, listed
from shared.fields import Code, Day, Id
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/meal-logs", tags=["meal logs"])


@router.post("", status_code=201)
async def log_meal(body: MealLogInput, response: Response, uow: UoW) -> MealLogRead:
    """Write down what a school leader found eating a meal; one entry per person and meal, several people may.

    Written down after the meal's day it is marked as late. Told again it is answered with 200.
    """
    entry, new = await usecases.log_meal(uow, body)
    if not new:
        response.status_code = 200
    return entry


@router.get("/missing")
async def list_missing(county_code: Code, day: Day, page: Page, uow: UoW) -> Listed[MissingLog]:
    """List a county's meals of a day that were served and that no leader wrote of."""
    return listed(page, await usecases.list_missing(uow, page, county_code, day), lambda meal: meal.meal_id)


@router.get("")
async def list_logs(
    page: Page,
    uow: UoW,
    canteen_id: Id | None = None,
    county_code: Code | None = None,
    day: Day | None = None,
    meal_id: Id | None = None,
) -> Listed[MealLogRead]:
    """List entries, of a canteen, a county, a day, a meal or all."""
    where = {"canteen_id": canteen_id, "day": day, "meal_id": meal_id}
    return listed(page, await usecases.list_logs(uow, page, county_code, **where), lambda entry: entry.log_id)
