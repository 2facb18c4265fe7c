"""The month's report: put together from the ledger, what is settled, and what was needed."""

from services.procurement.ledger import links
from services.procurement.months import Month
from services.procurement.orders.domain import SCHOOL_TIME
from services.procurement.reports.days import Days
from services.procurement.reports.domain import Reached, Sums, total_of
from services.procurement.reports.keeping import sums_of_days
from services.procurement.reports.month_schemas import Anchor, CountyFigures, Figures, MonthReport
from services.procurement.reports.reaching import reached_in
from shared.counties import name_of
from shared.unit_of_work import UnitOfWork

_OPENED = {"lines": "spend_fen", "households": "households_fen", "unmet": "unmet_g"}


async def month_report(uow: UnitOfWork, month: Month, county_code: str | None) -> MonthReport:
    """Return a month's report, of one county or of all."""
    today = uow.now.astimezone(SCHOOL_TIME).date()
    days = Days(month.first, month.last, county_code)
    sums = await sums_of_days(uow.session, days, today)
    reached, everybody = await reached_in(uow.session, days)
    heads = await links.heads(uow.session, county_code)
    return MonthReport(
        month=month.text,
        county_code=county_code,
        made_on=today,
        total=Figures.of(total_of(list(sums.values())), everybody),
        opens=_opens(month.text, county_code),
        counties=[_county(month.text, code, of_county, reached) for code, of_county in sums.items()],
        ledger=[
            Anchor(county_code=head.county_code, links=head.last.number, hash=head.last.hash)
            for head in heads
            if head.last is not None
        ],
    )


def _county(month: str, county_code: str, sums: Sums, reached: dict[str, Reached]) -> CountyFigures:
    figures = Figures.of(sums, reached.get(county_code, Reached()))
    name_zh, name_en = name_of(county_code)
    return CountyFigures(
        **figures.model_dump(),
        county_code=county_code,
        name_zh=name_zh,
        name_en=name_en,
        opens=_opens(month, county_code),
    )


def _opens(month: str, county_code: str | None) -> dict[str, str]:
    where = "" if county_code is None else f"&county_code={county_code}"
    return {figure: f"/reports/month/{route}?month={month}{where}" for route, figure in _OPENED.items()}
