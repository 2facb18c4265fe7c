"""Tables of the ledger. It is append-only: triggers refuse UPDATE and DELETE, new entries correct a mistake."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, Integer
from sqlmodel import Field

from services.procurement.ledger.domain import Booking, Kind
from services.procurement.tables import Table, big, one_of, table_of

SERIAL = BigInteger().with_variant(Integer, "sqlite")


class LedgerTransaction(Table, table=True):
    """One booking: a receipt's version, a decision, a payment, a payout, freight. Its entries sum to zero."""

    __tablename__ = "ledger_transaction"
    __table_args__ = (
        Index("ix_ledger_transaction_day", "delivery_day", "county_code"),
        one_of("kind", *(kind.value for kind in Booking)),
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
        one_of("kind", *(kind.value for kind in Kind)),
    )

    entry_id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    transaction_id: str = Field(max_length=64, foreign_key="ledger_transaction.transaction_id", index=True)
    account: str = Field(max_length=100)
    kind: str = Field(max_length=16)
    poor: bool = False
    amount_fen: int = big()
    accepted_g: int = big()


ledger_transaction = table_of(LedgerTransaction)
ledger_entry = table_of(LedgerEntry)
