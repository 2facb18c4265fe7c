"""The week's report."""

from datetime import date, timedelta

from services.procurement.reports import queries
from services.procurement.reports.days import Days
from services.procurement.reports.schemas import WeekReport
from shared.errors import DomainError
from shared.unit_of_work import UnitOfWork


async def week_report(uow: UnitOfWork, week_start: date, county_code: str | None) -> WeekReport:
    """Return what became of a week. Raises DomainError `not-a-monday`."""
    if week_start.weekday() != 0:
        raise DomainError("not-a-monday", f"{week_start} is no Monday", field="week_start")
    week = Days(week_start, week_start + timedelta(days=6), county_code)
    demand = await queries.demand(uow.session, week)
    lines = await queries.lines(uow.session, week)
    money = await queries.money(uow.session, week)
    short = demand.pop("lines_unmet") + lines.pop("answers_short")
    share = money["poor_household_fen"] / money["spend_fen"] if money["spend_fen"] else 0.0
    return WeekReport(
        county_code=county_code,
        week_start=week_start,
        menus=await queries.menus(uow.session, week),
        lines_short=short,
        poor_household_share=round(share, 4),
        households_paid=await queries.households_paid(uow.session, week),
        **demand,
        **await queries.orders(uow.session, week),
        **lines,
        **money,
    )
