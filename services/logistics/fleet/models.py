"""Tables of the fleet."""

from datetime import date, time

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index
from sqlmodel import Field

from services.logistics.fleet.domain import COVERS, ROADS
from services.logistics.tables import Table
from shared.fields import TemperatureClass
from shared.models import one_of


class Depot(Table, table=True):
    """Where vehicles start and end their trips; WGS-84 degrees.

    A collection point is a depot where what cooperatives bring is gathered; at `onward_from` it leaves for the schools.
    """

    __tablename__ = "depot"

    depot_id: str = Field(primary_key=True)
    county_code: str = Field(index=True)
    town_code: str
    name_zh: str
    name_en: str
    lat: float
    lon: float
    onward_from: time | None = None


class Vehicle(Table, table=True):
    """A vehicle, what it can carry (g) and how cold, what it costs, and on which roads it may go.

    `frozen_boxes`: a chilled one that has boxes for frozen food. `chilled_g` and `frozen_g` bound what it carries of a
    class where that is less than all. One of a village (`cooperative_id`) starts there and goes when it offers to.
    """

    __tablename__ = "vehicle"
    __table_args__ = (
        one_of("temperature_class", TemperatureClass),
        one_of("licence", COVERS),
        one_of("roads", ROADS),
        CheckConstraint("capacity_g > 0", name="capacity_g"),
    )

    vehicle_id: str = Field(primary_key=True)
    depot_id: str = Field(foreign_key="depot.depot_id", index=True)
    plate: str
    capacity_g: int = Field(sa_type=BigInteger)
    temperature_class: str
    frozen_boxes: bool
    chilled_g: int | None = Field(default=None, sa_type=BigInteger)
    frozen_g: int | None = Field(default=None, sa_type=BigInteger)
    licence: str
    roads: str
    fen_per_km: int
    fen_per_hour: int
    fen_per_day: int
    cooperative_id: str | None = None


class Driver(Table, table=True):
    """A driver of a depot; a pseudonym, never a name. `longest_minutes`: from first start to last return of a day.

    Without it the day's rule holds.
    """

    __tablename__ = "driver"
    __table_args__ = (one_of("licence", COVERS),)

    driver_id: str = Field(primary_key=True)
    depot_id: str = Field(foreign_key="depot.depot_id", index=True)
    licence: str | None = None
    licence_until: date | None = None
    health_certificate_until: date | None = None
    longest_minutes: int | None = None


class DrivingRule(Table, table=True):
    """How long drivers' days may be from a day on, in minutes."""

    __tablename__ = "driving_rule"
    __table_args__ = (CheckConstraint("longest_minutes > 0", name="longest_minutes"),)

    valid_from: date = Field(primary_key=True)
    longest_minutes: int
    source: str


class Availability(Table, table=True):
    """When a vehicle or driver can go on a day (school time); without hours not at all. Without a row: all day."""

    __tablename__ = "availability"
    __table_args__ = (one_of("kind", ("vehicle", "driver")), Index("ix_availability_day", "day", "availability_id"))

    availability_id: str = Field(primary_key=True)
    kind: str
    subject_id: str
    day: date
    starts_at: time | None = None
    ends_at: time | None = None


class SpareCapacity(Table, table=True):
    """What a village's own vehicle offers to carry on a day, when, and past which schools (none named: any)."""

    __tablename__ = "spare_capacity"
    __table_args__ = (one_of("temperature_class", TemperatureClass), Index("ix_spare_capacity_day", "day", "spare_id"))

    spare_id: str = Field(primary_key=True)
    vehicle_id: str = Field(foreign_key="vehicle.vehicle_id")
    day: date
    starts_at: time
    ends_at: time
    capacity_g: int = Field(sa_type=BigInteger)
    temperature_class: str
    canteen_ids: list[str] = Field(default_factory=list, sa_type=JSON)


class Access(Table, table=True):
    """How a school or cooperative is reached: hours at its gate (school time), its road, and how long a stop takes.

    `depot_id` is the collection point a cooperative's loads go through; without one they ride directly.
    """

    __tablename__ = "access"
    __table_args__ = (one_of("kind", ("canteen", "cooperative")), one_of("road", ROADS))

    access_id: str = Field(primary_key=True)
    kind: str
    place_id: str
    opens_at: time | None = None
    closes_at: time | None = None
    road: str
    stop_minutes: int
    depot_id: str | None = Field(default=None, foreign_key="depot.depot_id")
