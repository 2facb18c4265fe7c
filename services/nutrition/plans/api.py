"""Routes of menu plans."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request, Response

from services.nutrition.pages import Listed
from services.nutrition.pages import listed as page_of
from services.nutrition.plans import reading, usecases
from services.nutrition.plans.answers import PlanListed, PlanRead, RunRead
from services.nutrition.plans.domain import Plan, PlanStatus, Run
from services.nutrition.plans.schemas import BatchRequest, PlanQueued, PlanRequest, RunQueued, TakeInput
from shared.fields import Code, Day, Id
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/menu-plans", tags=["menu plans"])

PlanId = Annotated[Id, Path(examples=["01935e3a-7c00-7000-8000-000000000001"])]
RunId = Annotated[Id, Path(examples=["01935e3a-7c00-7000-8000-000000000002"])]


async def _most_waiting(request: Request) -> int:
    most: int = request.app.state.service.settings.plan_queue
    return most


MostWaiting = Annotated[int, Depends(_most_waiting)]


def _queued(run: Run, plans: list[Plan]) -> RunQueued:
    made = [PlanQueued(plan_id=plan.plan_id, canteen_id=plan.canteen_id) for plan in plans]
    return RunQueued(run_id=run.run_id, plans=made)


@router.post("", status_code=202)
async def ask_for_plan(body: PlanRequest, response: Response, uow: UoW, most_waiting: MostWaiting) -> RunQueued:
    """Ask for a canteen's menu for one to four weeks: the best for the money there is, from what is growing."""
    run, plans = await usecases.queue_plan(uow, body, most_waiting)
    response.headers["Location"] = f"/menu-plans/{plans[0].plan_id}"
    return _queued(run, plans)


@router.post("/batch", status_code=202)
async def ask_for_batch(body: BatchRequest, response: Response, uow: UoW, most_waiting: MostWaiting) -> RunQueued:
    """Ask for the menus of many canteens of a county: they share what is on offer, and the work of planning."""
    run, plans = await usecases.queue_batch(uow, body, most_waiting)
    response.headers["Location"] = f"/menu-plans/batch/{run.run_id}"
    return _queued(run, plans)


@router.get("/batch/{run_id}")
async def read_run(run_id: RunId, uow: UoW) -> RunRead:
    """Show how far a planning run is."""
    return await reading.read_run(uow, run_id)


@router.post("/batch/{run_id}/cancel")
async def cancel_run(run_id: RunId, uow: UoW) -> RunRead:
    """Stop a run: the answers that are there stand."""
    await usecases.cancel_run(uow, run_id)
    return await reading.read_run(uow, run_id)


@router.get("")
async def list_plans(
    page: Page,
    uow: UoW,
    canteen_id: Annotated[Id | None, Query(examples=["sch-520628-0001"])] = None,
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
    run_id: Id | None = None,
    week_start: Day | None = None,
    status: PlanStatus | None = None,
) -> Listed[PlanListed]:
    """List plans without their answers, the oldest first: of a canteen, a county, a run, a week, a status or all."""
    found = await reading.list_plans(
        uow,
        page,
        canteen_id=canteen_id,
        county_code=county_code,
        run_id=run_id,
        week_start=week_start,
        status=status,
    )
    return page_of(page, found, lambda plan: plan.plan_id)


@router.get("/{plan_id}")
async def read_plan(plan_id: PlanId, uow: UoW) -> PlanRead:
    """Show a plan: its menus, what is proved of them, what each missed target would cost to mend."""
    return await reading.read_plan(uow, plan_id)


@router.post("/{plan_id}/cancel")
async def cancel_plan(plan_id: PlanId, uow: UoW) -> PlanRead:
    """Call a plan off that waits or is being computed."""
    await usecases.cancel_plan(uow, plan_id)
    return await reading.read_plan(uow, plan_id)


@router.post("/{plan_id}/take")
async def take_plan(plan_id: PlanId, body: TakeInput, uow: UoW) -> PlanListed:
    """Take one of a plan's menus: it becomes a draft for each week, to be edited, checked and published."""
    return reading.listed(await usecases.take_plan(uow, plan_id, body.alternative, body.headcount is not None))
