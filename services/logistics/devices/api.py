"""Routes of devices."""

from typing import Annotated, Any

from fastapi import Query

from services.logistics.devices import queries, usecases
from services.logistics.devices.schemas import DeviceRows, Devices
from services.logistics.parameters import InCounty
from shared.bulk import Imported
from shared.fields import Id
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/devices", tags=["devices"])


@router.put("")
async def put_devices(rows: DeviceRows, uow: UoW) -> Imported:
    """Say which devices are in which vehicles; good rows are taken, bad ones named."""
    return await usecases.put_devices(uow, rows)


@router.get("", response_model=Devices)
async def list_devices(
    uow: UoW,
    page: Page,
    county_code: InCounty = None,
    vehicle_id: Annotated[Id | None, Query(examples=["veh-520628-001"])] = None,
) -> Any:
    """List devices by id; those in vehicles of a county."""
    rows = await queries.page_of(uow, page, county_code, vehicle_id)
    more = len(rows) > page.limit
    return {"items": rows[: page.limit], "next": rows[page.limit - 1].device_id if more else None}
