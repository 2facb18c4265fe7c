"""Tables of devices."""

from sqlmodel import Field

from services.logistics.tables import Table


class Device(Table, table=True):
    """A device whose readings are taken: mounted in a vehicle, or carried by a driver (no vehicle)."""

    __tablename__ = "device"

    device_id: str = Field(primary_key=True)
    vehicle_id: str | None = Field(default=None, foreign_key="vehicle.vehicle_id", index=True)
