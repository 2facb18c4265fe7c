"""What can happen to devices."""

from services.logistics.devices import queries
from services.logistics.devices.schemas import DeviceRow, DeviceRows
from services.logistics.fleet import queries as fleet
from shared.bulk import Imported, parse, refuse
from shared.errors import NotFound
from shared.unit_of_work import UnitOfWork


async def put_devices(uow: UnitOfWork, rows: DeviceRows) -> Imported:
    """Load devices of known vehicles; the last row of a device wins."""
    good, refused = parse(DeviceRow, rows)
    vehicles = await fleet.present(uow, fleet.vehicle, {row.vehicle_id for _, row in good if row.vehicle_id})
    wanted: dict[str, str | None] = {}
    taken = 0
    for index, row in good:
        if row.vehicle_id is not None and row.vehicle_id not in vehicles:
            refused.append(refuse(index, NotFound("vehicle", row.vehicle_id, field="vehicle_id")))
        else:
            wanted[row.device_id] = row.vehicle_id
            taken += 1
    present = await queries.vehicles_of(uow, wanted)
    new = [key for key in wanted if key not in present]
    moved = [key for key in wanted if key in present and present[key] != wanted[key]]
    await queries.put(uow, [{"device_id": key, "vehicle_id": wanted[key]} for key in new + moved])
    refused.sort(key=lambda refusal: refusal.index)
    unchanged = taken - len(new) - len(moved)
    return Imported(created=len(new), changed=len(moved), unchanged=unchanged, refused=refused)
