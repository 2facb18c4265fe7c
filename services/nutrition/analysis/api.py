"""Routes of the analyses."""

from typing import Annotated

from fastapi import Query

from services.nutrition.analysis import differences, mending, usecases
from services.nutrition.analysis import overview as county
from services.nutrition.analysis.schemas import AnalysisInput, AnalysisRead, DifferencesRead, LiftsRead, OverviewRead
from services.nutrition.drafts.schemas import wishes_of
from services.nutrition.pages import Listed, listed
from shared.fields import Code, Day, Id
from shared.routing import Page, UoW, service_router

router = service_router(tags=["menu analyses"])


@router.get("/menus/{menu_id}/analysis")
async def analyse_menu(menu_id: Id, uow: UoW) -> AnalysisRead:
    """Judge a published menu by the canteen's standard, with the dishes as published and the prices of now."""
    return await usecases.of_menu(uow, menu_id)


@router.get("/menu-drafts/{draft_id}/analysis")
async def analyse_draft(draft_id: Id, uow: UoW) -> AnalysisRead:
    """Judge a draft as it stands."""
    return await usecases.of_draft(uow, draft_id)


@router.post("/menu-analyses")
async def analyse_week(body: AnalysisInput, uow: UoW) -> AnalysisRead:
    """Judge a week that is kept nowhere: totals while somebody composes it."""
    return await usecases.of_wishes(uow, body.canteen_id, body.week_start, wishes_of(body.days))


@router.get("/menu-analyses")
async def overview(
    page: Page,
    uow: UoW,
    county_code: Annotated[Code, Query(examples=["520628"])],
    week_start: Annotated[Day, Query(examples=["2026-11-30"])],
) -> Listed[OverviewRead]:
    """List the menus of a county's week, each judged in short: score, cost, whom the money reaches, what lacks most."""
    found = await county.of_county(uow, county_code, week_start, page)
    return listed(page, found, lambda read: read.menu_id)


@router.get("/menus/{menu_id}/lifts")
async def lift_menu(menu_id: Id, uow: UoW) -> LiftsRead:
    """Name the nutrient a menu lacks most, and the dishes that would mend the most of it for each fen."""
    return await mending.of_menu(uow, menu_id)


@router.get("/menu-drafts/{draft_id}/lifts")
async def lift_draft(draft_id: Id, uow: UoW) -> LiftsRead:
    """Name the nutrient a draft lacks most, and the dishes that would mend the most of it for each fen."""
    return await mending.of_draft(uow, draft_id)


@router.post("/menu-analyses/lifts")
async def lift_week(body: AnalysisInput, uow: UoW) -> LiftsRead:
    """Name the nutrient a week that is kept nowhere lacks most, and the dishes that mend the most of it per fen."""
    return await mending.of_wishes(uow, body.canteen_id, body.week_start, wishes_of(body.days))


@router.get("/menus/{menu_id}/differences")
async def compare_versions(
    menu_id: Id,
    uow: UoW,
    first: Annotated[int, Query(alias="from", ge=1, le=2_000_000_000)],
    last: Annotated[int, Query(alias="to", ge=1, le=2_000_000_000)],
) -> DifferencesRead:
    """Show what changed from one version of a menu to a later one: meals, demand, cost, nutrients, and why."""
    return await differences.between(uow, menu_id, first, last)
