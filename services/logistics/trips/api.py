"""Routes of trips."""

from typing import Annotated

from fastapi import Query

from services.logistics.parameters import DayInPath, InCounty, InPath, OfDriver, TripId
from services.logistics.trips import breakdown, freight, reading, usecases
from services.logistics.trips.runsheet import run_sheet
from services.logistics.trips.schemas import (
    Arrival,
    Arrived,
    BreakdownIn,
    BrokenDown,
    DayFreight,
    Departed,
    LeftRead,
    Loaded,
    LoadRequest,
    RunSheet,
    TripDetail,
    TripFreight,
    Trips,
)
from shared.fields import Day
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/trips", tags=["trips"])


@router.get("")
async def list_trips(
    uow: UoW,
    page: Page,
    county_code: InCounty = None,
    driver_id: OfDriver = None,
    day: Annotated[Day | None, Query(examples=["2026-11-30"])] = None,
) -> Trips:
    """List trips by id, with how many consignments each has in each status."""
    return await reading.list_trips(uow, page, county_code=county_code, driver_id=driver_id, day=day)


@router.get("/{trip_id}")
async def read_trip(trip_id: TripId, uow: UoW) -> TripDetail:
    """Read a trip with its stops and consignments."""
    return await reading.trip_detail(uow, trip_id)


@router.get("/{trip_id}/run-sheet")
async def read_run_sheet(trip_id: TripId, uow: UoW) -> RunSheet:
    """Read everything the driver needs on the way without signal."""
    return await run_sheet(uow, trip_id)


@router.post("/{trip_id}/load")
async def load(trip_id: TripId, body: LoadRequest, uow: UoW) -> Loaded:
    """Load what is packed; what is not is named and left. Loading again adds what was packed since."""
    loaded, left = await usecases.load(uow, trip_id, body.order_ids)
    named = [LeftRead(order_id=one.order_id, rule=one.rule, detail=one.detail) for one in left]
    return Loaded(trip_id=trip_id, loaded=loaded, left=named)


@router.post("/{trip_id}/depart")
async def depart(trip_id: TripId, uow: UoW) -> Departed:
    """Send a trip off with what is loaded; what is left behind can be planned again."""
    orders, at = await usecases.depart(uow, trip_id)
    return Departed(trip_id=trip_id, status="departed", order_ids=orders, departed_at=at)


@router.post("/{trip_id}/arrive")
async def arrive(trip_id: TripId, body: Arrival, uow: UoW) -> Arrived:
    """Stand at a school's gate, or at a collection point, with what is on board for it."""
    if body.canteen_id is not None:
        orders, at, completed = await usecases.arrive(uow, trip_id, body.canteen_id)
    else:
        orders, at, completed = await usecases.gather(uow, trip_id, body.depot_id or "")
    return Arrived(**body.model_dump(), trip_id=trip_id, order_ids=orders, arrived_at=at, completed=completed)


@router.post("/{trip_id}/breakdown", status_code=202)
async def break_down(trip_id: TripId, body: BreakdownIn, uow: UoW) -> BrokenDown:
    """End a trip where its vehicle broke down; what is on board and what it was still to fetch is planned at once."""
    orders, plan_id = await breakdown.break_down(uow, trip_id, (body.lat, body.lon), body.reason, body.seconds)
    return BrokenDown(trip_id=trip_id, status="broken", order_ids=orders, plan_id=plan_id)


@router.get("/{trip_id}/freight")
async def read_freight(trip_id: TripId, uow: UoW) -> TripFreight:
    """Read what a trip costs the freight fund: in all, per kilometre, per order."""
    return await freight.of_trip(uow, trip_id)


@router.get("/freight/{county_code}/{day}")
async def read_day_freight(county_code: InPath, day: DayInPath, uow: UoW) -> DayFreight:
    """Read what a county's day costs the freight fund, by trip."""
    return await freight.of_day(uow, county_code, day)
