"""Routes of the counties' own values of foods."""

from typing import Annotated

from fastapi import Body, Query

from services.nutrition.overrides import usecases
from services.nutrition.overrides.schemas import EXAMPLE, OverrideRead, OverrideVersionRead, Removal
from services.nutrition.pages import Listed, listed
from shared.bulk import Imported, Rows
from shared.fields import Code
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/food-overrides", tags=["foods"])


@router.put("")
async def put_overrides(body: Annotated[Rows, Body(examples=[{"rows": [EXAMPLE]}])], uow: UoW) -> Imported:
    """Say what a county knows better of foods; each row is an OverrideRow.

    A value that would make the food impossible, or less safe than the shared table says, is refused.
    """
    return await usecases.put_overrides(uow, body)


@router.get("")
async def list_overrides(
    county_code: Annotated[Code, Query(examples=["520628"])], page: Page, uow: UoW, food_code: Code | None = None
) -> Listed[OverrideRead]:
    """List what a county says, by food and field."""
    found = await usecases.list_overrides(uow, county_code, food_code, page)
    return listed(page, found, lambda one: f"{one.food_code}.{one.field}")


@router.post("/{county_code}/{food_code}/{field}/remove")
async def remove_override(county_code: Code, food_code: Code, field: Code, body: Removal, uow: UoW) -> None:
    """Take a value back: what the shared table says holds again; all versions stay readable."""
    await usecases.remove_override(uow, (county_code, food_code, field), body.reason)


@router.get("/{county_code}/{food_code}/{field}/versions")
async def list_override_versions(
    county_code: Code, food_code: Code, field: Code, page: Page, uow: UoW
) -> Listed[OverrideVersionRead]:
    """List everything a county said of one value, oldest first."""
    found = await usecases.list_versions(uow, (county_code, food_code, field), page)
    return listed(page, found, lambda one: str(one.version))
