"""The rules of paying: never more than is due, every fen from what somebody earned to where it is now."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.procurement.ledger.domain import HELD, PAID, Account, Booked, Booking, Entries, Kind, Transaction
from services.procurement.settlement.domain import Purpose, Settlement
from shared.errors import Conflict, DomainError
from shared.events.procurement import PaymentConfirmed, SettlementPaid
from shared.ids import derived_id
from shared.quantities import split

MOST_SETTLEMENTS = 5_000
_CARD = re.compile(r"(?<!\d)(?:\d{16,19}|\d{4}(?: \d{4}){3}(?: \d{1,3})?)(?!\d)")
"""So many digits, at a stretch or in fours, as they stand on a card."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an official says was paid to a cooperative: a month's statement, or fen by settlement.

    Of a month's statement food is paid, or what is owed for calling off late: never both with one payment.
    """

    cooperative_id: str
    paid_on: date
    reference: str
    month: str | None = None
    amounts_fen: Mapping[str, int] | None = None
    purpose: Purpose = Purpose.FOOD

    @property
    def payment_id(self) -> str:
        """The payment's id: one bank reference pays a cooperative once."""
        return derived_id("payment", self.cooperative_id, self.reference)

    @property
    def fingerprint(self) -> str:
        """What tells whether the same was said before."""
        amounts = sorted((self.amounts_fen or {}).items())
        other = [] if self.purpose == Purpose.FOOD else [self.purpose.value]
        return derived_id("asked", self.paid_on, self.month or "", *(part for pair in amounts for part in pair), *other)


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment to a cooperative: fen by settlement; less than nothing where a correction is set off."""

    payment_id: str
    cooperative_id: str
    county_code: str
    amount_fen: int
    paid_on: date
    reference: str
    asked: str
    confirmed_at: datetime
    amounts_fen: Mapping[str, int]
    purpose: Purpose = Purpose.FOOD

    def told(self) -> PaymentConfirmed:
        """Return the fact that it was paid."""
        return PaymentConfirmed(
            payment_id=self.payment_id,
            cooperative_id=self.cooperative_id,
            county_code=self.county_code,
            settlements=tuple(
                SettlementPaid(settlement_id=key, amount_fen=fen) for key, fen in sorted(self.amounts_fen.items())
            ),
            amount_fen=self.amount_fen,
            paid_on=self.paid_on,
            reference=self.reference,
            confirmed_at=self.confirmed_at,
        )


def check_asked(asked: Asked, today: date) -> None:
    """Refuse a payment that is still to come, and a reference that is somebody's account number."""
    if asked.paid_on > today:
        raise DomainError("paid-in-the-future", f"{asked.paid_on} is still to come", field="paid_on")
    if any(_is_card(number.replace(" ", "")) for number in _CARD.findall(asked.reference)):
        raise DomainError("account-number", "a reference carries no account number", field="reference")


def _is_card(number: str) -> bool:
    """Whether the check digit (ISO/IEC 7812-1, Luhn) is that of a bank card."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def without_filed(asked: Asked, due: Sequence[Settlement], filed: Collection[str]) -> list[Settlement]:
    """Return what no open payment file pays. Raises Conflict `in-payment-file` where nothing is, or it was named."""
    left = [each for each in due if each.settlement_id not in filed]
    if filed and (asked.amounts_fen is not None or not left):
        detail = f"{min(filed)} lies in a payment file that is with the bank: confirm or cancel the file"
        raise Conflict("in-payment-file", detail, field="settlements")
    return left


def make_payment(asked: Asked, due: Sequence[Settlement], now: datetime) -> Payment:
    """Return the payment that was asked for, whole or in the parts named.

    Raises DomainError `nothing-due`, `two-purposes` or `too-many-settlements`, Conflict `more-than-due`; and
    `negative-payment` where corrections take back more than is to be paid: they wait for the next deliveries.
    """
    if not due:
        raise DomainError("nothing-due", f"nothing is to be paid to {asked.cooperative_id}", field="cooperative_id")
    if len(due) > MOST_SETTLEMENTS:
        detail = f"one payment pays at most {MOST_SETTLEMENTS} settlements: confirm parts"
        raise DomainError("too-many-settlements", detail, field="settlements")
    if len({each.purpose for each in due}) > 1:
        detail = "food and what is called off late are paid out of two funds, so by two payments"
        raise DomainError("two-purposes", detail, field="settlements")
    amounts = {each.settlement_id: each.amount_fen - each.paid_fen for each in due}
    if asked.amounts_fen is not None:
        for key, left in amounts.items():
            amounts[key] = _at_most(key, asked.amounts_fen[key], left)
    total = sum(amounts.values())
    if total < 0:
        raise Conflict("negative-payment", f"corrections take back {-total} fen more than is due", field="settlements")
    return Payment(
        payment_id=asked.payment_id,
        cooperative_id=asked.cooperative_id,
        county_code=due[0].county_code,
        amount_fen=total,
        paid_on=asked.paid_on,
        reference=asked.reference,
        asked=asked.fingerprint,
        confirmed_at=now,
        amounts_fen=amounts,
        purpose=due[0].purpose,
    )


def _at_most(settlement_id: str, amount_fen: int, left_fen: int) -> int:
    if not min(0, left_fen) <= amount_fen <= max(0, left_fen) or (amount_fen == 0 and left_fen):
        detail = f"of {settlement_id} {left_fen} fen are still to be paid, not {amount_fen}"
        raise Conflict("more-than-due", detail, field="settlements")
    return amount_fen


def pay(due: Settlement, amount_fen: int, left: Entries, payment: Payment) -> tuple[Settlement, Transaction]:
    """Move what is paid of a settlement: the cooperative's own part is paid, it holds that of its households.

    `left` is what is in the accounts of the settlement. Raises Conflict `paid-whole-only`.
    """
    payee = Kind.COOPERATIVE if due.purpose == Purpose.FOOD else Kind.COMPENSATION
    parts = {
        account: booked.amount_fen
        for account, booked in sorted(left.items())
        if account.kind in (payee, Kind.HOUSEHOLD) and not account.part and booked.amount_fen
    }
    moved = _moved(due.settlement_id, parts, amount_fen)
    entries: dict[Account, Booked] = {account: Booked(-fen, 0) for account, fen in moved.items() if fen}
    own = sum(fen for account, fen in moved.items() if account.kind is payee)
    held = amount_fen - own
    for part, fen in ((PAID, own), (HELD, held)):
        if fen:
            entries[Account(payee, due.cooperative_id, part=part)] = Booked(fen, 0)
    paid = replace(
        due,
        paid_fen=due.paid_fen + amount_fen,
        held_fen=due.held_fen + held,
        open=due.paid_fen + amount_fen != due.amount_fen,
        paid_on=payment.paid_on,
    )
    return paid, transaction_for(due, Booking.PAYMENT, payment.payment_id, entries, payment.confirmed_at)


def _moved(settlement_id: str, parts: Mapping[Account, int], amount_fen: int) -> Mapping[Account, int]:
    total = sum(parts.values())
    if amount_fen == total:
        return parts
    sign = 1 if total > 0 else -1
    if any(fen * sign < 0 for fen in parts.values()):
        detail = f"{settlement_id} gives to some and takes from others: it is paid whole"
        raise Conflict("paid-whole-only", detail, field="settlements")
    # In proportion to what each is still due, so that nobody's part ever exceeds it.
    shares = split(amount_fen * sign, [fen * sign for fen in parts.values()])
    return {account: share * sign for account, share in zip(parts, shares, strict=True)}


def pass_on(
    due: Settlement, parts_fen: Mapping[str, int], payout_id: str, now: datetime
) -> tuple[Settlement, Transaction]:
    """Move what a cooperative paid its households of a settlement, by household, out of what it holds for them.

    A cooperative that paid before it was paid itself holds less than nothing: it advanced the money.
    """
    passed = sum(parts_fen.values())
    entries = {Account(Kind.HOUSEHOLD, key, part=PAID): Booked(fen, 0) for key, fen in parts_fen.items() if fen}
    if passed:
        entries[Account(Kind.COOPERATIVE, due.cooperative_id, part=HELD)] = Booked(-passed, 0)
    passed_on = replace(due, passed_fen=due.passed_fen + passed)
    return passed_on, transaction_for(due, Booking.PAYOUT, payout_id, entries, now)


def transaction_for(due: Settlement, kind: Booking, source_id: str, entries: Entries, now: datetime) -> Transaction:
    """Return the booking that moves money of a settlement."""
    return Transaction(
        transaction_id=derived_id(kind, source_id, due.settlement_id),
        receipt_id=due.receipt_id,
        receipt_version=0,
        order_id=due.order_id,
        county_code=due.county_code,
        delivery_day=due.delivery_day,
        booked_at=now,
        entries=entries,
        kind=kind,
        settlement_id=due.settlement_id,
        source_id=source_id,
    )
