"""Bodies of the devices' routes."""

from pydantic import BaseModel, ConfigDict

from shared.bulk import Rows
from shared.fields import Id
from shared.routing import Input


class DeviceRow(Input):
    """A device to load; without a vehicle it is one a driver carries, and speaks of a trip by its id."""

    device_id: Id
    vehicle_id: Id | None = None


class DeviceRows(Rows):
    """Devices to load."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"rows": [{"device_id": "dev-520628-001", "vehicle_id": "veh-520628-001"}]}],
        }
    )


class Devices(BaseModel):
    """A page of devices."""

    items: list[DeviceRow]
    next: str | None
