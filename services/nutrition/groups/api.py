"""Routes of groups of canteens."""

from typing import Annotated

from fastapi import Body

from services.nutrition.groups import usecases
from services.nutrition.groups.schemas import EXAMPLE, GroupRead
from services.nutrition.pages import Listed, listed
from shared.bulk import Imported, Rows
from shared.fields import Code, Id
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/canteen-groups", tags=["canteen groups"])


@router.put("")
async def put_groups(body: Annotated[Rows, Body(examples=[{"rows": [EXAMPLE]}])], uow: UoW) -> Imported:
    """Say which canteens of a county are looked after together; each row (a GroupRow) names all of its canteens."""
    return await usecases.put_groups(uow, body)


@router.get("")
async def list_groups(
    page: Page, uow: UoW, county_code: Code | None = None, canteen_id: Id | None = None
) -> Listed[GroupRead]:
    """List groups with their canteens: of a county, those a canteen is in, or all."""
    return listed(page, await usecases.list_groups(uow, page, county_code, canteen_id), lambda group: group.group_id)


@router.get("/{group_id}")
async def read_group(group_id: Id, uow: UoW) -> GroupRead:
    """Show a group with its canteens."""
    return await usecases.read_group(uow, group_id)
