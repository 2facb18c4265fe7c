"""Bodies of the ledger's routes."""

from datetime import date, datetime
from typing import Any, Self

from pydantic import BaseModel

from services.procurement.ledger.domain import Booking, Kind


class LedgerSum(BaseModel):
    """How many entries the ledger has, and their sum in fen: 0, always."""

    entries: int
    sum_fen: int


class EntryRead(BaseModel):
    """Fen in (+) or out (−) of an account, for so many accepted grams, and what was booked.

    `settlement_id` and `source_id` name the settlement whose money was moved and the payment or payout that did it.
    """

    entry_id: int
    transaction_id: str
    account: str
    kind: Kind
    poor: bool
    amount_fen: int
    accepted_g: int
    booking: Booking
    settlement_id: str
    source_id: str
    order_id: str
    delivery_day: date
    booked_at: datetime

    @classmethod
    def of(cls, row: Any) -> Self:
        """Return the answer about a row."""
        return cls(**row._mapping)


class Entries(BaseModel):
    """A page of entries: `next` is to be passed as `after`."""

    items: list[EntryRead]
    next: int | None
