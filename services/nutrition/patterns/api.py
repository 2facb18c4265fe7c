"""Routes of meal patterns."""

from typing import Annotated

from fastapi import Body, Query

from services.nutrition.dishes.domain import Scope
from services.nutrition.pages import Listed
from services.nutrition.patterns import usecases
from services.nutrition.patterns.schemas import EXAMPLE, PatternRead
from shared.bulk import Imported, Rows
from shared.fields import Code, Id, Meal
from shared.routing import UoW, service_router

router = service_router(prefix="/meal-patterns", tags=["meal patterns"])


@router.put("")
async def put_patterns(body: Annotated[Rows, Body(examples=[{"rows": [EXAMPLE]}])], uow: UoW) -> Imported:
    """Say what a breakfast, lunch or dinner is made of, for all, a county or a canteen; each row is a PatternRow."""
    return await usecases.put_patterns(uow, body)


@router.get("")
async def list_patterns(
    uow: UoW,
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
    canteen_id: Annotated[Id | None, Query(examples=["sch-520628-0001"])] = None,
) -> Listed[PatternRead]:
    """List the patterns that concern a county or canteen; of each meal the last one listed holds."""
    return Listed(items=await usecases.list_patterns(uow, county_code, canteen_id), next=None)


@router.delete("/{scope}/{meal}", status_code=204)
async def remove_pattern(
    scope: Scope, meal: Meal, uow: UoW, county_code: Code | None = None, canteen_id: Id | None = None
) -> None:
    """Take a pattern back: that of the wider scope holds again."""
    await usecases.remove_pattern(uow, scope, county_code, canteen_id, meal)
