"""Routes of demand forecasts."""

from typing import Annotated

from fastapi import Query

from services.nutrition.forecasts import usecases
from services.nutrition.forecasts.schemas import ForecastRead
from services.nutrition.pages import Listed, listed
from shared.fields import Code
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/demand-forecasts", tags=["demand forecasts"])


@router.get("")
async def list_forecasts(
    page: Page, uow: UoW, county_code: Annotated[Code, Query(examples=["520628"])]
) -> Listed[ForecastRead]:
    """List what a county's canteens will need, week by week, by their cycles and published menus, as it was told."""
    rows = await usecases.list_forecasts(uow, county_code, page)
    return listed(page, rows, lambda row: row.week_start.isoformat())
