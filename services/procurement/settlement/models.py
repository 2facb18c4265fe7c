"""Tables of settlement: which receipts are booked, and how far what they brought is paid."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from services.procurement.settlement.domain import Purpose
from services.procurement.tables import Table, big, one_of, table_of


class Receipt(Table, table=True):
    """The highest version of a receipt that was booked."""

    __tablename__ = "receipt"

    receipt_id: str = Field(primary_key=True, max_length=64)
    order_id: str = Field(max_length=64)
    version: int


class Settlement(Table, table=True):
    """What one booking of a receipt brought a cooperative, and how far it is paid: the ledger, kept added up."""

    __tablename__ = "settlement"
    __table_args__ = (
        Index("ix_settlement_cooperative_id", "cooperative_id", "open", "delivery_day"),
        Index("ix_settlement_due_on", "open", "due_on", "county_code"),
        Index("ix_settlement_delivery_day", "delivery_day", "county_code"),
        CheckConstraint("paid_fen BETWEEN 0 AND amount_fen OR paid_fen BETWEEN amount_fen AND 0", name="paid"),
        one_of("purpose", Purpose),
    )

    settlement_id: str = Field(primary_key=True, max_length=64, foreign_key="ledger_transaction.transaction_id")
    receipt_id: str = Field(max_length=64, index=True)
    order_id: str = Field(max_length=64)
    canteen_id: str = Field(max_length=64)
    cooperative_id: str = Field(max_length=64)
    county_code: str = Field(max_length=64)
    delivery_day: date
    recorded_at: datetime
    due_on: date
    amount_fen: int = big()
    cooperative_fen: int = big()
    paid_fen: int = big(default=0)
    held_fen: int = big(default=0)
    passed_fen: int = big(default=0)
    open: bool = True
    paid_on: date | None = None
    purpose: str = Field(max_length=16, sa_column_kwargs={"server_default": "food"})


receipt = table_of(Receipt)
settlement = table_of(Settlement)
