"""Request bodies and answers about payouts. Households by pseudonym only."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from services.farmers.payouts.domain import Asked, Part, Payout, Reversal
from shared.errors import DomainError
from shared.fields import Day, Fen, Headcount, Id, Name, PayoutMethod, Reason
from shared.routing import Input

Households = Annotated[list[Id] | None, Field(min_length=1, max_length=1000)]


def _once_each(household_ids: Sequence[str] | None) -> tuple[str, ...] | None:
    if household_ids is None:
        return None
    for place, household_id in enumerate(household_ids):
        if household_id in household_ids[:place]:
            raise DomainError("twice-in-request", "an earlier entry names it", field=f"household_ids.{place}")
    return tuple(household_ids)


class PayoutIn(Input):
    """A cooperative paid its households what waits for them: all of it, or what waits of a payment or of some."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "payout_id": "payout-520628-0001",
                    "cooperative_id": "coop-520628-001",
                    "payment_id": "payment-520628-0001",
                    "paid_on": "2026-12-14",
                    "method": "bank",
                },
                {
                    "payout_id": "payout-520628-0002",
                    "cooperative_id": "coop-520628-001",
                    "household_ids": ["hh-520628-00001"],
                    "paid_on": "2026-12-15",
                    "method": "cash",
                },
            ]
        }
    )

    payout_id: Id
    cooperative_id: Id
    payment_id: Id | None = None
    household_ids: Households = None
    paid_on: Day
    method: PayoutMethod

    def asked(self) -> Asked:
        """Return the values the rules work with. Raises DomainError for a household named twice."""
        named = _once_each(self.household_ids)
        return Asked(self.payout_id, self.cooperative_id, self.payment_id, named, self.paid_on, self.method)


class ReversalIn(Input):
    """Households were not paid after all: all of a payout's, or these; `payout_id` is a new one."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "payout_id": "payout-520628-0003",
                    "household_ids": ["hh-520628-00001"],
                    "reversed_on": "2026-12-16",
                    "reason": "the bank sent it back: the account is closed",
                }
            ]
        }
    )

    payout_id: Id
    household_ids: Households = None
    reversed_on: Day
    reason: Reason

    def reversal(self, reverses: str) -> Reversal:
        """Return the values the rules work with. Raises DomainError for a household named twice."""
        return Reversal(self.payout_id, reverses, _once_each(self.household_ids), self.reversed_on, self.reason)


class PayoutRead(BaseModel):
    """A payout: `amount_fen` to so many households; negative if it takes back another one, which it `reverses`."""

    model_config = ConfigDict(from_attributes=True)

    payout_id: Id
    cooperative_id: Id
    paid_on: date
    method: PayoutMethod
    households: Headcount
    amount_fen: Fen
    reverses: Id | None
    reason: str | None
    confirmed_at: datetime


class PayoutPage(BaseModel):
    """Payouts ordered by id; `next` is the `after` of the next page, null on the last one."""

    items: list[PayoutRead]
    next: Id | None


class PartPaid(BaseModel):
    """What a payout brought of one settlement; negative where a correction was deducted."""

    settlement_id: Id
    amount_fen: Fen


class HouseholdPaid(BaseModel):
    """What a payout brought a household."""

    household_id: Id
    amount_fen: Fen
    parts: list[PartPaid]


class PayoutDetail(PayoutRead):
    """A payout with what it brought each household; `next` is the `after` of the next page of households."""

    items: list[HouseholdPaid]
    next: Id | None

    @classmethod
    def of(cls, payout: Payout, parts: Sequence[Part], after: str | None) -> Self:
        """Return what is shown of a payout."""
        items = [
            HouseholdPaid(household_id=key, amount_fen=sum(part.amount_fen for part in own), parts=_parts(own))
            for key, own in ((key, list(group)) for key, group in groupby(parts, key=lambda part: part.household_id))
        ]
        return cls(**dict(PayoutRead.model_validate(payout)), items=items, next=after)


def _parts(own: Sequence[Part]) -> list[PartPaid]:
    return [PartPaid(settlement_id=part.settlement_id, amount_fen=part.amount_fen) for part in own]


class PaymentRead(BaseModel):
    """What a cooperative was paid, and how much of its households' parts it has not passed on yet."""

    model_config = ConfigDict(from_attributes=True)

    payment_id: Id
    cooperative_id: Id
    amount_fen: Fen
    paid_on: date
    reference: Name
    confirmed_at: datetime
    waiting_households: Headcount
    waiting_fen: Fen


class PaymentPage(BaseModel):
    """Payments ordered by id; `next` is the `after` of the next page, null on the last one."""

    items: list[PaymentRead]
    next: Id | None
