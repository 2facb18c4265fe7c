"""Bodies of the statements' routes."""

from datetime import date
from typing import Any, Self

from pydantic import BaseModel


class StatementLine(BaseModel):
    """An order line of the month: its five quantities in grams, its price, and what is paid for what was accepted.

    `supplier` is `market` for what came from the licensed market supplier.
    """

    line_id: str
    order_id: str
    delivery_day: date
    canteen_id: str
    cooperative_id: str
    status: str
    supplier: str
    food_code: str
    price_fen_per_kg: int
    ordered_g: int
    confirmed_g: int
    dispatched_g: int
    received_g: int
    accepted_g: int
    amount_fen: int

    @classmethod
    def of(cls, row: Any) -> Self:
        """Return the answer about a row."""
        return cls(**row._mapping)


class Totals(BaseModel):
    """The sums over all lines of the month, whatever the page."""

    lines: int
    ordered_g: int
    confirmed_g: int
    dispatched_g: int
    received_g: int
    accepted_g: int
    amount_fen: int


class Money(BaseModel):
    """How far a month is paid, in fen: `paid_fen` to the cooperatives, which hold `held_fen` of it for households.

    `disputed_fen` is held back until disputes are decided, and in no total. `compensation_fen` is owed for calling off
    late, out of the county's operating fund and no money for food: it is in no other figure. `compensation_paid_fen` of
    it was paid.
    """

    paid_fen: int
    held_fen: int
    disputed_fen: int
    compensation_fen: int
    compensation_paid_fen: int


class PartyStatement(BaseModel):
    """A school's or a cooperative's month by delivery day.

    Of the five quantities amounts are for the accepted grams, or as a dispute about them was decided.

    `total_fen` is what is to be paid (school) or was earned with its households (cooperative); `ledger_fen` is the
    balance of the party's own account: −total_fen for a school, the cooperative's own part for a cooperative.
    """

    month: str
    account: str
    amounts_are_for: str
    total_fen: int
    ledger_fen: int
    money: Money
    totals: Totals
    items: list[StatementLine]
    next: str | None


class HouseholdLine(BaseModel):
    """What a household was paid for its part of an order."""

    order_id: str
    delivery_day: date
    accepted_g: int
    amount_fen: int

    @classmethod
    def of(cls, row: Any) -> Self:
        """Return the answer about a row."""
        return cls(**row._mapping)


class HouseholdStatement(BaseModel):
    """A household's month by delivery day."""

    month: str
    account: str
    total_fen: int
    accepted_g: int
    items: list[HouseholdLine]
    next: str | None
