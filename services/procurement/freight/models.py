"""Tables of freight. What was booked stays as it is."""

from datetime import date, datetime

from sqlalchemy import JSON, Index
from sqlmodel import Field

from services.procurement.tables import Table, big, table_of


class Freight(Table, table=True):
    """What a carrier gets for a day's driving, and why."""

    __tablename__ = "freight"
    __table_args__ = (Index("ix_freight_county_code", "county_code", "freight_id"),)

    freight_id: str = Field(primary_key=True, max_length=64, foreign_key="ledger_transaction.transaction_id")
    county_code: str = Field(max_length=64)
    carrier_id: str = Field(max_length=64)
    trip_id: str | None = Field(default=None, max_length=64, index=True)
    day: date
    amount_fen: int = big()
    reference: str = Field(max_length=64)
    reason: str = Field(max_length=500)
    booked_by: str = Field(max_length=64)
    booked_at: datetime


class Trip(Table, table=True):
    """A trip that departed with orders on board; what it cost as told last, and each order's share of it in fen."""

    __tablename__ = "trip"

    trip_id: str = Field(primary_key=True, max_length=64)
    vehicle_id: str = Field(max_length=64)
    order_ids: list[str] = Field(sa_type=JSON)
    cost_version: int = 0
    cost_fen: int | None = big(default=None)
    distance_m: int | None = big(default=None)
    shares: dict[str, int] = Field(sa_type=JSON, default_factory=dict)


freight = table_of(Freight)
trip = table_of(Trip)
