"""Routes of cycle menus."""

from typing import Annotated

from fastapi import Query, Response

from services.nutrition.cycles import usecases
from services.nutrition.cycles.domain import MOST_WEEKS_AHEAD
from services.nutrition.cycles.schemas import CycleDemand, CycleEdit, CycleInput, CycleRead, read_of
from services.nutrition.pages import Listed, listed
from services.nutrition.weekly.schemas import DraftingInput, DraftsMade, drafts_made
from shared.fields import Code, Day, Id
from shared.routing import ExpectedVersion, Page, UoW, service_router

router = service_router(prefix="/cycles", tags=["cycle menus"])


@router.post("", status_code=201)
async def create_cycle(body: CycleInput, response: Response, uow: UoW) -> CycleRead:
    """Keep up to eight weeks of meals that come round again, for a canteen or a group; its food is forecast."""
    cycle = await usecases.create_cycle(uow, body.canteen_id, body.group_id, body.name, body.span, body.slots)
    response.headers["Location"] = f"/cycles/{cycle.cycle_id}"
    response.headers["ETag"] = f'"{cycle.version}"'
    return read_of(cycle)


@router.get("")
async def list_cycles(
    page: Page, uow: UoW, county_code: Code | None = None, canteen_id: Id | None = None, group_id: Id | None = None
) -> Listed[CycleRead]:
    """List cycles with their weeks: of a county, a group, those a canteen follows, or all."""
    cycles = await usecases.list_cycles(uow, page, county_code, canteen_id, group_id)
    return listed(page, [read_of(cycle) for cycle in cycles], lambda cycle: cycle.cycle_id)


@router.get("/{cycle_id}")
async def read_cycle(cycle_id: Id, response: Response, uow: UoW) -> CycleRead:
    """Show a cycle with its weeks."""
    cycle = await usecases.read_cycle(uow, cycle_id)
    response.headers["ETag"] = f'"{cycle.version}"'
    return read_of(cycle)


@router.put("/{cycle_id}")
async def edit_cycle(
    cycle_id: Id, body: CycleEdit, response: Response, uow: UoW, expected: ExpectedVersion
) -> CycleRead:
    """Replace what a cycle says; drafts made of it stay. `If-Match` is the version you read."""
    cycle = await usecases.edit_cycle(uow, cycle_id, expected, body.name, body.span, body.slots)
    response.headers["ETag"] = f'"{cycle.version}"'
    return read_of(cycle)


@router.delete("/{cycle_id}", status_code=204)
async def delete_cycle(cycle_id: Id, uow: UoW, expected: ExpectedVersion) -> None:
    """Throw a cycle away; drafts made of it stay, its food is forecast no more."""
    await usecases.delete_cycle(uow, cycle_id, expected)


@router.post("/{cycle_id}/drafts", status_code=201)
async def draft_cycle(cycle_id: Id, body: DraftingInput, uow: UoW) -> DraftsMade:
    """Make a week's drafts of a cycle; closed days are skipped, and each draft names what could not be taken over."""
    made = await usecases.draft_cycle(uow, cycle_id, body.week_start, body.canteen_ids)
    return drafts_made(body.week_start, made)


@router.get("/{cycle_id}/demand")
async def cycle_demand(
    cycle_id: Id,
    uow: UoW,
    first: Annotated[Day, Query(alias="from", examples=["2026-11-30"])],
    weeks: Annotated[int, Query(ge=1, le=MOST_WEEKS_AHEAD, examples=[4])] = 4,
) -> CycleDemand:
    """Tell the food a cycle will need, in g as bought by week: headcount × portions on the days that are served."""
    return await usecases.demand(uow, cycle_id, first, weeks)
