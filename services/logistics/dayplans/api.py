"""Routes of day plans."""

from typing import Any

from services.logistics.dayplans import usecases
from services.logistics.dayplans.schemas import DayPlanRead, DayPlanRequest
from services.logistics.parameters import PlanId
from shared.routing import UoW, service_router

router = service_router(prefix="/day-plans", tags=["trip plans"])


@router.post("", status_code=202, response_model=DayPlanRead)
async def request_day_plan(body: DayPlanRequest, uow: UoW) -> Any:
    """Have the trips of all counties of a day planned, several at once; ask for the day plan until it has ended.

    Counties whose day is being planned already are left out. A plan asked for by itself goes before the others.
    """
    return await usecases.request_day_plan(uow, body.day, body.budget())


@router.get("/{day_plan_id}", response_model=DayPlanRead)
async def read_day_plan(day_plan_id: PlanId, uow: UoW) -> Any:
    """Read a day plan: how far it is, and each county's plan."""
    return await usecases.read_day_plan(uow, day_plan_id)


@router.post("/{day_plan_id}/cancel", response_model=DayPlanRead)
async def cancel_day_plan(day_plan_id: PlanId, uow: UoW) -> Any:
    """Cancel what is not finished of a day plan; trips of counties that are done stand."""
    return await usecases.cancel_day_plan(uow, day_plan_id)
