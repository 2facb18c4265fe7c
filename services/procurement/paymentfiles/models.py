"""Tables of payment files, and the masked accounts their rows name."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field

from services.procurement.paymentfiles.domain import Status
from services.procurement.settlement.domain import Purpose
from services.procurement.tables import Table, big, one_of, table_of


class PaymentFile(Table, table=True):
    """A batch of payments for a county's bank."""

    __tablename__ = "payment_file"
    __table_args__ = (
        Index("ix_payment_file_county_code", "county_code", "file_id"),
        one_of("status", Status),
        one_of("purpose", Purpose),
    )

    file_id: str = Field(primary_key=True, max_length=64)
    county_code: str = Field(max_length=64)
    until: date
    created_by: str = Field(max_length=64)
    created_at: datetime
    status: str = Field(max_length=16)
    asked: str = Field(max_length=64)
    purpose: str = Field(max_length=16, sa_column_kwargs={"server_default": "food"})


class PaymentFileLine(Table, table=True):
    """What a file pays of a settlement, in the row of its cooperative."""

    __tablename__ = "payment_file_line"

    file_id: str = Field(primary_key=True, max_length=64, foreign_key="payment_file.file_id")
    settlement_id: str = Field(primary_key=True, max_length=64, foreign_key="settlement.settlement_id", index=True)
    reference: str = Field(max_length=64)
    cooperative_id: str = Field(max_length=64)
    amount_fen: int = big()


class PaymentAccount(Table, table=True):
    """Where a cooperative is paid, as much of it as may be shown: farmers has the whole number, sealed."""

    __tablename__ = "payment_account"

    cooperative_id: str = Field(primary_key=True, max_length=64)
    bank: str = Field(max_length=200)
    account_masked: str = Field(max_length=40)


payment_file = table_of(PaymentFile)
payment_file_line = table_of(PaymentFileLine)
payment_account = table_of(PaymentAccount)
