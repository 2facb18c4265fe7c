"""Routes of county plans."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request, Response

from services.nutrition.pages import Listed, listed
from services.nutrition.rounds import queries, usecases
from services.nutrition.rounds.schemas import CanteenPlanned, CountyPlanInput, CountyPlanListed, CountyPlanRead
from services.nutrition.rounds.usecases import Bounds
from shared.fields import Code, Day, Id
from shared.routing import Page, UoW, service_router
from shared.unit_of_work import UnitOfWork

router = service_router(prefix="/county-plans", tags=["county plans"])

PlanningId = Annotated[Id, Path(examples=["01935e3a-7c00-7000-8000-000000000003"])]


async def _bounds(request: Request) -> Bounds:
    settings = request.app.state.service.settings
    return Bounds(settings.county_rounds, settings.county_wait_minutes)


@router.post("", status_code=202)
async def request_plan(
    body: CountyPlanInput, response: Response, uow: UoW, bounds: Annotated[Bounds, Depends(_bounds)]
) -> CountyPlanListed:
    """Plan a county's week with its farms: what is worth most to grow and eat there, settled in a few rounds."""
    plan = await usecases.request_plan(uow, body.county_code, body.week_start, publish=body.publish, bounds=bounds)
    response.headers["Location"] = f"/county-plans/{plan.planning_id}"
    return CountyPlanListed.of(plan)


@router.get("")
async def list_plans(
    page: Page,
    uow: UoW,
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
    week_start: Annotated[Day | None, Query(examples=["2026-11-30"])] = None,
) -> Listed[CountyPlanListed]:
    """List county plans, the oldest first."""
    found = await queries.page(uow.session, page, county_code, week_start)
    return listed(page, [CountyPlanListed.of(plan) for plan in found], lambda plan: plan.planning_id)


@router.get("/{planning_id}")
async def read_plan(planning_id: PlanningId, uow: UoW) -> CountyPlanRead:
    """Show how far the planning of a county's week is, round by round."""
    return await _read(uow, planning_id)


@router.post("/{planning_id}/cancel")
async def cancel_plan(planning_id: PlanningId, uow: UoW) -> CountyPlanRead:
    """Call the planning of a county's week off; menus that were made already stand."""
    await usecases.cancel_plan(uow, planning_id)
    return await _read(uow, planning_id)


@router.get("/{planning_id}/canteens")
async def list_canteens(planning_id: PlanningId, page: Page, uow: UoW) -> Listed[CanteenPlanned]:
    """List the canteens of a county's plan and what became of each."""
    await usecases.plan_of(uow, planning_id)
    rows = await queries.canteens_page(uow.session, planning_id, page)
    return listed(page, [CanteenPlanned.of(row) for row in rows], lambda row: row.canteen_id)


async def _read(uow: UnitOfWork, planning_id: str) -> CountyPlanRead:
    plan = await usecases.plan_of(uow, planning_id)
    told = await queries.rounds_told(uow.session, planning_id)
    return CountyPlanRead.about(plan, told, await queries.rounds_answered(uow.session, planning_id))
