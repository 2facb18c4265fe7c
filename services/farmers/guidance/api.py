"""Routes of planting guidance."""

from typing import Annotated

from fastapi import Depends, Query, Response

from services.farmers.days import today
from services.farmers.guidance import queries, usecases
from services.farmers.guidance.domain import MOST_WEEKS, check_first_week
from services.farmers.guidance.schemas import (
    CropIn,
    CropRead,
    CropRows,
    Crops,
    FoodGuidanceRead,
    GuidancePage,
    Quantile,
    Recounting,
)
from services.farmers.guidance.sheet import sheet_of
from services.farmers.guidance.usecases import Asked
from shared.bulk import Imported, parse
from shared.fields import Code, Day
from shared.routing import Page, Paging, UoW, service_router
from shared.weeks import monday_of

MOST_FOODS = 1000
"""More than nutrition tells of a week."""
router = service_router(tags=["planting guidance"])


async def _asked(
    uow: UoW,
    county_code: Annotated[Code, Query(examples=["520628"])],
    first_week: Annotated[Day | None, Query(alias="from", description="a Monday; this week's, if left out")] = None,
    weeks: Annotated[int, Query(ge=1, le=MOST_WEEKS)] = 26,
    forecasts: Annotated[Quantile, Query(description="how much of harvest forecasts counts")] = Quantile.P50,
) -> Asked:
    monday = monday_of(today(uow.now)) if first_week is None else first_week
    check_first_week(monday)
    return Asked(county_code, monday, weeks, forecasts.column)


Wanted = Annotated[Asked, Depends(_asked)]


@router.get("/planting-guidance")
async def get_guidance(
    uow: UoW, page: Page, asked: Wanted, food_code: Annotated[Code | None, Query()] = None
) -> GuidancePage:
    """Return what a county's canteens will need and nobody will bring yet, by food and week, and what to sow for it.

    Foods and weeks that nutrition foresees no demand for are left out.
    """
    if food_code is None:
        found, after = await usecases.page(uow, asked, page)
    else:
        found, after = await usecases.of_foods(uow, asked, [food_code]), None
    items = [FoodGuidanceRead.of(each) for each in found]
    first, weeks = asked.first_week, asked.weeks
    return GuidancePage(county_code=asked.county_code, first_week=first, weeks=weeks, items=items, next=after)


@router.get("/planting-guidance/export", response_class=Response)
async def export_guidance(uow: UoW, asked: Wanted) -> Response:
    """Return what there is to sow as a CSV file for the cooperative's wall: a line a food and sowing week."""
    found, _ = await usecases.page(uow, asked, Paging(limit=MOST_FOODS))
    headers = {"content-disposition": 'attachment; filename="planting-guidance.csv"'}
    return Response(sheet_of(found), media_type="text/csv; charset=utf-8", headers=headers)


@router.put("/crops")
async def put_crops(uow: UoW, body: CropRows) -> Imported:
    """Say how foods grow; what is said of a food replaces what was said before."""
    good, refused = parse(CropIn, body)
    done = await usecases.put_crops(uow, [(index, row.model_dump()) for index, row in good])
    done.refused = sorted(refused + done.refused, key=lambda refusal: refusal.index)
    return done


@router.get("/crops")
async def list_crops(uow: UoW) -> Crops:
    """List how foods grow, by food code."""
    return Crops(items=[CropRead.model_validate(row) for row in await queries.crops(uow.session)])


@router.post("/planting-guidance/recount", status_code=202)
async def recount(uow: UoW) -> Recounting:
    """Count the weekly sums of what is coming anew, for every county, within minutes; guidance is right meanwhile.

    It is of use after rows were changed by other means than this service.
    """
    return Recounting(counties=await usecases.count_all_anew(uow))
