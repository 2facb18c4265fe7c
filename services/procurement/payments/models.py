"""Tables of payments. A payment that was confirmed stays as it is."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from services.procurement.settlement.domain import Purpose
from services.procurement.tables import Table, big, one_of, table_of


class Payment(Table, table=True):
    """A bank's payment to a cooperative; `asked` says what it was confirmed for, so that it can be told again."""

    __tablename__ = "payment"
    __table_args__ = (
        Index("ix_payment_cooperative_id", "cooperative_id", "payment_id"),
        Index("ix_payment_county_code", "county_code", "paid_on"),
        CheckConstraint("amount_fen >= 0", name="amount"),
        one_of("purpose", Purpose),
    )

    payment_id: str = Field(primary_key=True, max_length=64)
    cooperative_id: str = Field(max_length=64)
    county_code: str = Field(max_length=64)
    amount_fen: int = big()
    paid_on: date
    reference: str = Field(max_length=64)
    asked: str = Field(max_length=64)
    confirmed_at: datetime
    purpose: str = Field(max_length=16, sa_column_kwargs={"server_default": "food"})


class PaymentLine(Table, table=True):
    """What a payment paid of a settlement."""

    __tablename__ = "payment_line"

    payment_id: str = Field(primary_key=True, max_length=64, foreign_key="payment.payment_id")
    settlement_id: str = Field(primary_key=True, max_length=64, foreign_key="settlement.settlement_id", index=True)
    amount_fen: int = big()


payment = table_of(Payment)
payment_line = table_of(PaymentLine)
