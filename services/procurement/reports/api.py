"""The route of the week's report."""

from typing import Annotated

from fastapi import Query

from services.procurement.reports import usecases
from services.procurement.reports.schemas import WeekReport
from shared.fields import Code, Day
from shared.routing import UoW, service_router

router = service_router(prefix="/reports", tags=["reports"])


@router.get("/week")
async def read_week(
    uow: UoW,
    week_start: Annotated[Day, Query(description="a Monday", examples=["2026-11-30"])],
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
) -> WeekReport:
    """Report what became of a week's demand, orders, deliveries and money, in one county or in all."""
    return await usecases.week_report(uow, week_start, county_code)
