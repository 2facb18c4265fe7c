"""Routes of attendance."""

from typing import Annotated

from fastapi import Query

from services.nutrition.attendance import usecases
from services.nutrition.attendance.schemas import AttendanceForecast
from shared.fields import Day, Id, Meal
from shared.routing import UoW, service_router

router = service_router(prefix="/canteens/{canteen_id}/attendance-forecast", tags=["attendance"])
From = Annotated[Day, Query(alias="from", examples=["2026-11-30"])]
To = Annotated[Day, Query(alias="to", examples=["2026-12-04"], description="at most 62 days, and a year ahead")]


@router.get("")
async def read_forecast(
    canteen_id: Id, first: From, last: To, uow: UoW, meal: Meal | None = None
) -> AttendanceForecast:
    """Show how many will come to the meals of a canteen's school days, and how wrong such forecasts have been.

    Learnt from what was served before `from` (or tomorrow, if that is earlier): the weekday and the recent level, as
    shares of those enrolled, drawn towards enrolment as far as meals scatter; days around holidays apart.
    """
    return await usecases.read_forecast(uow, canteen_id, first, last, meal)
