"""Bodies of the ledger's routes."""

from datetime import date, datetime
from typing import Any, Self

from pydantic import BaseModel

from services.procurement.ledger.chain import Broken, Content, Link
from services.procurement.ledger.domain import Booking, Kind
from services.procurement.ledger.links import Head
from services.procurement.rows import row_of
from shared.chain import Verified


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


class LinkRead(BaseModel):
    """A transaction's place in its county's chain; `hash` (SHA-256) covers what is booked and the link before."""

    county_code: str
    number: int
    transaction_id: str
    hash: str

    @classmethod
    def of(cls, link: Link) -> Self:
        """Return the answer about a link."""
        return cls(**row_of(link, cls.model_fields))


class ChainRead(BaseModel):
    """A county's chain: how many links, the last one, and how many transactions wait for theirs (a second or so)."""

    county_code: str
    links: int
    last: LinkRead | None
    waiting: int

    @classmethod
    def of(cls, head: Head) -> Self:
        """Return the answer about a chain."""
        last = None if head.last is None else LinkRead.of(head.last)
        return cls(county_code=head.county_code, links=last.number if last else 0, last=last, waiting=head.waiting)


class Chains(BaseModel):
    """The chains of all counties in which something was booked."""

    items: list[ChainRead]


class BrokenRead(BaseModel):
    """The first link that does not hold, what it seals, and the rule it breaks."""

    number: int
    transaction_id: str
    rule: str
    detail: str


class VerificationRead(BaseModel):
    """What came of verifying: `links` hold, up to `last`; `broken` does not; more follow behind link `next`."""

    county_code: str
    links: int
    last: LinkRead | None
    broken: BrokenRead | None
    next: int | None

    @classmethod
    def of(cls, county_code: str, verified: Verified[Link, Broken]) -> Self:
        """Return the answer about a verification."""
        last = None if verified.last is None else LinkRead.of(verified.last)
        broken = verified.broken
        return cls(
            county_code=county_code,
            links=verified.links,
            last=last,
            broken=None if broken is None else BrokenRead(**row_of(broken, BrokenRead.model_fields)),
            next=last.number if last and verified.more else None,
        )


class EntryOf(BaseModel):
    """An entry of a transaction."""

    account: str
    poor: bool
    amount_fen: int
    accepted_g: int


class TransactionRead(BaseModel):
    """A booking with its entries, which sum to zero, and its link in the county's chain (null for a second or so)."""

    transaction_id: str
    receipt_id: str
    receipt_version: int
    order_id: str
    county_code: str
    delivery_day: date
    booked_at: datetime
    kind: Booking
    settlement_id: str
    source_id: str
    entries: list[EntryOf]
    link: LinkRead | None

    @classmethod
    def of(cls, content: Content, link: Link | None) -> Self:
        """Return the answer about a transaction."""
        own = row_of(content, [name for name in cls.model_fields if name not in ("entries", "link")])
        entries = [
            EntryOf(account=account, poor=poor, amount_fen=fen, accepted_g=grams)
            for account, poor, fen, grams in sorted(content.entries)
        ]
        return cls(**own, entries=entries, link=None if link is None else LinkRead.of(link))
