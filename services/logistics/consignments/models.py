"""Tables of consignments. What is packed (`dispatched_*`) and where it is (`status`, `trip_id`) are told apart."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from services.logistics.consignments.domain import COLDER
from services.logistics.tables import Table, one_of


class Consignment(Table, table=True):
    """What one order puts on a vehicle.

    `status` says where it is, `dispatched_at` whether the cooperative has packed it, `version` which confirmation it
    follows; `temperature_class` is the coldest of its lines. It waits at its cooperative, or at
    `waits_at`: a collection point or where a vehicle broke down. It rides on `trip_id` next, then on `onward_trip_id`.
    """

    __tablename__ = "consignment"
    __table_args__ = (
        one_of("status", ("waiting", "loaded", "arrived", "received", "cancelled", "given_up")),
        one_of("temperature_class", COLDER),
        CheckConstraint("confirmed_g >= 0 AND dispatched_g >= 0", name="quantities"),
        one_of("waits_kind", ("point", "roadside")),
        Index("ix_consignment_county_code_delivery_day", "county_code", "delivery_day"),
        Index("ix_consignment_canteen_id_delivery_day", "canteen_id", "delivery_day"),
    )

    order_id: str = Field(primary_key=True)
    version: int
    canteen_id: str
    cooperative_id: str
    county_code: str
    delivery_day: date
    temperature_class: str
    confirmed_g: int = Field(sa_type=BigInteger)
    dispatched_g: int = Field(sa_type=BigInteger, default=0)
    dispatched_at: datetime | None = None
    status: str
    trip_id: str | None = Field(default=None, index=True)
    onward_trip_id: str | None = None
    waits_kind: str | None = None
    waits_at: str | None = None
    loaded_at: datetime | None = None
    arrived_at: datetime | None = None
    hold: bool = False


class ConsignmentLine(Table, table=True):
    """One order line with the quantities logistics knows, each by itself, in g.

    `short_reason` says why the cooperative packed less than it had confirmed.
    """

    __tablename__ = "consignment_line"
    __table_args__ = (
        one_of("temperature_class", COLDER),
        CheckConstraint("confirmed_g >= 0 AND accepted_g >= 0", name="not_negative"),
        CheckConstraint("accepted_g <= received_g AND received_g <= dispatched_g", name="falling"),
    )

    order_id: str = Field(primary_key=True, foreign_key="consignment.order_id")
    line_id: str = Field(primary_key=True)
    food_code: str
    temperature_class: str
    confirmed_g: int = Field(sa_type=BigInteger)
    dispatched_g: int = Field(sa_type=BigInteger, default=0)
    received_g: int = Field(sa_type=BigInteger, default=0)
    accepted_g: int = Field(sa_type=BigInteger, default=0)
    short_reason: str | None = Field(default=None, max_length=500)


class ConsignmentLot(Table, table=True):
    """Grams of one lot in one order line, as packed and as accepted."""

    __tablename__ = "consignment_lot"
    __table_args__ = (CheckConstraint("accepted_g >= 0 AND accepted_g <= dispatched_g", name="falling"),)

    order_id: str = Field(primary_key=True, foreign_key="consignment.order_id")
    line_id: str = Field(primary_key=True)
    lot_id: str = Field(primary_key=True, index=True)
    dispatched_g: int = Field(sa_type=BigInteger)
    accepted_g: int = Field(sa_type=BigInteger, default=0)


class EarlierRide(Table, table=True):
    """A trip that an order was on board of before it changed vehicles: at a collection point, or after a breakdown."""

    __tablename__ = "earlier_ride"

    order_id: str = Field(primary_key=True, foreign_key="consignment.order_id")
    trip_id: str = Field(primary_key=True, index=True)
    loaded_at: datetime
    left_at: datetime


class CancelledOrder(Table, table=True):
    """The highest version an order was cancelled in; a confirmation of a lower one that comes late revives nothing."""

    __tablename__ = "cancelled_order"

    order_id: str = Field(primary_key=True)
    version: int
    cancelled_at: datetime
