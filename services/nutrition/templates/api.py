"""Routes of menu templates."""

from typing import Any

from fastapi import Response
from sqlalchemy import Row

from services.nutrition.pages import Listed, listed
from services.nutrition.templates import usecases
from services.nutrition.templates.schemas import TemplateEdit, TemplateInput, TemplateRead
from services.nutrition.weekly.schemas import DraftingInput, DraftsMade, drafts_made
from shared.fields import Code, Id
from shared.routing import ExpectedVersion, Page, UoW, service_router

router = service_router(prefix="/menu-templates", tags=["menu templates"])


@router.post("", status_code=201)
async def create_template(body: TemplateInput, response: Response, uow: UoW) -> TemplateRead:
    """Keep a week for a group of canteens, with dishes all of them may cook."""
    row = await usecases.create_template(uow, body.group_id, body.name, [one.slot for one in body.meals])
    response.headers["Location"] = f"/menu-templates/{row.template_id}"
    return _read(row, response)


@router.get("")
async def list_templates(
    page: Page, uow: UoW, county_code: Code | None = None, canteen_id: Id | None = None, group_id: Id | None = None
) -> Listed[TemplateRead]:
    """List templates with their meals: of a county, a group, the groups a canteen is in, or all."""
    rows = await usecases.list_templates(uow, page, county_code, canteen_id, group_id)
    return listed(page, [_read(row) for row in rows], lambda template: template.template_id)


@router.get("/{template_id}")
async def read_template(template_id: Id, response: Response, uow: UoW) -> TemplateRead:
    """Show a template with its meals."""
    return _read(await usecases.read_template(uow, template_id), response)


@router.put("/{template_id}")
async def edit_template(
    template_id: Id, body: TemplateEdit, response: Response, uow: UoW, expected: ExpectedVersion
) -> TemplateRead:
    """Replace what a template says; drafts made of it stay. `If-Match` is the version you read."""
    slots = [one.slot for one in body.meals]
    return _read(await usecases.edit_template(uow, template_id, expected, body.name, slots), response)


@router.delete("/{template_id}", status_code=204)
async def delete_template(template_id: Id, uow: UoW, expected: ExpectedVersion) -> None:
    """Throw a template away; drafts made of it stay."""
    await usecases.delete_template(uow, template_id, expected)


@router.post("/{template_id}/drafts", status_code=201)
async def draft_template(template_id: Id, body: DraftingInput, uow: UoW) -> DraftsMade:
    """Make a week's drafts for the group's canteens that are the caller's; each names what it could not take over:
    closed days, dishes.
    """
    made = await usecases.draft_template(uow, template_id, body.week_start, body.canteen_ids)
    return drafts_made(body.week_start, made)


def _read(row: Row[Any], response: Response | None = None) -> TemplateRead:
    if response is not None:
        response.headers["ETag"] = f'"{row.version}"'
    return TemplateRead(**row._mapping)
