"""Accounts and bookings. A transaction's entries sum to zero; what was booked is never changed, only added to.

Money moves one way: a school's food money → what its cooperative and the households are due → what was paid to the
cooperative (its own part, and what it holds for its households) → what was paid on to the households. A correction
moves some of it back. Freight has a fund of its own, and so has what calling off late costs: the meal subsidy, which is
for food, may pay neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

FOOD_MONEY, DISPUTED, HELD, PAID = "food-money", "disputed", "held", "paid"
"""Parts of an account: a school's money and what of it is held back; a cooperative's cash for others; what is paid."""


class Kind(StrEnum):
    """Whose account it is."""

    SCHOOL = "school"
    COOPERATIVE = "cooperative"
    HOUSEHOLD = "household"
    FREIGHT = "freight"
    CARRIER = "carrier"
    OPERATING = "operating"
    COMPENSATION = "compensation"


PURSES = (
    frozenset({Kind.SCHOOL, Kind.COOPERATIVE, Kind.HOUSEHOLD}),
    frozenset({Kind.FREIGHT, Kind.CARRIER}),
    frozenset({Kind.OPERATING, Kind.COMPENSATION}),
)
"""Money for food, for freight and for what is called off late: no two of them meet in one transaction."""


class Booking(StrEnum):
    """What a transaction books."""

    SETTLEMENT = "settlement"
    DECISION = "decision"
    PAYMENT = "payment"
    PAYOUT = "payout"
    FREIGHT = "freight"
    COMPENSATION = "compensation"


EARNED = (Booking.SETTLEMENT, Booking.DECISION)
"""What says who earned what; the other bookings move what was earned."""


@dataclass(frozen=True, slots=True, order=True)
class Account:
    """An account of the ledger; `poor` is a household's status on the day its lot was harvested."""

    kind: Kind
    holder_id: str
    poor: bool = False
    part: str = ""

    @property
    def name(self) -> str:
        """The account's name, e.g. `school/<id>/food-money`, `cooperative/<id>/held`, `household/<id>`."""
        part = self.part or (FOOD_MONEY if self.kind is Kind.SCHOOL else "")
        return f"{self.kind}/{self.holder_id}/{part}" if part else f"{self.kind}/{self.holder_id}"

    @classmethod
    def of(cls, name: str, *, poor: bool) -> "Account":
        """Return the account of a name."""
        kind, holder_id, *parts = name.split("/", 2)
        part = parts[0] if parts else ""
        return cls(Kind(kind), holder_id, poor, "" if part == FOOD_MONEY else part)


@dataclass(frozen=True, slots=True)
class Booked:
    """Fen in (+) or out (−) of an account, for so many accepted grams."""

    amount_fen: int
    accepted_g: int

    def __add__(self, other: "Booked") -> "Booked":
        return Booked(self.amount_fen + other.amount_fen, self.accepted_g + other.accepted_g)

    def __sub__(self, other: "Booked") -> "Booked":
        return Booked(self.amount_fen - other.amount_fen, self.accepted_g - other.accepted_g)


NOTHING = Booked(0, 0)

Entries = Mapping[Account, Booked]


@dataclass(frozen=True, slots=True)
class Transaction:
    """One booking. Making one whose entries do not sum to zero is a mistake in this program and fails.

    `settlement_id` names the settlement whose money a payment or payout moves, `source_id` the payment or payout.
    What freight costs comes from no receipt and no order, compensation from no receipt: those ids are empty then.
    """

    transaction_id: str
    receipt_id: str
    receipt_version: int
    order_id: str
    county_code: str
    delivery_day: date
    booked_at: datetime
    entries: Entries
    kind: Booking = Booking.SETTLEMENT
    settlement_id: str = ""
    source_id: str = ""

    def __post_init__(self) -> None:
        """Refuse what is not balanced, and food money that would pay freight or compensation."""
        if sum(booked.amount_fen for booked in self.entries.values()):
            raise ValueError(f"the entries of transaction {self.transaction_id} do not sum to zero")
        kinds = {account.kind for account in self.entries}
        if not any(kinds <= purse for purse in PURSES):
            raise ValueError(f"transaction {self.transaction_id} mixes money for {', '.join(sorted(kinds))}")
