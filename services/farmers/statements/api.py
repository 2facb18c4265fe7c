"""Routes of statements."""

from typing import Annotated

from fastapi import Depends, Path, Query, Response

from services.farmers.days import today
from services.farmers.office import csv_answer
from services.farmers.paging import next_after
from services.farmers.statements import sheet, usecases
from services.farmers.statements.domain import Cursor, Months, cursor, months
from services.farmers.statements.schemas import (
    CooperativeStatement,
    HouseholdStatement,
    HouseholdSums,
    PartRead,
    Totals,
    VillageStatements,
    VillageSums,
    totals_of,
)
from shared.fields import MONTH, Code, Id
from shared.routing import Page, UoW, service_router

MOST_ROWS = 10_000
"""Rows of a file."""
router = service_router(tags=["statements"])

Month = Annotated[str | None, Query(pattern=MONTH, examples=["2026-12"])]
HouseholdId = Annotated[Id, Path()]
CooperativeId = Annotated[Id, Path()]
County = Annotated[Code, Query(examples=["520628"])]


async def _months(
    uow: UoW,
    first: Annotated[Month, Query(alias="from", description="the first month; this one, if left out")] = None,
    last: Annotated[Month, Query(alias="until", description="the last month; `from`, if left out")] = None,
) -> Months:
    return months(first, last, today(uow.now))


Asked = Annotated[Months, Depends(_months)]


@router.get("/households/{household_id}/statement")
async def household_statement(uow: UoW, page: Page, asked: Asked, household_id: HouseholdId) -> HouseholdStatement:
    """Return what a household earned: each delivery with its lots, grams and prices, paid or waiting and how long."""
    parts, totals = await usecases.of_household(uow, household_id, asked, page.limit, cursor(page.after))
    day = today(uow.now)
    items = [PartRead.of(part, day) for part in parts]
    return HouseholdStatement(
        household_id=household_id,
        first_month=asked.first,
        last_month=asked.last,
        on=day,
        totals=Totals.model_validate(totals),
        items=items,
        next=next_after(page, [str(Cursor(item.delivery_day, item.settlement_id)) for item in items]),
    )


@router.get("/households/{household_id}/statement/export", response_class=Response)
async def export_household(uow: UoW, asked: Asked, household_id: HouseholdId) -> Response:
    """Return a household's statement as a CSV file: a line an order line and lot."""
    parts, _ = await usecases.of_household(uow, household_id, asked, MOST_ROWS, None)
    day = today(uow.now)
    return csv_answer(sheet.of_household([PartRead.of(part, day) for part in parts]), "household-statement.csv")


@router.get("/cooperatives/{cooperative_id}/statement")
async def cooperative_statement(
    uow: UoW, page: Page, asked: Asked, cooperative_id: CooperativeId
) -> CooperativeStatement:
    """Return what a cooperative and each of its households earned, what was passed on and what waits."""
    shown = await usecases.of_cooperative(uow, cooperative_id, asked, page.limit, page.after)
    items = [HouseholdSums.of(row, shown.today) for row in shown.households]
    return CooperativeStatement(
        cooperative_id=cooperative_id,
        first_month=asked.first,
        last_month=asked.last,
        on=shown.today,
        totals=totals_of(shown),
        items=items,
        next=next_after(page, [item.household_id for item in items]),
    )


@router.get("/cooperatives/{cooperative_id}/statement/export", response_class=Response)
async def export_cooperative(uow: UoW, asked: Asked, cooperative_id: CooperativeId) -> Response:
    """Return a cooperative's statement as a CSV file: a line a household."""
    shown = await usecases.of_cooperative(uow, cooperative_id, asked, MOST_ROWS, None)
    rows = [HouseholdSums.of(row, shown.today) for row in shown.households]
    return csv_answer(sheet.of_cooperative(rows), "cooperative-statement.csv")


@router.get("/village-statements")
async def village_statements(
    uow: UoW,
    asked: Asked,
    county_code: County,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[str | None, Query(max_length=300, pattern=r"^[^\x00]+~[^\x00]*$")] = None,
) -> VillageStatements:
    """Return what the households of each village of a county earned; a village is that of its cooperatives."""
    items = await _villages(uow, county_code, asked, limit, after)
    last = items[-1] if len(items) == limit else None
    return VillageStatements(
        county_code=county_code,
        first_month=asked.first,
        last_month=asked.last,
        on=today(uow.now),
        items=items,
        next=None if last is None else f"{last.town_code}~{last.village}",
    )


@router.get("/village-statements/export", response_class=Response)
async def export_villages(uow: UoW, asked: Asked, county_code: County) -> Response:
    """Return a county's villages as a CSV file: a line a village."""
    rows = await _villages(uow, county_code, asked, MOST_ROWS, None)
    return csv_answer(sheet.of_villages(rows), "village-statements.csv")


async def _villages(uow: UoW, county_code: str, asked: Months, limit: int, after: str | None) -> list[VillageSums]:
    town, _, village = (after or "").partition("~")
    found = await usecases.of_villages(uow, county_code, asked, limit, None if after is None else (town, village))
    return [VillageSums.of_village(*each, today(uow.now)) for each in found]
