"""Tables of the ledger. It is append-only: triggers refuse UPDATE and DELETE, new entries correct a mistake."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from services.procurement.ledger.domain import Booking, Kind
from services.procurement.tables import Table, big, one_of, table_of
from shared.database import SERIAL


class LedgerTransaction(Table, table=True):
    """One booking: a receipt's version, a decision, a payment, a payout, freight, compensation. It sums to zero."""

    __tablename__ = "ledger_transaction"
    __table_args__ = (
        Index("ix_ledger_transaction_day", "delivery_day", "county_code"),
        one_of("kind", Booking),
    )

    transaction_id: str = Field(primary_key=True, max_length=64)
    receipt_id: str = Field(max_length=64, index=True)
    receipt_version: int
    order_id: str = Field(max_length=64)
    county_code: str = Field(max_length=64)
    delivery_day: date
    booked_at: datetime
    kind: str = Field(max_length=16, sa_column_kwargs={"server_default": "settlement"})
    settlement_id: str = Field(max_length=64, index=True, sa_column_kwargs={"server_default": ""})
    source_id: str = Field(max_length=64, sa_column_kwargs={"server_default": ""})


class LedgerEntry(Table, table=True):
    """Fen in (+) or out (−) of an account, for so many accepted grams; `poor` is the household's status at harvest."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        Index("ix_ledger_entry_account", "account", "entry_id"),
        one_of("kind", Kind),
    )

    entry_id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    transaction_id: str = Field(max_length=64, foreign_key="ledger_transaction.transaction_id", index=True)
    account: str = Field(max_length=100)
    kind: str = Field(max_length=16)
    poor: bool = False
    amount_fen: int = big()
    accepted_g: int = big()


class LedgerWaiting(Table, table=True):
    """A transaction that is booked and not in its county's chain yet: the next second puts it there."""

    __tablename__ = "ledger_waiting"
    __table_args__ = (Index("ix_ledger_waiting_county_code", "county_code", "position"),)

    position: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    county_code: str = Field(max_length=64)
    transaction_id: str = Field(max_length=64)


class LedgerLink(Table, table=True):
    """A transaction's place in its county's chain: its hash covers what it books and the link before it."""

    __tablename__ = "ledger_link"

    county_code: str = Field(primary_key=True, max_length=64)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    transaction_id: str = Field(max_length=64, foreign_key="ledger_transaction.transaction_id", unique=True)
    hash: str = Field(max_length=64)
    sealed_at: datetime


ledger_transaction = table_of(LedgerTransaction)
ledger_entry = table_of(LedgerEntry)
ledger_waiting = table_of(LedgerWaiting)
ledger_link = table_of(LedgerLink)
