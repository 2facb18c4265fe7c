"""Routes of the cold chain."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Query, Response

from services.logistics.coldchain import queries, usecases
from services.logistics.coldchain.domain import DEFAULTS
from services.logistics.coldchain.report import csv_of, trip_report
from services.logistics.coldchain.schemas import (
    Acknowledgement,
    AlarmRead,
    Alarms,
    LimitList,
    LimitRead,
    LimitRows,
    TripReport,
)
from services.logistics.parameters import AlarmId, InCounty, OfTrip, TripId
from shared.bulk import Imported
from shared.routing import Page, UoW, service_router

router = service_router(tags=["cold chain"])


@router.put("/temperature-limits")
async def put_limits(rows: LimitRows, uow: UoW) -> Imported:
    """Say how cold a temperature class is kept from a day on, and how long it may be outside or a sensor silent."""
    return await usecases.put_limits(uow, rows)


@router.get("/temperature-limits")
async def list_limits(uow: UoW) -> LimitList:
    """List temperature limits by class and day, after what holds where nobody has said anything."""
    defaults = [LimitRead(**asdict(limit) | {"valid_from": None}) for limit in DEFAULTS.values()]
    return LimitList(items=[*defaults, *(LimitRead(**asdict(limit)) for limit in await queries.all_limits(uow))])


@router.get("/cold-chain-alarms", response_model=Alarms)
async def list_alarms(
    uow: UoW,
    page: Page,
    county_code: InCounty = None,
    trip_id: OfTrip = None,
    waiting: Annotated[bool | None, Query(description="neither acknowledged nor lifted")] = None,
) -> Any:
    """List alarms by id, oldest first."""
    rows = await queries.alarms_page(uow, page, county_code, trip_id, waiting)
    more = len(rows) > page.limit
    return {"items": rows[: page.limit], "next": rows[page.limit - 1].alarm_id if more else None}


@router.post("/cold-chain-alarms/{alarm_id}/acknowledge")
async def acknowledge(alarm_id: AlarmId, body: Acknowledgement, uow: UoW) -> AlarmRead:
    """Acknowledge an alarm with a note; what it holds is still to be inspected."""
    row = await usecases.acknowledge(uow, alarm_id, body.by, body.note)
    return AlarmRead.model_validate(row, from_attributes=True)


@router.get("/trips/{trip_id}/cold-chain")
async def read_report(trip_id: TripId, uow: UoW) -> TripReport:
    """Report a trip's cold chain: extremes, mean kinetic temperature, minutes outside, gaps, alarms, what is held."""
    return await trip_report(uow, trip_id)


@router.get("/trips/{trip_id}/cold-chain.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def download_report(trip_id: TripId, uow: UoW) -> Response:
    """Give a trip's cold-chain report as a CSV file: a row for each device."""
    data = csv_of(await trip_report(uow, trip_id))
    headers = {"content-disposition": f'attachment; filename="cold-chain-{trip_id}.csv"'}
    return Response(data, media_type="text/csv; charset=utf-8", headers=headers)
