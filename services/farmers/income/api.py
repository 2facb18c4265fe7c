"""Routes of income."""

from typing import Annotated

from fastapi import Path

from services.farmers.cooperatives import queries as cooperatives
from services.farmers.households import queries as households
from services.farmers.income import queries
from services.farmers.income.schemas import (
    CooperativeIncomeRead,
    HouseholdIncomeRead,
    HouseholdMonth,
    cooperative_months,
)
from services.farmers.paging import next_after
from shared.fields import Id
from shared.routing import Page, UoW, service_router

router = service_router(tags=["income"])


@router.get("/households/{household_id}/income")
async def household_income(uow: UoW, page: Page, household_id: Annotated[Id, Path()]) -> HouseholdIncomeRead:
    """Return what a household earned, by month."""
    await households.require(uow.session, household_id)
    rows = await queries.months_of_household(uow.session, household_id, page)
    items = [HouseholdMonth.model_validate(row) for row in rows]
    return HouseholdIncomeRead(
        household_id=household_id, items=items, next=next_after(page, [item.month for item in items])
    )


@router.get("/cooperatives/{cooperative_id}/income")
async def cooperative_income(uow: UoW, page: Page, cooperative_id: Annotated[Id, Path()]) -> CooperativeIncomeRead:
    """Return what a cooperative and its households earned, by month."""
    await cooperatives.one(uow.session, cooperative_id)
    settled = await queries.months_of_cooperative(uow.session, cooperative_id, page)
    parts = await queries.household_parts(uow.session, cooperative_id, [row.month for row in settled])
    items = cooperative_months(settled, parts)
    return CooperativeIncomeRead(
        cooperative_id=cooperative_id, items=items, next=next_after(page, [item.month for item in items])
    )
