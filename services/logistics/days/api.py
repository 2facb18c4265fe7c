"""Routes of days: where somebody who looks at an empty day finds something."""

from typing import Annotated

from fastapi import Query

from services.logistics.days import queries
from services.logistics.parameters import InCounty, OfCanteen, OfCooperative, OfDriver
from shared.fields import Day
from shared.near import DaysNear
from shared.routing import UoW, service_router

router = service_router(tags=["days"])
Near = Annotated[Day, Query(examples=["2026-11-30"])]


@router.get("/trip-days")
async def read_trip_days(uow: UoW, near: Near, county_code: InCounty = None, driver_id: OfDriver = None) -> DaysNear:
    """Read the days nearest to one, before and after it, on which a county or a driver has trips."""
    return await queries.with_trips(uow, near, county_code=county_code, driver_id=driver_id)


@router.get("/delivery-days")
async def read_delivery_days(
    uow: UoW,
    near: Near,
    canteen_id: OfCanteen = None,
    cooperative_id: OfCooperative = None,
    county_code: InCounty = None,
) -> DaysNear:
    """Read the days nearest to one, before and after it, on which deliveries come or came that nobody called off."""
    where = {"canteen_id": canteen_id, "cooperative_id": cooperative_id, "county_code": county_code}
    return await queries.with_deliveries(uow, near, **where)
