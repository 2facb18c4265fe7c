"""Tables of trips."""

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field

from services.logistics.consignments.domain import COLDER
from services.logistics.tables import Table, one_of


class Trip(Table, table=True):
    """A vehicle's `number`-th trip of a day. One vehicle and one driver make at most one trip of a number a day.

    `temperature_class` is what the load space is held at, `distance_m` the way from where it stands, empty, until it is
    empty again (the last one of a plan ends at home), `cost_fen` what the freight fund pays for it.
    """

    __tablename__ = "trip"
    __table_args__ = (
        one_of("status", ("planned", "departed", "completed", "broken")),
        one_of("temperature_class", COLDER),
        Index("ix_trip_county_code_day", "county_code", "day"),
        Index("uq_trip_vehicle_id_day_number", "vehicle_id", "day", "number", unique=True),
        Index("uq_trip_driver_id_day_number", "driver_id", "day", "number", unique=True),
    )

    trip_id: str = Field(primary_key=True)
    plan_id: str = Field(index=True)
    version: int
    county_code: str
    day: date
    vehicle_id: str
    driver_id: str | None = None
    number: int
    temperature_class: str
    status: str
    load_g: int = Field(sa_type=BigInteger)
    distance_m: int
    cost_fen: int = Field(sa_type=BigInteger)
    starts_at: datetime
    ends_at: datetime
    planned_at: datetime
    departed_at: datetime | None = None
    completed_at: datetime | None = None


class TripStop(Table, table=True):
    """A stop as planned. `order_ids` is the plan and never changes; what really rides is `consignment.trip_id`.

    It is at a cooperative, a canteen, a collection point (`point`, a depot) or where a vehicle broke down (`roadside`).
    """

    __tablename__ = "trip_stop"
    __table_args__ = (
        one_of("kind", ("pickup", "delivery")),
        one_of("place_kind", ("cooperative", "canteen", "point", "roadside")),
    )

    trip_id: str = Field(primary_key=True, foreign_key="trip.trip_id")
    sequence: int = Field(primary_key=True)
    kind: str
    place_kind: str
    place_id: str
    planned_at: datetime
    order_ids: list[str] = Field(sa_type=JSON)
