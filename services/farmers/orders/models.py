"""The tables of orders and their lines."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, false, text
from sqlmodel import Field

from services.farmers.orders.domain import Answer, OrderStatus
from services.farmers.tables import Table, one_of
from shared.fields import TemperatureClass

_SILENT = text("status = 'to_answer'")


class PurchaseOrder(Table, table=True):
    """An order of one school for one delivery day, as the cooperative's inbox keeps it.

    `heard`: the cooperative had a system of its own when it came, or got one since.
    """

    __tablename__ = "purchase_order"
    __table_args__ = (
        one_of("status", OrderStatus),
        one_of("answer", Answer),
        Index("ix_purchase_order_cooperative_id", "cooperative_id", "status", "order_id"),
        Index("ix_purchase_order_answer_by", "answer_by", sqlite_where=_SILENT, postgresql_where=_SILENT),
    )

    order_id: str = Field(primary_key=True, max_length=64)
    version: int
    canteen_id: str = Field(max_length=64)
    cooperative_id: str = Field(max_length=64)
    county_code: str = Field(max_length=64)
    delivery_day: date
    answer_by: datetime
    placed_at: datetime
    status: str = Field(max_length=16)
    answer: str | None = Field(default=None, max_length=16)
    answer_reason: str | None = Field(default=None, max_length=500)
    answered_at: datetime | None = Field(default=None)
    closing_reason: str | None = Field(default=None, max_length=500)
    dispatched_at: datetime | None = Field(default=None)
    dispatch_reason: str | None = Field(default=None, max_length=500)
    receipt_version: int | None = Field(default=None)
    heard: bool = Field(sa_column_kwargs={"server_default": false()})


class OrderLine(Table, table=True):
    """One line with the five quantities, what its offer promises for it, and what the answer said at the time."""

    __tablename__ = "order_line"
    __table_args__ = (
        one_of("temperature_class", TemperatureClass),
        CheckConstraint("promised_g BETWEEN 0 AND ordered_g", name="promised"),
        CheckConstraint("confirmed_g BETWEEN 0 AND ordered_g", name="confirmed"),
        CheckConstraint("dispatched_g BETWEEN 0 AND confirmed_g", name="dispatched"),
        CheckConstraint("accepted_g BETWEEN 0 AND received_g", name="accepted"),
        Index("ix_order_line_offer_id", "offer_id"),
    )

    order_id: str = Field(primary_key=True, max_length=64, foreign_key="purchase_order.order_id")
    line_id: str = Field(primary_key=True, max_length=64)
    place: int
    food_code: str = Field(max_length=64)
    offer_id: str = Field(max_length=64)
    temperature_class: str = Field(max_length=16)
    price_fen_per_kg: int
    promised_g: int = Field(sa_type=BigInteger)
    answered_g: int | None = Field(default=None, sa_type=BigInteger)
    ordered_g: int = Field(sa_type=BigInteger)
    confirmed_g: int = Field(sa_type=BigInteger)
    dispatched_g: int = Field(sa_type=BigInteger)
    received_g: int | None = Field(default=None, sa_type=BigInteger)
    accepted_g: int | None = Field(default=None, sa_type=BigInteger)
    short_reason: str | None = Field(default=None, max_length=500)
