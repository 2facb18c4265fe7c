"""The rules of disputes: what is outside tolerance is held back, what is undisputed is paid, an official decides."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from services.procurement.ledger.domain import Account, Kind
from services.procurement.orders.domain import Line, Order
from services.procurement.settlement.domain import Lot, shares_of_line
from services.procurement.terms.domain import Terms
from shared.errors import Conflict, DomainError, StaleVersion
from shared.events.logistics import ReceiptSigned
from shared.ids import derived_id
from shared.quantities import amount_fen, split

Weight = tuple[str, bool, int]
"""A household (empty: the cooperative itself), whether it was poor, accepted grams: who gets what is decided."""


class Status(StrEnum):
    """How far a dispute has come; withdrawn is one that a corrected receipt made void."""

    OPEN = "open"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class Decision(StrEnum):
    """What an official decides: to pay what was weighed, what was dispatched of the order, or an amount in between."""

    AS_WEIGHED = "as-weighed"
    AS_ORDERED = "as-ordered"
    AMOUNT = "amount"


class Side(StrEnum):
    """Who states its view."""

    SCHOOL = "school"
    COOPERATIVE = "cooperative"


@dataclass(frozen=True, slots=True)
class Dispute:
    """An order line of which less was accepted than dispatched, beyond tolerance.

    `weighed_fen` is paid for what was accepted, `ordered_fen` would be for all that was dispatched of the order; the
    difference is held back while it is open. `amount_fen` is what the line is paid once it is decided.
    """

    dispute_id: str
    receipt_id: str
    order_id: str
    line_id: str
    canteen_id: str
    cooperative_id: str
    county_code: str
    delivery_day: date
    food_code: str
    price_fen_per_kg: int
    dispatched_g: int
    accepted_g: int
    weighed_fen: int
    ordered_fen: int
    reason: str
    shares: tuple[Weight, ...]
    opened_at: datetime
    decide_by: date
    version: int = 1
    status: Status = Status.OPEN
    school_statement: str = ""
    cooperative_statement: str = ""
    decision: Decision | None = None
    amount_fen: int | None = None
    decided_by: str | None = None
    decision_reason: str | None = None
    decided_at: datetime | None = None

    @property
    def held_fen(self) -> int:
        """What is held back."""
        return self.ordered_fen - self.weighed_fen if self.status is Status.OPEN else 0

    def paid_fen(self, weighed_fen: int, ordered_fen: int) -> int:
        """Return what the line is paid for so much weighed and dispatched, as it was decided (not yet: as weighed)."""
        if self.decision is Decision.AS_ORDERED:
            return ordered_fen
        if self.decision is Decision.AMOUNT and self.amount_fen is not None:
            return max(weighed_fen, min(ordered_fen, self.amount_fen))
        return weighed_fen


def judge(
    order: Order,
    receipt: ReceiptSigned,
    lots: Mapping[str, Lot],
    terms: Terms,
    known: Mapping[str, Dispute],
    now: datetime,
    today: date,
) -> tuple[Order, list[Dispute]]:
    """Hold an order that was matched against what the county tolerates.

    Returns it with what its lines are paid, and the disputes that are new or changed: opened, brought up to date, made
    void by a corrected receipt. What was decided stays decided, and holds for the corrected weights.
    """
    lines, changed = [], []
    received = {part.line_id: part for part in receipt.lines}
    for line in order.lines:
        ordered_fen = amount_fen(line.dispatched_g, line.price_fen_per_kg)
        old = known.get(line.line_id)
        if old is not None and old.status is Status.DECIDED:
            lines.append(replace(line, amount_fen=old.paid_fen(line.amount_fen, ordered_fen)))
            continue
        lines.append(line)
        lacking_fen = ordered_fen - line.amount_fen
        # What was recalled nobody may accept: there is nothing to dispute about.
        tolerance = None if line.lost else terms.tolerance
        if tolerance is None or tolerance.allows(line.dispatched_g, line.accepted_g, lacking_fen):
            if old is not None and old.status is Status.OPEN:
                changed.append(replace(old, status=Status.WITHDRAWN, version=old.version + 1))
            continue
        part = received.get(line.line_id)
        said = part.reason if part else ""
        weights = _weights(order, line, receipt, lots)
        changed.append(_opened(order, line, receipt.receipt_id, said, ordered_fen, weights, terms, old, now, today))
    return replace(order, lines=tuple(lines)), changed


def _weights(order: Order, line: Line, receipt: ReceiptSigned, lots: Mapping[str, Lot]) -> tuple[Weight, ...]:
    if not line.accepted_g:
        return (("", False, 1),)
    part = next(part for part in receipt.lines if part.line_id == line.line_id)
    grams: dict[tuple[str, bool], int] = {}
    for account, booked in shares_of_line(order.cooperative_id, line, part, lots):
        key = (account.holder_id if account.kind is Kind.HOUSEHOLD else "", account.poor)
        grams[key] = grams.get(key, 0) + booked.accepted_g
    return tuple((*key, weight) for key, weight in sorted(grams.items()) if weight)


def _opened(
    order: Order,
    line: Line,
    receipt_id: str,
    said: str,
    ordered_fen: int,
    weights: tuple[Weight, ...],
    terms: Terms,
    old: Dispute | None,
    now: datetime,
    today: date,
) -> Dispute:
    why = f"{line.accepted_g} g accepted of {line.dispatched_g} g dispatched"
    fresh = Dispute(
        dispute_id=derived_id("dispute", receipt_id, line.line_id),
        receipt_id=receipt_id,
        order_id=order.order_id,
        line_id=line.line_id,
        canteen_id=order.canteen_id,
        cooperative_id=order.cooperative_id,
        county_code=order.county_code,
        delivery_day=order.delivery_day,
        food_code=line.food_code,
        price_fen_per_kg=line.price_fen_per_kg,
        dispatched_g=line.dispatched_g,
        accepted_g=line.accepted_g,
        weighed_fen=line.amount_fen,
        ordered_fen=ordered_fen,
        reason=f"{why}: {said}" if said else why,
        shares=weights,
        opened_at=now,
        decide_by=terms.decide_by(today),
    )
    if old is None:
        return fresh
    stated = {"school_statement": old.school_statement, "cooperative_statement": old.cooperative_statement}
    since = {"opened_at": old.opened_at, "decide_by": old.decide_by} if old.status is Status.OPEN else {}
    return replace(fresh, version=old.version + 1, **stated, **since)  # type: ignore[arg-type]


def state(dispute: Dispute, side: Side, text: str, expected_version: int | None) -> Dispute:
    """Take down what a side says. Raises Conflict `dispute-over`, StaleVersion."""
    _must_be_open(dispute, expected_version)
    if side is Side.SCHOOL:
        return replace(dispute, school_statement=text, version=dispute.version + 1)
    return replace(dispute, cooperative_statement=text, version=dispute.version + 1)


def decide(
    dispute: Dispute,
    decision: Decision,
    amount: int | None,
    by: str,
    reason: str,
    now: datetime,
    expected_version: int | None,
) -> Dispute:
    """Decide what a line is paid.

    Raises Conflict `dispute-over`, StaleVersion, DomainError `amount` where the amount is missing, in the way, or not
    between what was weighed and what was dispatched.
    """
    _must_be_open(dispute, expected_version)
    if (amount is not None) != (decision is Decision.AMOUNT):
        raise DomainError("amount", "an amount goes with the decision `amount`, and with no other", field="amount_fen")
    if amount is not None and not dispute.weighed_fen <= amount <= dispute.ordered_fen:
        detail = f"between {dispute.weighed_fen} fen (as weighed) and {dispute.ordered_fen} fen (as ordered)"
        raise DomainError("amount", detail, field="amount_fen")
    decided = replace(dispute, decision=decision, amount_fen=amount)
    return replace(
        decided,
        version=dispute.version + 1,
        status=Status.DECIDED,
        amount_fen=decided.paid_fen(dispute.weighed_fen, dispute.ordered_fen),
        decided_by=by,
        decision_reason=reason,
        decided_at=now,
    )


def _must_be_open(dispute: Dispute, expected_version: int | None) -> None:
    if expected_version is not None and expected_version != dispute.version:
        raise StaleVersion(expected_version, dispute.version)
    if dispute.status is not Status.OPEN:
        raise Conflict("dispute-over", f"dispute {dispute.dispute_id} is {dispute.status}", field="dispute_id")


def more_paid(dispute: Dispute) -> dict[Account, int]:
    """Return who gets what a decision pays beyond what was weighed, by what they brought of what was accepted."""
    extra = (dispute.amount_fen or 0) - dispute.weighed_fen
    accounts = [
        Account(Kind.HOUSEHOLD, name, poor) if name else Account(Kind.COOPERATIVE, dispute.cooperative_id)
        for name, poor, _ in dispute.shares
    ]
    return dict(zip(accounts, split(extra, [grams for _, _, grams in dispute.shares]), strict=True))
