"""The rules of purchase orders: placing, answering, reducing, cancelling, dispatching, loading."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum

from shared.errors import Conflict, StaleVersion
from shared.events.procurement import (
    LineAmended,
    LineConfirmed,
    LineOrdered,
    OrderAmended,
    OrderCancelled,
    OrderConfirmed,
    OrderPlaced,
)
from shared.fields import TemperatureClass

SCHOOL_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")
LAST_ANSWER = time(12, 0)
SHORTEST_ANSWER = timedelta(hours=2)


class Status(StrEnum):
    """How far an order has come."""

    PLACED = "placed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    DISPATCHED = "dispatched"
    LOADED = "loaded"
    RECEIVED = "received"
    SETTLED = "settled"


CAN_BE_TAKEN_BACK = frozenset({Status.PLACED, Status.CONFIRMED})


@dataclass(frozen=True, slots=True)
class Line:
    """One order line with its five quantities in grams; `short_g` is what the cooperative's answer left out."""

    line_id: str
    demand_id: str
    food_code: str
    offer_id: str
    temperature_class: str
    price_fen_per_kg: int
    ordered_g: int
    rank: int
    distance_m: int | None
    poor_share_permille: int
    confirmed_g: int = 0
    dispatched_g: int = 0
    received_g: int = 0
    accepted_g: int = 0
    short_g: int = 0
    amount_fen: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """A purchase order as of `version`."""

    order_id: str
    canteen_id: str
    cooperative_id: str
    county_code: str
    delivery_day: date
    status: Status
    version: int
    run_id: str
    answer_by: datetime
    placed_at: datetime
    confirmed_at: datetime | None = None
    dispatched_at: datetime | None = None
    lines: tuple[Line, ...] = field(default=())

    @property
    def asked(self) -> list[tuple[str, str, date]]:
        """What reference prices are asked for beside it: food, county and delivery day of each line."""
        return [(line.food_code, self.county_code, self.delivery_day) for line in self.lines]

    def standing_g(self, line: Line) -> int:
        """What of the line counts as allocated: ordered until it is answered, then confirmed; nothing once off."""
        if self.status in (Status.DECLINED, Status.CANCELLED):
            return 0
        return line.ordered_g if self.status is Status.PLACED else line.confirmed_g


@dataclass(frozen=True, slots=True)
class Release:
    """Grams that are no longer ordered from an offer for a demand line."""

    demand_id: str
    offer_id: str
    quantity_g: int


def answer_by(placed_at: datetime, delivery_day: date, answer_hours: int) -> datetime:
    """Return until when a cooperative may answer.

    `answer_hours` after placing, but not after noon of the day before delivery; when that has passed, two hours.
    """
    noon = datetime.combine(delivery_day - timedelta(days=1), LAST_ANSWER, SCHOOL_TIME).astimezone(UTC)
    if noon <= placed_at:
        return placed_at + SHORTEST_ANSWER
    return min(noon, placed_at + timedelta(hours=answer_hours))


def answer(order: Order, confirmed_g: Mapping[str, int], now: datetime) -> tuple[Order, list[Release]]:
    """Take a cooperative's answer: each line's confirmed grams (not named: none), at most what is ordered.

    Returns the order and what it is short of. An order that does not wait for an answer stays as it is.
    """
    if order.status is not Status.PLACED:
        return order, []
    lines = []
    for line in order.lines:
        confirmed = min(confirmed_g.get(line.line_id, 0), line.ordered_g)
        lines.append(replace(line, confirmed_g=confirmed, short_g=line.ordered_g - confirmed))
    short = [Release(line.demand_id, line.offer_id, line.short_g) for line in lines if line.short_g]
    taken = any(line.confirmed_g for line in lines)
    answered = replace(order, version=order.version + 1, lines=tuple(lines))
    if not taken:
        return replace(answered, status=Status.DECLINED), short
    return replace(answered, status=Status.CONFIRMED, confirmed_at=now), short


def cancel(order: Order, expected_version: int | None) -> tuple[Order, list[Release]]:
    """Call an order off; possible until the cooperative has dispatched it. Returns what it gives back.

    Cancelling a cancelled order changes nothing.
    Raises Conflict `too-late-to-cancel` or `order-declined`, StaleVersion.
    """
    if order.status is Status.CANCELLED:
        return order, []
    if expected_version is not None and expected_version != order.version:
        raise StaleVersion(expected_version, order.version)
    if order.status is Status.DECLINED:
        raise Conflict("order-declined", f"order {order.order_id} was declined, there is nothing to cancel")
    if order.status not in CAN_BE_TAKEN_BACK:
        raise Conflict(
            "too-late-to-cancel", f"order {order.order_id} is {order.status}, it can only be refused at the gate"
        )
    released = [
        Release(line.demand_id, line.offer_id, order.standing_g(line)) for line in order.lines if order.standing_g(line)
    ]
    return replace(order, status=Status.CANCELLED, version=order.version + 1), released


def choose_cuts(orders: Iterable[Order], excess_g: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Choose which order lines shrink so that each demand line gives up `excess_g`: {order_id: {line_id: grams}}.

    Unanswered orders give way first, then the dearest line, then the latest order; what was dispatched does not.
    """
    candidates = [(order, line) for order in orders if order.status in CAN_BE_TAKEN_BACK for line in order.lines]
    candidates.sort(key=lambda pair: pair[1].line_id)
    candidates.sort(key=lambda pair: pair[0].placed_at, reverse=True)
    candidates.sort(key=lambda pair: (pair[0].status is not Status.PLACED, -pair[1].price_fen_per_kg))
    left = dict(excess_g)
    cuts: dict[str, dict[str, int]] = {}
    for order, line in candidates:
        cut = min(left.get(line.demand_id, 0), order.standing_g(line))
        if cut:
            left[line.demand_id] -= cut
            cuts.setdefault(order.order_id, {})[line.line_id] = cut
    return cuts


def reduce(order: Order, cut_g: Mapping[str, int]) -> tuple[Order, list[Release]]:
    """Lower lines of an order by these grams; one that would hold nothing is cancelled. Returns what it gives back."""
    if all(cut_g.get(line.line_id, 0) == order.standing_g(line) for line in order.lines):
        return cancel(order, None)
    lines, released = [], []
    for line in order.lines:
        cut = cut_g.get(line.line_id, 0)
        if cut:
            released.append(Release(line.demand_id, line.offer_id, cut))
            left = order.standing_g(line) - cut
            line = replace(line, ordered_g=left, confirmed_g=min(line.confirmed_g, left))
        lines.append(line)
    return replace(order, version=order.version + 1, lines=tuple(lines)), released


def dispatch(order: Order, dispatched_g: Mapping[str, int], at: datetime) -> tuple[Order, list[Release]]:
    """Note what the cooperative packed. Returns the grams per demand line that come although they had been taken back.

    A cancellation or reduction that crossed with the packing is undone: what was packed in good faith is carried and
    paid.
    """
    if order.dispatched_at is not None:
        return order, []
    lines, extra = [], []
    for line in order.lines:
        packed = dispatched_g.get(line.line_id, 0)
        unexpected = max(0, packed - order.standing_g(line))
        if unexpected:
            extra.append(Release(line.demand_id, line.offer_id, unexpected))
        confirmed = max(packed, order.standing_g(line))
        lines.append(
            replace(line, dispatched_g=packed, confirmed_g=confirmed, ordered_g=max(line.ordered_g, confirmed))
        )
    status = order.status if order.status is Status.LOADED else Status.DISPATCHED
    version = order.version + 1 if extra else order.version
    packed_order = replace(order, status=status, version=version, dispatched_at=at, lines=tuple(lines))
    return replace(packed_order, confirmed_at=order.confirmed_at or at), extra


def load(order: Order) -> Order:
    """Note that the order is on a vehicle: it can no longer be taken back."""
    if order.status in (Status.CONFIRMED, Status.DISPATCHED):
        return replace(order, status=Status.LOADED)
    return order


def told_of_placing(order: Order) -> OrderPlaced:
    """Return the fact that the order was placed."""
    lines = tuple(
        LineOrdered(
            line_id=line.line_id,
            food_code=line.food_code,
            offer_id=line.offer_id,
            temperature_class=TemperatureClass(line.temperature_class),
            ordered_g=line.ordered_g,
            price_fen_per_kg=line.price_fen_per_kg,
        )
        for line in order.lines
    )
    return OrderPlaced(
        order_id=order.order_id,
        version=order.version,
        canteen_id=order.canteen_id,
        cooperative_id=order.cooperative_id,
        county_code=order.county_code,
        delivery_day=order.delivery_day,
        answer_by=order.answer_by,
        lines=lines,
        placed_at=order.placed_at,
    )


def told_of_confirming(order: Order, now: datetime) -> OrderConfirmed:
    """Return the fact that the order stands with its confirmed grams."""
    lines = tuple(
        LineConfirmed(
            line_id=line.line_id,
            food_code=line.food_code,
            temperature_class=TemperatureClass(line.temperature_class),
            confirmed_g=line.confirmed_g,
        )
        for line in order.lines
    )
    return OrderConfirmed(
        order_id=order.order_id,
        version=order.version,
        canteen_id=order.canteen_id,
        cooperative_id=order.cooperative_id,
        county_code=order.county_code,
        delivery_day=order.delivery_day,
        lines=lines,
        confirmed_at=now,
    )


def told_of_taking_back(
    order: Order, reason: str, now: datetime
) -> list[OrderAmended | OrderCancelled | OrderConfirmed]:
    """Return what the others must hear of an order that was reduced or cancelled."""
    who = {"order_id": order.order_id, "canteen_id": order.canteen_id, "cooperative_id": order.cooperative_id}
    if order.status is Status.CANCELLED:
        return [OrderCancelled(**who, version=order.version, reason=reason, cancelled_at=now)]
    lines = tuple(LineAmended(line_id=line.line_id, ordered_g=line.ordered_g) for line in order.lines)
    told: list[OrderAmended | OrderCancelled | OrderConfirmed] = [
        OrderAmended(**who, version=order.version, lines=lines, reason=reason, amended_at=now)
    ]
    if order.status is Status.CONFIRMED:
        told.append(told_of_confirming(order, now))
    return told
