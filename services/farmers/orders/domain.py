"""The rules of orders and answers.

An order waits for an answer with what its offers promise it. Answering gives back what is promised and not confirmed;
an amendment only ever lowers; a cancelled or declined order holds nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from shared.errors import AlreadyDone, Conflict, DomainError, NotFound
from shared.events import Event
from shared.events.farmers import LineAnswer, OrderAccepted, OrderDeclined, OrderPartlyAccepted
from shared.events.logistics import ReceiptSigned
from shared.events.procurement import OrderAmended, OrderCancelled

EXHAUSTED = "offer-exhausted"
SILENCE = "silence"


class OrderStatus(StrEnum):
    """How far an order has come at the cooperative."""

    TO_ANSWER = "to_answer"
    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    DISPATCHED = "dispatched"


class Answer(StrEnum):
    """Who answered, and how: all that was promised, a part, nothing; by the system, by silence."""

    ALL = "all"
    PART = "part"
    DECLINED = "declined"
    EXHAUSTED = "exhausted"
    SILENCE = "silence"


CONFIRMED = (OrderStatus.ACCEPTED, OrderStatus.PARTLY_ACCEPTED)
STANDING = (OrderStatus.TO_ANSWER, *CONFIRMED)


@dataclass(frozen=True, slots=True)
class Line:
    """One order line, all in g; `promised_g` is held for it in its offer, `answered_g` what was said at the time."""

    line_id: str
    food_code: str
    offer_id: str
    temperature_class: str
    price_fen_per_kg: int
    promised_g: int
    answered_g: int | None
    ordered_g: int
    confirmed_g: int
    dispatched_g: int
    received_g: int | None
    accepted_g: int | None


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the cooperative knows it."""

    order_id: str
    version: int
    canteen_id: str
    cooperative_id: str
    county_code: str
    delivery_day: date
    answer_by: datetime
    placed_at: datetime
    status: str
    answer: str | None
    answer_reason: str | None
    answered_at: datetime | None
    closing_reason: str | None
    dispatched_at: datetime | None
    dispatch_reason: str | None
    receipt_version: int | None
    lines: tuple[Line, ...]

    @property
    def promised_g(self) -> int:
        """Grams held for it in offers."""
        return sum(line.promised_g for line in self.lines)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the cooperative confirms of one line, in g."""

    line_id: str
    confirmed_g: int


def accept(
    order: Order, wanted: Sequence[Wanted] | None, reason: str | None, now: datetime
) -> tuple[Order, Event | None]:
    """Confirm all that is promised (`wanted` None), or those grams of the lines named and 0 of the others.

    The same answer again returns the order as it is and tells nothing. Raises DomainError.
    """
    asked = _by_line(order, wanted)
    if order.status != OrderStatus.TO_ANSWER:
        if _said_before(order, asked, reason):
            return order, None
        raise _answered(order)
    _require_in_time(order, now)
    confirmed = _confirmable(order, wanted, asked)
    if not any(confirmed.values()):
        raise DomainError("use-decline", "to take nothing, decline the order", field="lines")
    whole = all(confirmed[line.line_id] == line.ordered_g for line in order.lines)
    said = Answer.ALL if all(confirmed[line.line_id] == line.promised_g for line in order.lines) else Answer.PART
    if said is Answer.PART and reason is None:
        raise DomainError("reason-required", "say why less than what is promised is taken", field="reason")
    status = OrderStatus.ACCEPTED if whole else OrderStatus.PARTLY_ACCEPTED
    answered = _settle(order, confirmed, status, said, None if whole else reason or EXHAUSTED, now)
    return answered, _told(answered, now)


def decline(order: Order, reason: str, now: datetime) -> tuple[Order, Event | None]:
    """Take nothing. The same answer again tells nothing. Raises DomainError."""
    if order.status != OrderStatus.TO_ANSWER:
        if order.answer == Answer.DECLINED and order.answer_reason == reason:
            return order, None
        raise _answered(order)
    _require_in_time(order, now)
    return _decline(order, Answer.DECLINED, reason, now)


def decline_by_silence(order: Order, now: datetime) -> tuple[Order, Event]:
    """Nobody answered in time, so nothing is taken."""
    return _decline(order, Answer.SILENCE, SILENCE, now)


def decline_when_exhausted(order: Order, now: datetime) -> tuple[Order, Event | None]:
    """Answer at once for a cooperative whose offers have nothing left for any line: there is nothing to confirm."""
    if order.status != OrderStatus.TO_ANSWER or order.promised_g:
        return order, None
    return _decline(order, Answer.EXHAUSTED, EXHAUSTED, now)


def amend(order: Order, event: OrderAmended, now: datetime) -> tuple[Order, Event | None]:
    """Lower the order and release what it no longer needs; an older version, or one too late, changes nothing.

    An order reduced to nothing is as good as cancelled; one whose promised lines are all reduced away has nothing left
    to confirm.
    """
    if event.version <= order.version or order.status not in STANDING:
        return order, None
    ordered = {line.line_id: line.ordered_g for line in event.lines}
    lines = tuple(_lowered(line, ordered.get(line.line_id, line.ordered_g)) for line in order.lines)
    amended = replace(order, version=event.version, lines=lines)
    if not any(line.ordered_g for line in lines):
        return replace(amended, status=OrderStatus.CANCELLED, closing_reason=event.reason), None
    return decline_when_exhausted(amended, now)


def cancel(order: Order, event: OrderCancelled) -> Order:
    """Call the order off and release what it was promised; an order that is dispatched or closed stays as it is."""
    if order.status not in STANDING:
        return order
    lines = tuple(replace(line, promised_g=0) for line in order.lines)
    version = max(order.version, event.version)
    return replace(order, status=OrderStatus.CANCELLED, closing_reason=event.reason, version=version, lines=lines)


def weigh(order: Order, event: ReceiptSigned) -> Order:
    """Note what the school received and accepted; an older version of a receipt changes nothing."""
    if order.receipt_version is not None and event.version <= order.receipt_version:
        return order
    weighed = {line.line_id: (line.received_g, line.accepted_g) for line in event.lines}
    lines = tuple(_weighed(line, *weighed.get(line.line_id, (0, 0))) for line in order.lines)
    return replace(order, receipt_version=event.version, lines=lines)


def released(before: Order, after: Order) -> dict[str, int]:
    """Return by how many grams each offer's promise moves from one state of an order to the next."""
    moved: dict[str, int] = {}
    for line, was in zip(after.lines, before.lines, strict=True):
        if line.promised_g != was.promised_g:
            moved[line.offer_id] = moved.get(line.offer_id, 0) + line.promised_g - was.promised_g
    return moved


def _by_line(order: Order, wanted: Sequence[Wanted] | None) -> dict[str, int] | None:
    if wanted is None:
        return None
    asked = {line.line_id: 0 for line in order.lines}
    seen: set[str] = set()
    for index, want in enumerate(wanted):
        if want.line_id not in asked:
            raise NotFound("order-line", want.line_id, field=f"lines.{index}.line_id")
        if want.line_id in seen:
            raise DomainError("line-twice", "an earlier entry names this line", field=f"lines.{index}.line_id")
        seen.add(want.line_id)
        asked[want.line_id] = want.confirmed_g
    return asked


def _confirmable(order: Order, wanted: Sequence[Wanted] | None, asked: dict[str, int] | None) -> dict[str, int]:
    if wanted is None or asked is None:
        return {line.line_id: line.promised_g for line in order.lines}
    lines = {line.line_id: line for line in order.lines}
    for index, want in enumerate(wanted):
        line, field = lines[want.line_id], f"lines.{index}.confirmed_g"
        if want.confirmed_g > line.ordered_g:
            raise DomainError("more-than-ordered", f"{line.ordered_g} g are ordered", field=field)
        if want.confirmed_g > line.promised_g:
            raise DomainError("more-than-promised", f"the offer has {line.promised_g} g for it", field=field)
    return asked


def _said_before(order: Order, asked: dict[str, int] | None, reason: str | None) -> bool:
    if order.answer not in (Answer.ALL, Answer.PART):
        return False
    # A reason nobody gave is the one we gave for them; to a whole acceptance a reason adds nothing.
    if order.answer_reason is not None and (reason or EXHAUSTED) != order.answer_reason:
        return False
    if asked is None:
        return order.answer == Answer.ALL
    return all(line.answered_g == asked[line.line_id] for line in order.lines)


def _answered(order: Order) -> DomainError:
    if order.status == OrderStatus.CANCELLED:
        return Conflict("order-cancelled", f"order {order.order_id} was called off: {order.closing_reason}")
    if order.answer == Answer.SILENCE:
        return _too_late(order)
    return AlreadyDone("already-answered", f"order {order.order_id} is {order.status.replace('_', ' ')} already")


def _require_in_time(order: Order, now: datetime) -> None:
    if now > order.answer_by:
        raise _too_late(order)


def _too_late(order: Order) -> Conflict:
    return Conflict("too-late", f"it was to be answered by {order.answer_by.isoformat()}; silence is a decline")


def _decline(order: Order, answer: Answer, reason: str, now: datetime) -> tuple[Order, OrderDeclined]:
    nothing = {line.line_id: 0 for line in order.lines}
    declined = _settle(order, nothing, OrderStatus.DECLINED, answer, reason, now)
    told = OrderDeclined(
        order_id=order.order_id,
        order_version=order.version,
        cooperative_id=order.cooperative_id,
        canteen_id=order.canteen_id,
        reason=reason,
        by_silence=answer is Answer.SILENCE,
        answered_at=now,
    )
    return declined, told


def _settle(
    order: Order, confirmed: Mapping[str, int], status: OrderStatus, answer: Answer, reason: str | None, now: datetime
) -> Order:
    lines = tuple(_confirmed(line, confirmed[line.line_id]) for line in order.lines)
    return replace(order, status=status, answer=answer, answer_reason=reason, answered_at=now, lines=lines)


def _confirmed(line: Line, grams: int) -> Line:
    return replace(line, promised_g=grams, answered_g=grams, confirmed_g=grams)


def _lowered(line: Line, ordered_g: int) -> Line:
    ordered = min(line.ordered_g, ordered_g)
    promised, confirmed = min(line.promised_g, ordered), min(line.confirmed_g, ordered)
    return replace(line, ordered_g=ordered, promised_g=promised, confirmed_g=confirmed)


def _weighed(line: Line, received_g: int, accepted_g: int) -> Line:
    return replace(line, received_g=received_g, accepted_g=accepted_g)


def _told(order: Order, now: datetime) -> OrderAccepted | OrderPartlyAccepted:
    lines = tuple(LineAnswer(line_id=line.line_id, confirmed_g=line.confirmed_g) for line in order.lines)
    if order.status == OrderStatus.ACCEPTED:
        return OrderAccepted(
            order_id=order.order_id,
            order_version=order.version,
            cooperative_id=order.cooperative_id,
            canteen_id=order.canteen_id,
            lines=lines,
            answered_at=now,
        )
    return OrderPartlyAccepted(
        order_id=order.order_id,
        order_version=order.version,
        cooperative_id=order.cooperative_id,
        canteen_id=order.canteen_id,
        lines=lines,
        reason=order.answer_reason or EXHAUSTED,
        answered_at=now,
    )
