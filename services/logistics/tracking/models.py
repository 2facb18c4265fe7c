"""Tables of tracking."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from services.logistics.tables import Table


class Point(Table, table=True):
    """One reading of a device on a trip: where (WGS-84 degrees) and how warm (°C)."""

    __tablename__ = "point"
    __table_args__ = (Index("ix_point_trip_id_device_id_at", "trip_id", "device_id", "at"),)

    trip_id: str = Field(primary_key=True)
    device_id: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    at: datetime
    lat: float
    lon: float
    temperature_c: float | None = None


class Excursion(Table, table=True):
    """A time a device's readings were outside the limit for longer than allowed, as far as is known; told once."""

    __tablename__ = "excursion"

    excursion_id: str = Field(primary_key=True)
    trip_id: str = Field(index=True)
    device_id: str
    since: datetime
    until: datetime
    worst_c: float
