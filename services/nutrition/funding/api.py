"""Routes of funding."""

from typing import Annotated

from fastapi import Body, Query

from services.nutrition.funding import usecases
from services.nutrition.funding.schemas import (
    CLASS_EXAMPLE,
    COUNT_EXAMPLE,
    BudgetRead,
    FundingClassRead,
    FundingCountRead,
)
from services.nutrition.pages import Listed, listed
from shared.bulk import Imported, Rows
from shared.fields import Day, Id
from shared.routing import Page, UoW, service_router

router = service_router(tags=["funding"])
WeekStart = Annotated[Day, Query(examples=["2026-11-30"], description="a Monday")]


@router.put("/funding-classes")
async def put_classes(body: Annotated[Rows, Body(examples=[{"rows": [CLASS_EXAMPLE]}])], uow: UoW) -> Imported:
    """Say what funding classes pay for a pupil and day, from when until when; each row is a FundingClassRow."""
    return await usecases.put_classes(uow, body)


@router.get("/funding-classes")
async def list_classes(page: Page, uow: UoW) -> Listed[FundingClassRead]:
    """List funding classes with all their amounts."""
    return listed(page, await usecases.list_classes(uow, page), lambda row: row.class_code)


@router.put("/funding-counts")
async def put_counts(body: Annotated[Rows, Body(examples=[{"rows": [COUNT_EXAMPLE]}])], uow: UoW) -> Imported:
    """Say how many pupils of canteens are in funding classes: counts, never names; each row is a FundingCountRow."""
    return await usecases.put_counts(uow, body)


@router.get("/canteens/{canteen_id}/funding-counts")
async def list_counts(canteen_id: Id, page: Page, uow: UoW) -> Listed[FundingCountRead]:
    """List how many pupils of a canteen are in which funding class, from which day on."""
    return listed(page, await usecases.list_counts(uow, canteen_id, page), usecases.cursor_of)


@router.get("/canteens/{canteen_id}/budget")
async def read_budget(canteen_id: Id, week_start: WeekStart, uow: UoW) -> BudgetRead:
    """Show what may be spent on the food of each school day of a week, and who pays how much of it for whom."""
    return await usecases.read_budget(uow, canteen_id, week_start)
