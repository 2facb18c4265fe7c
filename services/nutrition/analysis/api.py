"""Routes of the analyses."""

from services.nutrition.analysis import usecases
from services.nutrition.analysis.schemas import AnalysisInput, AnalysisRead
from services.nutrition.drafts.schemas import wishes_of
from shared.fields import Id
from shared.routing import UoW, service_router

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
