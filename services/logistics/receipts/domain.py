"""Rules of a receipt: two people, every packed line once, accepted ≤ received ≤ dispatched, refusals with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.errors import Conflict, DomainError, NotFound
from shared.quantities import split


@dataclass(frozen=True, slots=True)
class PackedLine:
    """What was packed for a line, from which lots (id, g), and what was accepted of it so far.

    `recalled` names a recalled lot in it.
    """

    line_id: str
    food_code: str
    dispatched_g: int
    lots: tuple[tuple[str, int], ...]
    accepted_g: int = 0
    recalled: str | None = None


@dataclass(frozen=True, slots=True)
class WeighedLine:
    """What two people weighed and accepted of a line."""

    line_id: str
    received_g: int
    accepted_g: int
    reason: str = ""
    temperature_c: float | None = None


@dataclass(frozen=True, slots=True)
class SignedLine:
    """A weighed line with its accepted grams per lot; the lots sum to `accepted_g`."""

    line_id: str
    food_code: str
    received_g: int
    accepted_g: int
    reason: str
    temperature_c: float | None
    lots: tuple[tuple[str, int], ...]


def require_two(signers: Sequence[str]) -> None:
    """Refuse a receipt not signed by two different people (domain.md §5)."""
    if len(set(signers)) != 2:
        raise DomainError("two-signers", "a receipt is signed by two different people", field="signers")


def require_arrived(order_id: str, status: str) -> None:
    """Refuse a receipt for food that does not stand at the gate."""
    if status not in ("arrived", "received"):
        raise Conflict("not-arrived", f"order {order_id} has not arrived at the school", field="order_id")


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
        lots=lots,
    )


def same_lines(signed: Sequence[WeighedLine], weighed: Sequence[WeighedLine]) -> bool:
    """Whether two people's lines say the same, in whatever order."""
    return sorted(signed, key=lambda line: line.line_id) == sorted(weighed, key=lambda line: line.line_id)
