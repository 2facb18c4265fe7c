"""Routes of trip plans."""

from typing import Any

from services.logistics.parameters import InCounty, PlanId
from services.logistics.plans import queries, usecases
from services.logistics.plans.proposals import differences_of
from services.logistics.plans.schemas import PlanDetail, PlanRead, PlanRequest, Plans, ReplanRequest
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/trip-plans", tags=["trip plans"])


@router.post("", status_code=202, response_model=PlanRead)
async def request_plan(body: PlanRequest, uow: UoW) -> Any:
    """Have the trips of a county's day planned; ask for the plan until it is `done`."""
    return await usecases.request_plan(uow, body.county_code, body.day, body.budget())


@router.post("/anew", status_code=202, response_model=PlanRead)
async def request_anew(body: ReplanRequest, uow: UoW) -> Any:
    """Have trips that have not begun planned anew around what is locked, pinned or moved.

    Ask for the plan until it is `proposed`: its `differences` are what applying it would change.
    """
    changes = [one.model_dump() for one in body.changes]
    return await usecases.request_anew(uow, body.county_code, body.day, body.budget(), changes)


@router.get("", response_model=Plans)
async def list_plans(uow: UoW, page: Page, county_code: InCounty = None) -> Any:
    """List trip plans, oldest first."""
    rows = await queries.page_of(uow, page, county_code)
    more = len(rows) > page.limit
    return {"items": rows[: page.limit], "next": rows[page.limit - 1].plan_id if more else None}


@router.get("/{plan_id}", response_model=PlanDetail)
async def read_plan(plan_id: PlanId, uow: UoW) -> Any:
    """Read a trip plan; of a proposed one also what applying it would change."""
    row = await usecases.read_plan(uow, plan_id)
    return {**row._mapping, "differences": await differences_of(uow, row)}


@router.post("/{plan_id}/apply", response_model=PlanRead)
async def apply_plan(plan_id: PlanId, uow: UoW) -> Any:
    """Replace the trips by what a plan proposes, all or nothing; refused once a trip has left or an order changed."""
    return await usecases.apply_plan(uow, plan_id)


@router.post("/{plan_id}/cancel", response_model=PlanRead)
async def cancel_plan(plan_id: PlanId, uow: UoW) -> Any:
    """Cancel a trip plan that is not finished."""
    return await usecases.cancel_plan(uow, plan_id)
