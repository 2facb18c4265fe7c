"""SQL of devices."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from services.logistics.devices.models import Device
from services.logistics.fleet.queries import in_county
from services.logistics.tables import table_of
from shared.prepared import Prepared, among, listed
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

device = table_of(Device)


_VEHICLES = Prepared(
    lambda dialect: select(device.c.device_id, device.c.vehicle_id).where(among(dialect, device.c.device_id, "devices"))
)


async def vehicles_of(uow: UnitOfWork, devices: Collection[str]) -> dict[str, str | None]:
    """Return the vehicle of each of the devices that are known, None for one that is carried."""
    rows = await uow.session.run(_VEHICLES, {"devices": listed(uow.dialect, devices)})
    return {device_id: vehicle_id for device_id, vehicle_id in rows}


async def page_of(uow: UnitOfWork, page: Paging, county_code: str | None, vehicle_id: str | None) -> list[Any]:
    """Return one device more than the page holds, ordered by id."""
    conditions = [] if vehicle_id is None else [device.c.vehicle_id == vehicle_id]
    if county_code is not None:
        conditions.append(in_county(device, county_code))
    if page.after is not None:
        conditions.append(device.c.device_id > page.after)
    statement = select(device).where(*conditions).order_by(device.c.device_id).limit(page.limit + 1)
    return list((await uow.session.execute(statement)).all())
