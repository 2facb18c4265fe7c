"""Bodies of the routes of payments and of what is due."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.procurement.months import MonthText
from services.procurement.payments.domain import MOST_SETTLEMENTS, Asked, Payment
from services.procurement.rows import row_of
from services.procurement.settlement.domain import Purpose, Settlement
from shared.errors import DomainError
from shared.fields import Day, Fen, Id
from shared.routing import Input

Reference = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./-]{0,57}$"),
    Field(description="the bank's reference of the payment, never an account number"),
]


class PartPaid(Input):
    """What was paid of a settlement; less than nothing where a correction that took back is set off."""

    settlement_id: Id
    amount_fen: Fen


class PaymentIn(Input):
    """That a cooperative was paid: for a month's statement (all that is open of it), or parts of settlements.

    Of a month an official pays what its own counties owe, whichever others the cooperative delivered to.

    `purpose` says what of the month was paid: its food, or what is owed for calling off late.

    Or that the bank carried out a payment file, but for the cooperatives whose payments it returned.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "cooperative_id": "coop-520628-001",
                    "month": "2026-11",
                    "paid_on": "2026-11-23",
                    "reference": "20261123-0007",
                }
            ]
        }
    )

    payment_file_id: Id | None = None
    returned: list[Id] = Field(default=[], max_length=5000)
    cooperative_id: Id | None = None
    month: MonthText | None = None
    purpose: Purpose = Purpose.FOOD
    settlements: list[PartPaid] | None = Field(default=None, min_length=1, max_length=MOST_SETTLEMENTS)
    paid_on: Day
    reference: Reference

    def file_id(self) -> str | None:
        """Return the payment file that is meant, if any. Raises DomainError `file-or-cooperative`."""
        if self.payment_file_id is not None and (self.cooperative_id or self.month or self.settlements):
            detail = "of a payment file everything is paid but what was returned"
            raise DomainError("file-or-cooperative", detail, field="payment_file_id")
        return self.payment_file_id

    def asked(self) -> Asked:
        """Return the value the use case works with. Raises DomainError for what cannot be meant."""
        if self.cooperative_id is None:
            raise DomainError("file-or-cooperative", "name a payment file or a cooperative", field="cooperative_id")
        if self.returned:
            raise DomainError("only-of-a-file", "only payments of a file are returned", field="returned")
        if (self.month is None) == (self.settlements is None):
            raise DomainError("month-or-settlements", "name a month or the settlements that were paid", field="month")
        amounts = {part.settlement_id: part.amount_fen for part in self.settlements or ()}
        if len(amounts) != len(self.settlements or ()):
            raise DomainError("twice-in-body", "a settlement is named once", field="settlements")
        parts = None if self.settlements is None else amounts
        return Asked(self.cooperative_id, self.paid_on, self.reference, self.month, parts, self.purpose)


class PartRead(BaseModel):
    """What was paid of a settlement, in fen."""

    settlement_id: str
    amount_fen: int


class PaymentListed(BaseModel):
    """A payment to a cooperative: amount_fen is the sum over the settlements it paid, `lines` of them."""

    payment_id: str
    cooperative_id: str
    county_code: str
    amount_fen: int
    paid_on: date
    reference: str
    confirmed_at: datetime
    purpose: Purpose
    lines: int

    @classmethod
    def of_row(cls, row: Any) -> Self:
        """Return the answer about a row."""
        return cls(**row._mapping)


class PaymentRead(PaymentListed):
    """A payment with what it paid of each settlement."""

    settlements: list[PartRead]

    @classmethod
    def of(cls, payment: Payment) -> Self:
        """Return the answer about a payment."""
        own = [name for name in PaymentListed.model_fields if name != "lines"]
        parts = [PartRead(settlement_id=key, amount_fen=fen) for key, fen in sorted(payment.amounts_fen.items())]
        return cls(**row_of(payment, own), lines=len(parts), settlements=parts)


class PaymentsRead(BaseModel):
    """The payments that were confirmed."""

    payments: list[PaymentRead]


class SettlementRead(BaseModel):
    """What one booking of a receipt brought a cooperative and its households, and how far it is paid, in fen.

    With the purpose `compensation` it is what calling off late costs, and of no receipt (`receipt_id` is empty).
    `paid_fen` was paid to the cooperative, which holds `held_fen` of it for its households; they have `passed_fen`.
    """

    settlement_id: str
    receipt_id: str
    order_id: str
    canteen_id: str
    cooperative_id: str
    county_code: str
    delivery_day: date
    recorded_at: datetime
    due_on: date
    amount_fen: int
    cooperative_fen: int
    paid_fen: int
    held_fen: int
    passed_fen: int
    open: bool
    paid_on: date | None
    purpose: Purpose

    @classmethod
    def of(cls, settlement: Settlement) -> Self:
        """Return the answer about a settlement."""
        return cls(**row_of(settlement, cls.model_fields))
