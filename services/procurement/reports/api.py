"""Routes of the reports of a week and of a month."""

from typing import Annotated

from fastapi import Query, Response
from fastapi.responses import HTMLResponse

from services.procurement.answers import Items, cut
from services.procurement.documents import attachment
from services.procurement.months import Month, MonthAsked
from services.procurement.prices import usecases as prices
from services.procurement.reports import earned, opened, usecases
from services.procurement.reports.days import Days
from services.procurement.reports.month import month_report
from services.procurement.reports.month_schemas import BoughtLine, HouseholdEarned, MonthReport, UnmetLine
from services.procurement.reports.page import csv_of, page_of
from services.procurement.reports.schemas import WeekReport
from shared.fields import Code, Day
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/reports", tags=["reports"])


@router.get("/week")
async def read_week(
    uow: UoW,
    week_start: Annotated[Day, Query(description="a Monday", examples=["2026-11-30"])],
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
) -> WeekReport:
    """Report what became of a week's demand, orders, deliveries and money, in one county or in all."""
    return await usecases.week_report(uow, week_start, county_code)


CountyAsked = Annotated[Code | None, Query(examples=["520628"])]


@router.get("/month")
async def read_month(uow: UoW, month: MonthAsked, county_code: CountyAsked = None) -> MonthReport:
    """Report a month as the statute asks: spend, shares, households, unmet demand, prices, by county and in all."""
    return await month_report(uow, Month.of(month), county_code)


@router.get("/month/csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def download_month(uow: UoW, month: MonthAsked, county_code: CountyAsked = None) -> Response:
    """Give the month's report as a CSV file: a row for each county."""
    report = await month_report(uow, Month.of(month), county_code)
    return attachment(csv_of(report), "text/csv; charset=utf-8", f"report-{month}.csv")


@router.get("/month/page", response_class=HTMLResponse)
async def show_month(uow: UoW, month: MonthAsked, county_code: CountyAsked = None) -> HTMLResponse:
    """Show the month's report as a page to print; its figures lead to their lines."""
    return HTMLResponse(page_of(await month_report(uow, Month.of(month), county_code)))


@router.get("/month/lines")
async def list_lines(uow: UoW, page: Page, month: MonthAsked, county_code: CountyAsked = None) -> Items[BoughtLine]:
    """List the order lines of a month that were paid for; they sum to its spend."""
    rows, after = cut(
        page, await opened.lines(uow.session, _days(month, county_code), page), lambda row: str(row.line_id)
    )
    references = await prices.beside(uow, [(row.food_code, row.county_code, row.delivery_day) for row in rows])
    items = [BoughtLine.of(row, references.get((row.food_code, row.county_code, row.delivery_day))) for row in rows]
    return Items(items=items, next=after)


@router.get("/month/households")
async def list_households(
    uow: UoW, page: Page, month: MonthAsked, county_code: CountyAsked = None
) -> Items[HouseholdEarned]:
    """List what each household earned in a month, by pseudonym; it sums to what households earned."""
    rows = await earned.households(uow.session, _days(month, county_code), page)
    found, after = cut(page, rows, lambda row: str(row.account))
    return Items(items=[HouseholdEarned.of(row) for row in found], next=after)


@router.get("/month/unmet")
async def list_unmet(uow: UoW, page: Page, month: MonthAsked, county_code: CountyAsked = None) -> Items[UnmetLine]:
    """List the demand lines of a month of which nobody had something."""
    rows = await opened.unmet(uow.session, _days(month, county_code), page)
    found, after = cut(page, rows, lambda row: str(row.demand_id))
    return Items(items=[UnmetLine.of(row) for row in found], next=after)


def _days(month: str, county_code: str | None) -> Days:
    asked = Month.of(month)
    return Days(asked.first, asked.last, county_code)
