"""Tables of the fleet."""

from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field

from services.logistics.tables import Table


class Depot(Table, table=True):
    """Where vehicles start and end their trips; WGS-84 degrees."""

    __tablename__ = "depot"

    depot_id: str = Field(primary_key=True)
    county_code: str = Field(index=True)
    town_code: str
    name_zh: str
    name_en: str
    lat: float
    lon: float


class Vehicle(Table, table=True):
    """A vehicle, what it can carry (g) and how cold. `frozen_boxes`: a chilled one that has boxes for frozen food."""

    __tablename__ = "vehicle"
    __table_args__ = (
        CheckConstraint("temperature_class IN ('ambient', 'chilled', 'frozen')", name="temperature_class"),
        CheckConstraint("capacity_g > 0", name="capacity_g"),
    )

    vehicle_id: str = Field(primary_key=True)
    depot_id: str = Field(foreign_key="depot.depot_id", index=True)
    plate: str
    capacity_g: int = Field(sa_type=BigInteger)
    temperature_class: str
    frozen_boxes: bool


class Driver(Table, table=True):
    """A driver of a depot; a pseudonym, never a name."""

    __tablename__ = "driver"

    driver_id: str = Field(primary_key=True)
    depot_id: str = Field(foreign_key="depot.depot_id", index=True)
