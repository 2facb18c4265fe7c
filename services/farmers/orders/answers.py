"""The rules of answers: whole, in part, declined, by silence; given once, in time, for what is promised.

Answering gives back what is promised and not confirmed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.farmers.orders.domain import Answer, Line, Order, OrderStatus
from shared.errors import AlreadyDone, Conflict, DomainError, NotFound
from shared.events import Event
from shared.events.farmers import LineAnswer, OrderAccepted, OrderDeclined, OrderPartlyAccepted

EXHAUSTED = "offer-exhausted"
SILENCE = "silence"


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


def decline_when_released(order: Order, reason: str, now: datetime) -> tuple[Order, Event | None]:
    """Answer for a cooperative that released all it had promised the order: there is nothing to confirm."""
    if order.status != OrderStatus.TO_ANSWER or order.promised_g:
        return order, None
    return _decline(order, Answer.DECLINED, reason, now)


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
    return line._replace(promised_g=grams, answered_g=grams, confirmed_g=grams)


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
