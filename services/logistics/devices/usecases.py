"""What can happen to devices."""

from services.logistics.devices import queries
from services.logistics.devices.schemas import DeviceRow, DeviceRows
from services.logistics.fleet import queries as fleet
from services.logistics.rows import Loading, named
from shared.bulk import Imported
from shared.unit_of_work import UnitOfWork


async def put_devices(uow: UnitOfWork, rows: DeviceRows) -> Imported:
    """Load devices of known vehicles; the last row of a device wins."""
    loading = Loading(DeviceRow, rows)
    vehicles = await fleet.present(uow, fleet.vehicle, loading.ids("vehicle_id"))
    loading.check(named("vehicle", "vehicle_id", vehicles))
    return await loading.put(uow, queries.device)
