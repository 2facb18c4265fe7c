"""Routes of the drafts."""

from fastapi import Response

from services.nutrition.drafts import publishing, usecases
from services.nutrition.drafts.domain import DraftStatus
from services.nutrition.drafts.schemas import CheckRead, DraftInput, DraftRead, EditInput, ObjectionRead, read_of
from services.nutrition.pages import Listed, listed
from shared.fields import Code, Day, Id
from shared.routing import ExpectedVersion, Page, UoW, service_router

router = service_router(prefix="/menu-drafts", tags=["menu drafts"])


@router.post("", status_code=201)
async def create_draft(body: DraftInput, response: Response, uow: UoW) -> DraftRead:
    """Draft a menu: nobody is told, meals may be missing or empty; several drafts of a week stand side by side."""
    draft = await usecases.create_draft(uow, body.canteen_id, body.week_start, body.content)
    response.headers["Location"] = f"/menu-drafts/{draft.draft_id}"
    response.headers["ETag"] = f'"{draft.version}"'
    return read_of(draft)


@router.get("")
async def list_drafts(
    page: Page,
    uow: UoW,
    canteen_id: Id | None = None,
    county_code: Code | None = None,
    week_start: Day | None = None,
    status: DraftStatus | None = None,
) -> Listed[DraftRead]:
    """List drafts with their meals, of a canteen, a county, a week, a status or all."""
    drafts = await usecases.list_drafts(uow, page, canteen_id, county_code, week_start, status)
    return listed(page, [read_of(draft) for draft in drafts], lambda draft: draft.draft_id)


@router.get("/{draft_id}")
async def read_draft(draft_id: Id, response: Response, uow: UoW) -> DraftRead:
    """Show a draft with its meals and what could not be taken over when it was made."""
    draft = await usecases.read_draft(uow, draft_id)
    response.headers["ETag"] = f'"{draft.version}"'
    return read_of(draft)


@router.put("/{draft_id}")
async def edit_draft(
    draft_id: Id, body: EditInput, response: Response, uow: UoW, expected: ExpectedVersion
) -> DraftRead:
    """Replace what a draft says. `If-Match` is the version you read; a draft that was checked is a draft again."""
    draft = await usecases.edit_draft(uow, draft_id, expected, body.content)
    response.headers["ETag"] = f'"{draft.version}"'
    return read_of(draft)


@router.delete("/{draft_id}", status_code=204)
async def delete_draft(draft_id: Id, uow: UoW, expected: ExpectedVersion) -> None:
    """Throw a draft away; one that was published stays."""
    await usecases.delete_draft(uow, draft_id, expected)


@router.post("/{draft_id}/check")
async def check_draft(draft_id: Id, response: Response, uow: UoW, expected: ExpectedVersion) -> CheckRead:
    """Name everything that stands against publishing a draft; with nothing against it, it is checked."""
    draft, found = await publishing.check_draft(uow, draft_id, expected)
    response.headers["ETag"] = f'"{draft.version}"'
    objections = [ObjectionRead(rule=one.rule, field=one.field, detail=one.detail) for one in found]
    return CheckRead(draft=read_of(draft), objections=objections)


@router.post("/{draft_id}/publish")
async def publish_draft(draft_id: Id, response: Response, uow: UoW, expected: ExpectedVersion) -> DraftRead:
    """Publish a checked draft as the canteen's menu of its week; of two drafts of a week the second is refused."""
    draft, menu = await publishing.publish_draft(uow, draft_id, expected)
    response.headers["Location"] = f"/menus/{menu.menu_id}"
    response.headers["ETag"] = f'"{draft.version}"'
    return read_of(draft)
