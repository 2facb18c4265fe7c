"""Tables of tracking."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index
from sqlmodel import Field

from services.logistics.tables import Table


class Point(Table, table=True):
    """One reading of a device on a trip: where (WGS-84 degrees), how fast and how warm (°C).

    `day` is the trip's: on PostgreSQL the table is partitioned by it, and forgotten day by day.
    """

    __tablename__ = "point"
    __table_args__ = (Index("ix_point_trip_id_device_id_at", "trip_id", "device_id", "at"),)

    day: date = Field(primary_key=True)
    trip_id: str = Field(primary_key=True)
    device_id: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    at: datetime
    lat: float
    lon: float
    speed_kmh: float | None = None
    temperature_c: float | None = None


class TripState(Table, table=True):
    """A trip as the dispatcher's board shows it: where it was last, how cold, and when it will be at its stops.

    `stops` ([{sequence, kind, place_kind, place_id, planned_at, expected_at, told_at}]) are those it has not reached,
    `reached` ([{sequence, kind, place_kind, place_id, arrived_at}]) those its devices were at; `changed_at` orders what
    the board is told.
    """

    __tablename__ = "trip_state"
    __table_args__ = (Index("ix_trip_state_county_code_changed_at", "county_code", "changed_at"),)

    trip_id: str = Field(primary_key=True)
    county_code: str
    day: date
    device_id: str
    at: datetime
    lat: float
    lon: float
    speed_kmh: float | None = None
    temperature_c: float | None = None
    temperature_at: datetime | None = None
    stops: list[dict[str, Any]] = Field(sa_type=JSON)
    reached: list[dict[str, Any]] = Field(sa_type=JSON)
    changed_at: datetime


class TrackingRule(Table, table=True):
    """How trips are followed from a day on: geofence, when a delay matters, how long readings are kept."""

    __tablename__ = "tracking_rule"
    __table_args__ = (
        CheckConstraint("geofence_m > 0 AND geofence_s >= 0 AND delay_minutes > 0", name="positive"),
        CheckConstraint("thin_after_days > 0 AND keep_days >= thin_after_days AND thin_s > 0", name="kept"),
    )

    valid_from: date = Field(primary_key=True)
    geofence_m: int
    geofence_s: int
    delay_minutes: int
    thin_after_days: int
    thin_s: int
    keep_days: int
    source: str
