"""The tables of what was settled and paid to cooperatives. Rows are added: a correction is a settlement of its own.

What is written later into a row is only since when its money is there (`paid_on`) and by which payout it was passed on
(`payout_id`): the facts behind both are rows of their own, in payments and payouts.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field

from services.farmers.tables import Table

_PAID = text("payout_id IS NOT NULL")
"""Of no others: SQLite takes `payout_id IS NULL` for few rows, and would read all unpaid ones for each it looks for."""
_WAITING = text("payout_id IS NULL AND cooperative_paid_on IS NOT NULL AND amount_fen <> 0")


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
    paid_on: date | None = Field(default=None)


class SettlementLine(Table, table=True):
    """By how much a settlement changed what was accepted of an order line, and its price."""

    __tablename__ = "settlement_line"

    settlement_id: str = Field(primary_key=True, max_length=64, foreign_key="settlement.settlement_id")
    line_id: str = Field(primary_key=True, max_length=64)
    accepted_g: int = Field(sa_type=BigInteger)
    amount_fen: int = Field(sa_type=BigInteger)


class HouseholdIncome(Table, table=True):
    """A household's part of a settlement, for the grams of its lots that were accepted: one part, paid once, whole.

    `poor_fen` of it is for what was harvested while the household counted as poor.
    """

    __tablename__ = "household_income"
    __table_args__ = (
        Index("ix_household_income_household_id", "household_id", "month"),
        Index("ix_household_income_cooperative_id", "cooperative_id", "month"),
        Index("ix_household_income_payout_id", "payout_id", sqlite_where=_PAID, postgresql_where=_PAID),
        Index(
            "ix_household_income_waiting",
            "cooperative_id",
            "household_id",
            "cooperative_paid_on",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )

    settlement_id: str = Field(primary_key=True, max_length=64, foreign_key="settlement.settlement_id")
    household_id: str = Field(primary_key=True, max_length=64)
    cooperative_id: str = Field(max_length=64)
    month: str = Field(max_length=7)
    poor: bool
    accepted_g: int = Field(sa_type=BigInteger)
    amount_fen: int = Field(sa_type=BigInteger)
    poor_fen: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    cooperative_paid_on: date | None = Field(default=None)
    payout_id: str | None = Field(default=None, max_length=64)


class CooperativePayment(Table, table=True):
    """Food money that reached a cooperative's account."""

    __tablename__ = "cooperative_payment"
    __table_args__ = (Index("ix_cooperative_payment_cooperative_id", "cooperative_id", "payment_id"),)

    payment_id: str = Field(primary_key=True, max_length=64)
    cooperative_id: str = Field(max_length=64)
    amount_fen: int = Field(sa_type=BigInteger)
    paid_on: date
    reference: str = Field(max_length=200)
    confirmed_at: datetime


class PaymentLine(Table, table=True):
    """What a payment brought of one settlement."""

    __tablename__ = "payment_line"
    __table_args__ = (Index("ix_payment_line_settlement_id", "settlement_id"),)

    payment_id: str = Field(primary_key=True, max_length=64, foreign_key="cooperative_payment.payment_id")
    settlement_id: str = Field(primary_key=True, max_length=64, foreign_key="settlement.settlement_id")
    amount_fen: int = Field(sa_type=BigInteger)
