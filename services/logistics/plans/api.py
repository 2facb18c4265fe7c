"""Routes of trip plans."""

from typing import Any

from services.logistics.parameters import InCounty, PlanId
from services.logistics.plans import queries, usecases
from services.logistics.plans.schemas import PlanRead, PlanRequest, Plans
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/trip-plans", tags=["trip plans"])


@router.post("", status_code=202, response_model=PlanRead)
async def request_plan(body: PlanRequest, uow: UoW) -> Any:
    """Have the trips of a county's day planned; ask for the plan until it is `done`."""
    return await usecases.request_plan(uow, body.county_code, body.day)


@router.get("", response_model=Plans)
async def list_plans(uow: UoW, page: Page, county_code: InCounty = None) -> Any:
    """List trip plans, oldest first."""
    rows = await queries.page_of(uow, page, county_code)
    more = len(rows) > page.limit
    return {"items": rows[: page.limit], "next": rows[page.limit - 1].plan_id if more else None}


@router.get("/{plan_id}", response_model=PlanRead)
async def read_plan(plan_id: PlanId, uow: UoW) -> Any:
    """Read a trip plan."""
    return await usecases.read_plan(uow, plan_id)


@router.post("/{plan_id}/cancel", response_model=PlanRead)
async def cancel_plan(plan_id: PlanId, uow: UoW) -> Any:
    """Cancel a trip plan that is not finished."""
    return await usecases.cancel_plan(uow, plan_id)
