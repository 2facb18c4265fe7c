"""Routes of needs: a county's or a school's foods by delivery day, and who supplies one of them."""

from typing import Annotated

from fastapi import Path, Query

from services.procurement.needs import usecases
from services.procurement.needs.schemas import FoodSupply, NeedsRead
from shared.fields import Code, Day, Id
from shared.near import DaysNear
from shared.routing import UoW, service_router

router = service_router(prefix="/needs", tags=["demand"])

First = Annotated[Day, Query(examples=["2026-11-30"])]
Last = Annotated[Day, Query(description="at most 31 days later", examples=["2026-12-04"])]
InCounty = Annotated[Code | None, Query(examples=["520628"])]
OfCanteen = Annotated[Id | None, Query(examples=["school-520628-001"])]


@router.get("")
async def read_needs(
    uow: UoW,
    first_day: First,
    last_day: Last,
    county_code: InCounty = None,
    canteen_id: OfCanteen = None,
) -> NeedsRead:
    """Sum up what a county, or one school of it, needs of each food by delivery day, what of it is ordered and short,
    what is still on offer, and what it costs beside the public market's price."""
    return await usecases.needs(uow, (first_day, last_day), county_code, canteen_id)


@router.get("/days")
async def read_days(
    uow: UoW,
    near: Annotated[Day, Query(examples=["2026-12-07"])],
    county_code: InCounty = None,
    canteen_id: OfCanteen = None,
) -> DaysNear:
    """Read the days nearest to one, before and after it, for which a county or a school needs or ordered food."""
    return await usecases.days_near(uow, near, county_code, canteen_id)


@router.get("/{food_code}/supply")
async def read_supply(
    food_code: Annotated[Code, Path(examples=["napa_cabbage"])],
    uow: UoW,
    first_day: First,
    last_day: Last,
    county_code: Annotated[Code, Query(examples=["520628"])],
) -> FoodSupply:
    """Say which offers bring a county a food in a window of days and which could, and why each got what it got."""
    return await usecases.supply(uow, (first_day, last_day), county_code, food_code)
