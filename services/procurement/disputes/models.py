"""The table of disputes."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index
from sqlmodel import Field

from services.procurement.disputes.domain import Decision, Status
from services.procurement.tables import Table, big, one_of, table_of


class Dispute(Table, table=True):
    """An order line that is held back in part; `shares` says who gets what a decision pays."""

    __tablename__ = "dispute"
    __table_args__ = (
        Index("ix_dispute_status", "status", "decide_by"),
        Index("ix_dispute_delivery_day", "delivery_day", "county_code"),
        one_of("status", Status),
        one_of("decision", Decision),
        CheckConstraint("weighed_fen <= ordered_fen", name="held"),
    )

    dispute_id: str = Field(primary_key=True, max_length=64)
    receipt_id: str = Field(max_length=64, index=True)
    order_id: str = Field(max_length=64)
    line_id: str = Field(max_length=64)
    canteen_id: str = Field(max_length=64)
    cooperative_id: str = Field(max_length=64)
    county_code: str = Field(max_length=64)
    delivery_day: date
    food_code: str = Field(max_length=64)
    price_fen_per_kg: int
    dispatched_g: int = big()
    accepted_g: int = big()
    weighed_fen: int = big()
    ordered_fen: int = big()
    reason: str = Field(max_length=1200)
    shares: Any = Field(sa_column=Column(JSON, nullable=False))
    opened_at: datetime
    decide_by: date
    version: int
    status: str = Field(max_length=16)
    school_statement: str = Field(max_length=1000)
    cooperative_statement: str = Field(max_length=1000)
    decision: str | None = Field(default=None, max_length=16)
    amount_fen: int | None = big(default=None, nullable=True)
    decided_by: str | None = Field(default=None, max_length=64)
    decision_reason: str | None = Field(default=None, max_length=500)
    decided_at: datetime | None = None


dispute = table_of(Dispute)
