"""Routes of planning with the farms. It is asked for where menus are made: nutrition, `/county-plans`."""

from typing import Annotated

from fastapi import Path, Query

from services.procurement.answers import Items, cut
from services.procurement.joint import domain, queries, usecases
from services.procurement.joint.schemas import DraftRead, JointPlanListed, JointPlanRead, WorthRead
from shared.errors import NotFound
from shared.fields import Code, Day, Id, Round
from shared.routing import Page, UoW, service_router
from shared.unit_of_work import UnitOfWork

router = service_router(prefix="/joint-plans", tags=["planning with the farms"])

PlanningId = Annotated[Id, Path(examples=["01935e3a-7c00-7000-8000-000000000003"])]


@router.get("")
async def list_plans(
    uow: UoW,
    page: Page,
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
    week_start: Annotated[Day | None, Query(examples=["2026-11-30"])] = None,
) -> Items[JointPlanListed]:
    """List the weeks planned with the farms, the oldest first, and what each gains against menus first."""
    found = await queries.page(uow.session, page, county_code, week_start)
    plans, after = cut(page, found, lambda plan: plan.planning_id)
    return Items(items=[JointPlanListed.of(plan) for plan in plans], next=after)


@router.get("/{planning_id}")
async def read_plan(planning_id: PlanningId, uow: UoW) -> JointPlanRead:
    """Show how far the planning of a county's week is, round by round, and what it gains against menus first."""
    return await _read(uow, planning_id)


@router.post("/{planning_id}/cancel")
async def cancel_plan(planning_id: PlanningId, uow: UoW) -> JointPlanRead:
    """Tell no more prices: every canteen gets its best draft at those told last."""
    await usecases.cancel(uow, planning_id)
    return await _read(uow, planning_id)


@router.get("/{planning_id}/rounds/{number}/prices")
async def list_prices(
    planning_id: PlanningId, number: Annotated[Round, Path(examples=[3])], uow: UoW, page: Page
) -> Items[WorthRead]:
    """List what foods were worth in a round, by food."""
    plan = await usecases.plan_of(uow, planning_id)
    row = await queries.one_round(uow.session, planning_id, number)
    if row is None:
        raise NotFound("round", str(number), field="number")
    worths = [
        WorthRead.of(code, one, plan.foods.get(code))
        for code, one in sorted(domain.nexts_of(row.prices).items())
        if page.after is None or code > page.after
    ]
    found, after = cut(page, worths, lambda worth: worth.food_code)
    return Items(items=list(found), next=after)


@router.get("/{planning_id}/drafts")
async def list_drafts(planning_id: PlanningId, uow: UoW, page: Page) -> Items[DraftRead]:
    """List the drafts told for a plan; when it is done, those chosen."""
    await usecases.plan_of(uow, planning_id)
    rows, after = cut(page, await queries.drafts_page(uow.session, planning_id, page), lambda row: str(row.draft_id))
    return Items(items=[DraftRead.of(row) for row in rows], next=after)


async def _read(uow: UnitOfWork, planning_id: str) -> JointPlanRead:
    plan = await usecases.plan_of(uow, planning_id)
    return JointPlanRead.about(plan, await queries.rounds(uow.session, planning_id))
