"""The tables of payouts. Rows are added, never changed: a mistake is taken back by a payout of its own."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Text
from sqlmodel import Field

from services.farmers.tables import Table
from shared.fields import PayoutMethod

_METHODS = ", ".join(repr(str(method)) for method in PayoutMethod)


class Payout(Table, table=True):
    """A cooperative's payment to households, or the taking back of one; `said` is the request that made it."""

    __tablename__ = "payout"
    __table_args__ = (
        CheckConstraint(f"method IN ({_METHODS})", name="method"),
        Index("ix_payout_cooperative_id", "cooperative_id", "payout_id"),
        Index("ix_payout_reverses", "reverses"),
    )

    payout_id: str = Field(primary_key=True, max_length=64)
    cooperative_id: str = Field(max_length=64, foreign_key="cooperative.cooperative_id")
    paid_on: date
    method: str = Field(max_length=16)
    households: int
    amount_fen: int = Field(sa_type=BigInteger)
    reverses: str | None = Field(default=None, max_length=64, foreign_key="payout.payout_id")
    reason: str | None = Field(default=None, max_length=500)
    said: str = Field(sa_type=Text)
    confirmed_at: datetime


class PayoutLine(Table, table=True):
    """What a payout brought a household of one settlement; negative where a correction is netted, or taken back."""

    __tablename__ = "payout_line"

    payout_id: str = Field(primary_key=True, max_length=64, foreign_key="payout.payout_id")
    household_id: str = Field(primary_key=True, max_length=64)
    settlement_id: str = Field(primary_key=True, max_length=64)
    amount_fen: int = Field(sa_type=BigInteger)
