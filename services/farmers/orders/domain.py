"""What an order is, and how it changes by what others tell.

An order waits for an answer with what its offers promise it; an amendment only ever lowers; a cancelled or declined
order holds nothing.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from shared.events.logistics import ReceiptSigned
from shared.events.procurement import OrderAmended, OrderCancelled


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


class Line(NamedTuple):
    """One order line, all in g; `promised_g` is held for it in its offer, `answered_g` what was said at the time.

    `short_reason` says why less was dispatched than confirmed, None while nothing is missing. A tuple, because millions
    of them are read and changed, for which a frozen dataclass takes several times as long.
    """

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
    short_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the cooperative knows it; `heard`: a system of the cooperative's own may want to be told of it."""

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
    heard: bool = field(default=False, compare=False)

    @property
    def promised_g(self) -> int:
        """Grams held for it in offers."""
        return sum(line.promised_g for line in self.lines)

    @property
    def asked(self) -> list[tuple[str, str, date]]:
        """What reference prices are asked for beside it: food, county and delivery day of each line."""
        return [(line.food_code, self.county_code, self.delivery_day) for line in self.lines]


def amend(order: Order, event: OrderAmended) -> Order:
    """Lower the order and release what it no longer needs; an older version, or one too late, changes nothing.

    An order reduced to nothing is as good as cancelled.
    """
    if event.version <= order.version or order.status not in STANDING:
        return order
    ordered = {line.line_id: line.ordered_g for line in event.lines}
    lines = tuple(_lowered(line, ordered.get(line.line_id, line.ordered_g)) for line in order.lines)
    amended = replace(order, version=event.version, lines=lines)
    if not any(line.ordered_g for line in lines):
        return replace(amended, status=OrderStatus.CANCELLED, closing_reason=event.reason)
    return amended


def cancel(order: Order, event: OrderCancelled) -> Order:
    """Call the order off and release what it was promised.

    A closed order stays as it is; one that is dispatched keeps the reason, and goes on its way.
    """
    if order.status == OrderStatus.DISPATCHED:
        return replace(order, closing_reason=event.reason)
    if order.status not in STANDING:
        return order
    lines = tuple(line._replace(promised_g=0) for line in order.lines)
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


def _lowered(line: Line, ordered_g: int) -> Line:
    ordered = min(line.ordered_g, ordered_g)
    promised, confirmed = min(line.promised_g, ordered), min(line.confirmed_g, ordered)
    return line._replace(ordered_g=ordered, promised_g=promised, confirmed_g=confirmed)


def _weighed(line: Line, received_g: int, accepted_g: int) -> Line:
    return line._replace(received_g=received_g, accepted_g=accepted_g)
