"""Rules of a receipt: two people, every packed line once, accepted ≤ received ≤ dispatched, refusals with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.logistics.plans.domain import SCHOOL_TIME
from shared.errors import Conflict, DomainError, NotFound
from shared.quantities import split

CLOCK_AHEAD = timedelta(minutes=5)
"""How far a phone's clock may be ahead of ours."""
SOONEST = timedelta(days=1)
"""How long before its delivery day food may be received."""


class Refused(StrEnum):
    """Where refused food goes (domain.md §5): back to who brought it, or it is destroyed on the spot."""

    RETURNED = "returned"
    DESTROYED = "destroyed"


@dataclass(frozen=True, slots=True)
class PackedLine:
    """What was packed for a line, from which lots (id, g), and what was accepted of it so far.

    `recalled` names a recalled lot in it. With a tolerance (1/1000 of what was packed), less than it allows needs a
    reason.
    """

    line_id: str
    food_code: str
    dispatched_g: int
    lots: tuple[tuple[str, int], ...]
    accepted_g: int = 0
    recalled: str | None = None
    tolerance_permille: int | None = None


@dataclass(frozen=True, slots=True)
class WeighedLine:
    """What two people weighed and accepted of a line, what they saw, and where goes what they refused."""

    line_id: str
    received_g: int
    accepted_g: int
    reason: str = ""
    temperature_c: float | None = None
    certificate_seen: bool | None = None
    photo_ids: tuple[str, ...] = ()
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class SignedLine:
    """A weighed line with its accepted grams per lot; the lots sum to `accepted_g`."""

    line_id: str
    food_code: str
    received_g: int
    accepted_g: int
    reason: str
    temperature_c: float | None
    certificate_seen: bool | None
    photo_ids: tuple[str, ...]
    refused: Refused | None
    lots: tuple[tuple[str, int], ...]


def require_two(signers: Sequence[str]) -> None:
    """Refuse a receipt not signed by two different people (domain.md §5)."""
    if len(set(signers)) != 2:
        raise DomainError("two-signers", "a receipt is signed by two different people", field="signers")


def require_arrived(order_id: str, status: str) -> None:
    """Refuse a receipt for food that does not stand at the gate."""
    if status not in ("arrived", "received"):
        raise Conflict("not-arrived", f"order {order_id} has not arrived at the school", field="order_id")


def require_inspected(hold: bool, inspection: str, weighed: Sequence[WeighedLine]) -> None:
    """Refuse to accept food whose cold chain broke before somebody inspected it and wrote down what was found."""
    if hold and not inspection and any(line.accepted_g for line in weighed):
        detail = "the cold chain broke on the way: write down what the inspection found"
        raise DomainError("inspection-needed", detail, field="inspection")


def require_sound_clock(captured_at: datetime | None, delivery_day: date, now: datetime) -> None:
    """Refuse a phone's time that lies in the future, or before the food can have come."""
    if captured_at is None:
        return
    if captured_at > now + CLOCK_AHEAD:
        raise DomainError("clock-ahead", f"it is {now.isoformat()} here", field="captured_at")
    if captured_at.astimezone(SCHOOL_TIME).date() < delivery_day - SOONEST:
        detail = f"the delivery is of {delivery_day}: the phone's clock is wrong"
        raise DomainError("clock-behind", detail, field="captured_at")


def sign(packed: Sequence[PackedLine], weighed: Sequence[WeighedLine]) -> tuple[SignedLine, ...]:
    """Return what is signed for an order: each packed line once, in the order of `packed`.

    Accepted grams are shared out over the line's lots in proportion to what was packed of each, never above it.
    """
    by_line = {line.line_id: line for line in packed}
    seen: dict[str, SignedLine] = {}
    for index, line in enumerate(weighed):
        if line.line_id not in by_line:
            raise NotFound("line", line.line_id, field=f"lines.{index}.line_id")
        if line.line_id in seen:
            raise DomainError("line-twice", f"line {line.line_id} is there twice", field=f"lines.{index}.line_id")
        _require_sound(by_line[line.line_id], line, f"lines.{index}")
        seen[line.line_id] = _signed(by_line[line.line_id], line)
    missing = [line.line_id for line in packed if line.dispatched_g and line.line_id not in seen]
    if missing:
        raise DomainError("line-missing", f"line {missing[0]} was dispatched and is not in the receipt", field="lines")
    return tuple(seen[line.line_id] for line in packed if line.line_id in seen)


def _require_sound(packed: PackedLine, line: WeighedLine, field: str) -> None:
    if line.received_g > packed.dispatched_g:
        detail = f"{line.received_g} g received, {packed.dispatched_g} g were dispatched"
        raise DomainError("more-than-dispatched", detail, field=f"{field}.received_g")
    if line.accepted_g > line.received_g:
        detail = f"{line.accepted_g} g accepted, {line.received_g} g were received"
        raise DomainError("more-than-received", detail, field=f"{field}.accepted_g")
    if packed.tolerance_permille is not None and not line.reason:
        lacking = packed.dispatched_g - line.received_g
        if lacking * 1000 > packed.tolerance_permille * packed.dispatched_g:
            detail = f"{lacking} g lack of {packed.dispatched_g} g, more than {packed.tolerance_permille} ‰: say why"
            raise DomainError("over-tolerance", detail, field=f"{field}.reason")
    if line.refused is not None and line.accepted_g == line.received_g:
        raise DomainError("nothing-refused", "everything received was accepted", field=f"{field}.refused")
    if line.accepted_g < line.received_g and not line.reason:
        detail = "what is not accepted needs a reason"
        raise DomainError("reason-needed", detail, field=f"{field}.reason")
    if packed.recalled is not None and line.accepted_g > packed.accepted_g:
        detail = f"lot {packed.recalled} is recalled: nothing of this line can be accepted"
        raise Conflict("lot-recalled", detail, field=f"{field}.accepted_g")


def _signed(packed: PackedLine, line: WeighedLine) -> SignedLine:
    weights = [grams for _, grams in packed.lots]
    parts = split(line.accepted_g, weights) if weights else []
    lots = tuple((lot_id, part) for (lot_id, _), part in zip(packed.lots, parts, strict=True))
    return SignedLine(
        line_id=line.line_id,
        food_code=packed.food_code,
        received_g=line.received_g,
        accepted_g=line.accepted_g,
        reason=line.reason,
        temperature_c=line.temperature_c,
        certificate_seen=line.certificate_seen,
        photo_ids=line.photo_ids,
        refused=_plain(line).refused,
        lots=lots,
    )


def same_lines(signed: Sequence[WeighedLine], weighed: Sequence[WeighedLine]) -> bool:
    """Whether two people's lines say the same, in whatever order; what is refused goes back where nothing is said."""
    return sorted(map(_plain, signed), key=_line_id) == sorted(map(_plain, weighed), key=_line_id)


def _plain(line: WeighedLine) -> WeighedLine:
    refused = (line.refused or Refused.RETURNED) if line.accepted_g < line.received_g else None
    return replace(line, refused=refused)


def _line_id(line: WeighedLine) -> str:
    return line.line_id
