"""Where a household's part of a settlement stands, and since when a cooperative has the money of a settlement."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum


class PartState(StrEnum):
    """How far the money of a household's part has come; a part of 0 fen has nowhere to go."""

    AWAITING_COOPERATIVE = "awaiting_cooperative"
    WAITING = "waiting"
    PAID = "paid"
    NOTHING_DUE = "nothing_due"


def state_of(amount_fen: int, cooperative_paid_on: date | None, payout_id: str | None) -> PartState:
    """Return where a part stands: its cooperative is not paid yet, it is and the household waits, the household is."""
    if not amount_fen:
        return PartState.NOTHING_DUE
    if payout_id is not None:
        return PartState.PAID
    return PartState.AWAITING_COOPERATIVE if cooperative_paid_on is None else PartState.WAITING


def waits_since(state: PartState, delivery_day: date, cooperative_paid_on: date | None) -> date | None:
    """Return since when a part waits: for the cooperative's money since the delivery, then for the cooperative."""
    if state is PartState.AWAITING_COOPERATIVE:
        return delivery_day
    return cooperative_paid_on if state is PartState.WAITING else None


def paid_since(amount_fen: int, paid: Sequence[tuple[date, int]]) -> date | None:
    """Return since when a cooperative has the money of a settlement, None while payments, by day, left some of it out.

    A settlement of 0 fen moves money between households only: it is paid when a payment names it.
    """
    brought = sum(fen for _, fen in paid)
    complete = brought >= amount_fen if amount_fen > 0 else brought <= amount_fen
    return max(day for day, _ in paid) if complete and paid else None
