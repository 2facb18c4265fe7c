"""The tables of what was settled. Rows are added, never changed: a correction is a settlement of its own."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from services.farmers.tables import Table


class Settlement(Table, table=True):
    """What one receipt brought a cooperative: amount_fen = cooperative_fen + what its households get."""

    __tablename__ = "settlement"
    __table_args__ = (Index("ix_settlement_cooperative_id", "cooperative_id", "month"),)

    settlement_id: str = Field(primary_key=True, max_length=64)
    order_id: str = Field(max_length=64, index=True)
    receipt_id: str = Field(max_length=64)
    canteen_id: str = Field(max_length=64)
    cooperative_id: str = Field(max_length=64)
    delivery_day: date
    month: str = Field(max_length=7)
    amount_fen: int = Field(sa_type=BigInteger)
    cooperative_fen: int = Field(sa_type=BigInteger)
    recorded_at: datetime


class HouseholdIncome(Table, table=True):
    """What one household gets of a settlement, for the grams of its lots that were accepted."""

    __tablename__ = "household_income"
    __table_args__ = (
        Index("ix_household_income_household_id", "household_id", "month"),
        Index("ix_household_income_cooperative_id", "cooperative_id", "month"),
    )

    settlement_id: str = Field(primary_key=True, max_length=64, foreign_key="settlement.settlement_id")
    household_id: str = Field(primary_key=True, max_length=64)
    cooperative_id: str = Field(max_length=64)
    month: str = Field(max_length=7)
    poor: bool
    accepted_g: int = Field(sa_type=BigInteger)
    amount_fen: int = Field(sa_type=BigInteger)
