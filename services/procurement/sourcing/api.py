"""Routes of sourcing runs."""

from typing import Annotated

from fastapi import Path, Query

from services.procurement.answers import Items, cut
from services.procurement.sourcing import queries, usecases
from services.procurement.sourcing.schemas import (
    AllocationRead,
    CountyRun,
    ProvinceRunRequest,
    ProvinceRuns,
    RunAccount,
    RunQueued,
    RunRead,
    RunRequest,
    ShortfallRead,
)
from shared.fields import Code, Day, Id
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/sourcing-runs", tags=["sourcing"])

RunId = Annotated[Id, Path(examples=["01935e3a-7c00-7000-8000-000000000001"])]


@router.post("", status_code=202)
async def queue_run(body: RunRequest, uow: UoW) -> RunQueued:
    """Match a county's week of demand with the offers there are; the run starts within a second."""
    run = await usecases.queue_run(uow, body.county_code, body.week_start)
    return RunQueued(run_id=run.run_id, status=run.status)


@router.post("/province", status_code=202)
async def queue_province(body: ProvinceRunRequest, uow: UoW) -> ProvinceRuns:
    """Source a week of every county that has demand for it, county by county, on all replicas at once."""
    runs = await usecases.queue_province(uow, body.week_start)
    items = [CountyRun(run_id=run.run_id, status=run.status, county_code=run.county_code) for run in runs]
    return ProvinceRuns(items=items)


@router.get("")
async def list_runs(
    uow: UoW,
    page: Page,
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
    week_start: Annotated[Day | None, Query(examples=["2026-11-30"])] = None,
) -> Items[RunRead]:
    """List sourcing runs, the oldest first."""
    runs, after = cut(page, await usecases.runs_page(uow, page, county_code, week_start), lambda run: run.run_id)
    return Items(items=[RunRead.of(run) for run in runs], next=after)


@router.get("/{run_id}")
async def read_run(run_id: RunId, uow: UoW) -> RunAccount:
    """Show how far a run is and what it has done."""
    return RunAccount.about(await usecases.account_of(uow, run_id))


@router.post("/{run_id}/cancel")
async def cancel_run(run_id: RunId, uow: UoW) -> RunAccount:
    """Stop a run: what it has ordered stands, the rest stays open."""
    return RunAccount.about(await usecases.cancel_run(uow, run_id))


@router.get("/{run_id}/allocations")
async def list_allocations(run_id: RunId, uow: UoW, page: Page) -> Items[AllocationRead]:
    """Explain a run: which offer got what, and why."""
    await usecases.account_of(uow, run_id)
    rows, after = cut(page, await queries.allocations(uow.session, run_id, page), lambda row: str(row.line_id))
    return Items(items=[AllocationRead.of(row) for row in rows], next=after)


@router.get("/{run_id}/shortfalls")
async def list_shortfalls(run_id: RunId, uow: UoW, page: Page) -> Items[ShortfallRead]:
    """Explain a run: what nobody had, and which offers there were."""
    await usecases.account_of(uow, run_id)
    rows, after = cut(page, await queries.shortfalls(uow.session, run_id, page), lambda row: str(row.demand_id))
    return Items(items=[ShortfallRead.of(row) for row in rows], next=after)
