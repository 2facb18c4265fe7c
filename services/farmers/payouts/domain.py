"""The rules of paying households: what a cooperative was paid for, once, whole, and never more than is due.

A household's part of a settlement is paid whole or not at all. Corrections that lower it are parts of their own: they
are deducted when the household is next paid, whatever it is paid for.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shared.errors import AlreadyDone, Conflict, DomainError
from shared.events.farmers import HouseholdsPaid
from shared.events.farmers import Payout as PayoutTold
from shared.fields import PayoutMethod

MOST_PARTS = 2_000
"""Parts of one payout; what the event holds."""


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """A household's part of a settlement, in fen; `cooperative_paid_on` is None while the cooperative waits itself."""

    household_id: str
    settlement_id: str
    amount_fen: int
    cooperative_paid_on: date | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a clerk says was paid: everything that waits, or what waits of a payment, or of these households."""

    payout_id: str
    cooperative_id: str
    payment_id: str | None
    household_ids: tuple[str, ...] | None
    paid_on: date
    method: PayoutMethod

    @property
    def said(self) -> str:
        """The same text for the same request."""
        named = None if self.household_ids is None else sorted(self.household_ids)
        return json.dumps([self.cooperative_id, self.payment_id, named, str(self.paid_on), str(self.method)])


@dataclass(frozen=True, slots=True)
class Reversal:
    """What a clerk says was not paid after all: a payout, or these households' parts of it, and why."""

    payout_id: str
    reverses: str
    household_ids: tuple[str, ...] | None
    reversed_on: date
    reason: str

    @property
    def said(self) -> str:
        """The same text for the same request."""
        named = None if self.household_ids is None else sorted(self.household_ids)
        return json.dumps([self.reverses, named, str(self.reversed_on), self.reason])


@dataclass(frozen=True, slots=True)
class Payout:
    """A payout as it was recorded."""

    payout_id: str
    cooperative_id: str
    paid_on: date
    method: PayoutMethod
    households: int
    amount_fen: int
    reverses: str | None
    reason: str | None
    said: str
    confirmed_at: datetime

    def told(self, parts: Iterable[Part]) -> HouseholdsPaid:
        """Return the event that tells of it."""
        return HouseholdsPaid(
            payout_id=self.payout_id,
            cooperative_id=self.cooperative_id,
            payouts=tuple(
                PayoutTold(household_id=one.household_id, settlement_id=one.settlement_id, amount_fen=one.amount_fen)
                for one in parts
            ),
            paid_on=self.paid_on,
            method=self.method,
            reverses=self.reverses,
            reason=self.reason,
            confirmed_at=self.confirmed_at,
        )


def require_same(known: Payout, said: str) -> None:
    """Raise AlreadyDone when a payout is recorded again, differently."""
    if known.said != said:
        raise AlreadyDone("payout-exists", f"payout {known.payout_id} was recorded before, differently")


def choose(asked: Asked, unpaid: Sequence[Part], of_payment: frozenset[str] | None, today: date) -> list[Part]:
    """Return the parts that are paid, of those a cooperative has not paid yet; `of_payment` are settlements.

    Raises DomainError for a household nothing waits for, or whose cooperative is not paid yet, or was not on that day;
    Conflict `nothing-waiting` where there is nobody to pay.
    """
    if asked.paid_on > today:
        raise DomainError("payout-to-come", f"today is {today}", field="paid_on")
    by_household: dict[str, list[Part]] = {}
    for part in unpaid:
        by_household.setdefault(part.household_id, []).append(part)
    chosen: list[Part] = []
    for place, household_id in enumerate(asked.household_ids or sorted(by_household)):
        parts = by_household.get(household_id, [])
        payable = _payable([part for part in parts if part.cooperative_paid_on is not None], of_payment)
        if not payable and asked.household_ids is not None:
            raise _nothing(household_id, parts, f"household_ids.{place}")
        chosen += payable
    _check(asked, chosen)
    return sorted(chosen)


def _payable(waiting: Sequence[Part], of_payment: frozenset[str] | None) -> list[Part]:
    """Return what of a household's waiting parts is paid: those of the payment, less every correction that waits.

    Where corrections come to more, all that waits is taken together; where that is too little, nothing.
    """
    wanted = [part for part in waiting if of_payment is None or part.settlement_id in of_payment]
    if not wanted:
        return []
    named = {part.settlement_id for part in wanted}
    deducted = [part for part in waiting if part.settlement_id not in named and part.amount_fen < 0]
    for parts in ([*wanted, *deducted], list(waiting)):
        if sum(part.amount_fen for part in parts) >= 0:
            return parts
    return []


def _nothing(household_id: str, parts: Sequence[Part], field: str) -> DomainError:
    if parts and all(part.cooperative_paid_on is None for part in parts):
        return DomainError(
            "cooperative-not-paid", f"nothing of what {household_id} waits for was paid yet", field=field
        )
    return DomainError("nothing-due", f"nothing waits for {household_id}", field=field)


def _check(asked: Asked, chosen: Sequence[Part]) -> None:
    if not chosen:
        raise Conflict("nothing-waiting", f"nothing waits for households of {asked.cooperative_id}")
    if len(chosen) > MOST_PARTS:
        detail = f"{len(chosen)} parts wait, one payout has at most {MOST_PARTS}: name households"
        raise DomainError("too-many-parts", detail, field="household_ids")
    latest = max(part.cooperative_paid_on for part in chosen if part.cooperative_paid_on is not None)
    if asked.paid_on < latest:
        raise DomainError("cooperative-not-paid", f"the cooperative was paid on {latest}", field="paid_on")


def paid(asked: Asked, parts: Sequence[Part], now: datetime) -> Payout:
    """Return the payout of these parts."""
    return Payout(
        payout_id=asked.payout_id,
        cooperative_id=asked.cooperative_id,
        paid_on=asked.paid_on,
        method=asked.method,
        households=len({part.household_id for part in parts}),
        amount_fen=sum(part.amount_fen for part in parts),
        reverses=None,
        reason=None,
        said=asked.said,
        confirmed_at=now,
    )


def taken_back(reversal: Reversal, known: Payout, standing: Sequence[Part], today: date) -> list[Part]:
    """Return the parts that a reversal takes back, with the other sign; `standing` is what of the payout still stands.

    Raises DomainError for a reversal of one, a day to come or before the payout, a household the payout did not pay;
    Conflict `payout-reversed` where nothing of it stands any more.
    """
    if known.reverses is not None:
        raise DomainError("reversal-of-reversal", f"{known.payout_id} takes a payout back itself")
    if not known.paid_on <= reversal.reversed_on <= today:
        detail = f"it was paid on {known.paid_on}, today is {today}"
        raise DomainError("reversal-day", detail, field="reversed_on")
    by_household: dict[str, list[Part]] = {}
    for part in standing:
        by_household.setdefault(part.household_id, []).append(part)
    if not by_household:
        raise Conflict("payout-reversed", f"nothing of payout {known.payout_id} stands any more")
    for place, household_id in enumerate(reversal.household_ids or ()):
        if household_id not in by_household:
            detail = f"payout {known.payout_id} pays {household_id} nothing, or not any more"
            raise DomainError("not-in-payout", detail, field=f"household_ids.{place}")
    named = by_household if reversal.household_ids is None else dict.fromkeys(reversal.household_ids)
    return sorted(
        Part(part.household_id, part.settlement_id, -part.amount_fen) for name in named for part in by_household[name]
    )


def reversed_by(reversal: Reversal, known: Payout, parts: Sequence[Part], now: datetime) -> Payout:
    """Return the payout that takes parts of a known one back."""
    return Payout(
        payout_id=reversal.payout_id,
        cooperative_id=known.cooperative_id,
        paid_on=reversal.reversed_on,
        method=known.method,
        households=len({part.household_id for part in parts}),
        amount_fen=sum(part.amount_fen for part in parts),
        reverses=known.payout_id,
        reason=reversal.reason,
        said=reversal.said,
        confirmed_at=now,
    )
