"""Routes that copy weeks."""

from fastapi import Response
from pydantic import ConfigDict

from services.nutrition.drafts.domain import Draft
from services.nutrition.drafts.schemas import DraftRead, read_of
from services.nutrition.weekly import copying
from shared.fields import Day, Id
from shared.routing import Input, UoW, service_router

router = service_router(tags=["menu drafts"])


class CopyInput(Input):
    """Where a week is copied to; without a canteen it stays where it is."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"week_start": "2026-12-07", "canteen_id": "sch-520628-0001"}]}
    )

    week_start: Day
    canteen_id: Id | None = None


@router.post("/menus/{menu_id}/copy", status_code=201)
async def copy_menu(menu_id: Id, body: CopyInput, response: Response, uow: UoW) -> DraftRead:
    """Draft another week, or another canteen's of the county, after a menu; `left_empty` names what is lost."""
    return _made(response, await copying.copy_menu(uow, menu_id, body.week_start, body.canteen_id))


@router.post("/menu-drafts/{draft_id}/copy", status_code=201)
async def copy_draft(draft_id: Id, body: CopyInput, response: Response, uow: UoW) -> DraftRead:
    """Draft another week, or another canteen's of the county, after a draft; `left_empty` names what is lost."""
    return _made(response, await copying.copy_draft(uow, draft_id, body.week_start, body.canteen_id))


def _made(response: Response, draft: Draft) -> DraftRead:
    response.headers["Location"] = f"/menu-drafts/{draft.draft_id}"
    response.headers["ETag"] = f'"{draft.version}"'
    return read_of(draft)
