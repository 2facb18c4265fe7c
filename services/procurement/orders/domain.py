"""The rules of purchase orders: answering, reducing, cancelling, dispatching, loading (approving: `approving.py`)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from services.procurement.orders.states import CAN_BE_TAKEN_BACK, OFF, UNANSWERED, Status, may_become
from services.procurement.rules.domain import SCHOOL_TIME, Rule
from shared.errors import Conflict, DomainError, StaleVersion
from shared.quantities import amount_fen

__all__ = ["CAN_BE_TAKEN_BACK", "SCHOOL_TIME", "Line", "Lost", "Order", "Release", "Status", "Supplier"]

LAST_ANSWER = time(12, 0)
SHORTEST_ANSWER = timedelta(hours=2)


class Lost(StrEnum):
    """Why what was packed does not come: one of its lots was recalled, or nothing can bring it."""

    RECALLED = "recalled"
    UNDELIVERED = "undelivered"


class Supplier(StrEnum):
    """Who delivers: a cooperative, or the licensed market supplier for what no cooperative has."""

    COOPERATIVE = "cooperative"
    MARKET = "market"


@dataclass(frozen=True, slots=True)
class Line:
    """One order line with its five quantities in grams; `short_g` is what the cooperative's answer left out.

    `packed_short_reason` is what the cooperative says of packing less than it confirmed, None where it did not.
    `lost` says that nothing of what was packed comes, `lost_reason` is the word of who said so.
    """

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
    packed_short_reason: str | None = None
    lost: Lost | None = None
    lost_reason: str | None = None


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
    answered_at: datetime | None = None
    approve_by: datetime | None = None
    owed_fen: int = 0
    supplier: Supplier = Supplier.COOPERATIVE
    lines: tuple[Line, ...] = field(default=())

    @property
    def asked(self) -> list[tuple[str, str, date]]:
        """What reference prices are asked for beside it: food, county and delivery day of each line."""
        return [(line.food_code, self.county_code, self.delivery_day) for line in self.lines]

    @property
    def is_told(self) -> bool:
        """Whether the others hear of the order; with the market supplier officials speak themselves."""
        return self.supplier is Supplier.COOPERATIVE

    @property
    def is_packed(self) -> bool:
        """Whether it is known what comes: a cooperative packed it; the market supplier's note comes with the goods."""
        return self.dispatched_at is not None and self.supplier is Supplier.COOPERATIVE

    @property
    def amount_fen(self) -> int:
        """What the order is worth by what stands of it."""
        return sum(amount_fen(self.standing_g(line), line.price_fen_per_kg) for line in self.lines)

    @property
    def confirmed_fen(self) -> int:
        """What the supplier has promised, by its price."""
        return sum(amount_fen(line.confirmed_g, line.price_fen_per_kg) for line in self.lines)

    def standing_g(self, line: Line) -> int:
        """What of the line counts as allocated: ordered, then confirmed, then packed; nothing once off or lost."""
        if self.status in OFF or line.lost is not None:
            return 0
        if self.is_packed:
            return line.dispatched_g
        return line.ordered_g if self.status in UNANSWERED else line.confirmed_g

    def becomes(self, status: Status, **changes: Any) -> "Order":
        """Return the order in another state. Going where the table of states has no way is a mistake of the program."""
        if not may_become(self.status, status):
            raise ValueError(f"order {self.order_id} is {self.status}, it cannot become {status}")
        return replace(self, status=status, **changes)


class Party(StrEnum):
    """On whose side somebody is who changes an order by hand."""

    SCHOOL = "school"
    OFFICIAL = "official"


@dataclass(frozen=True, slots=True)
class Release:
    """Grams that are no longer ordered from an offer for a demand line."""

    demand_id: str
    offer_id: str
    quantity_g: int


def answer_by(placed_at: datetime, delivery_day: date, answer_hours: int) -> datetime:
    """Return until when a cooperative may answer.

    `answer_hours` after placing, but not after noon of the day before delivery; when that is near, or has passed, two
    hours: what is sourced again shortly before noon is answered by somebody, too.
    """
    noon = datetime.combine(delivery_day - timedelta(days=1), LAST_ANSWER, SCHOOL_TIME).astimezone(UTC)
    usual = placed_at + timedelta(hours=answer_hours)
    if usual <= noon:
        return usual
    return max(noon, placed_at + SHORTEST_ANSWER)


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
    answered = replace(order, version=order.version + 1, answered_at=now, lines=tuple(lines))
    if not taken:
        return answered.becomes(Status.DECLINED), short
    return answered.becomes(Status.CONFIRMED, confirmed_at=now), short


def cancel(order: Order, expected_version: int | None) -> tuple[Order, list[Release]]:
    """Call an order off; possible until the cooperative has dispatched it. Returns what it gives back.

    Cancelling a cancelled order changes nothing.
    Raises Conflict `too-late-to-cancel`, `order-declined` or `order-refused`, StaleVersion.
    """
    if order.status is Status.CANCELLED:
        return order, []
    check_version(order, expected_version)
    if order.status in OFF:
        detail = f"order {order.order_id} was {order.status}, there is nothing to cancel"
        raise Conflict(f"order-{order.status}", detail)
    if order.status not in CAN_BE_TAKEN_BACK:
        raise Conflict(
            "too-late-to-cancel", f"order {order.order_id} is {order.status}, it can only be refused at the gate"
        )
    return order.becomes(Status.CANCELLED, version=order.version + 1), standing(order)


def check_version(order: Order, expected_version: int | None) -> None:
    """Raise StaleVersion when the order is no longer what the caller read."""
    if expected_version is not None and expected_version != order.version:
        raise StaleVersion(expected_version, order.version)


def standing(order: Order) -> list[Release]:
    """Return the grams an order holds, as they are given back when it is off."""
    held = ((line, order.standing_g(line)) for line in order.lines)
    return [Release(line.demand_id, line.offer_id, grams) for line, grams in held if grams]


def owed_for_calling_off(order: Order, released_fen: int, rule: Rule, party: Party, now: datetime) -> int:
    """Return what the supplier is owed when so much of an order is called off, in fen.

    Until ordering closes nothing is owed. After that only an official may, and what was confirmed is owed in part.
    Raises Conflict `ordering-closed`.
    """
    if order.status is Status.DRAFT or not rule.has_closed(order.delivery_day, now):
        return 0
    if party is not Party.OFFICIAL:
        closed = rule.closes_at(order.delivery_day)
        raise Conflict("ordering-closed", f"ordering closed at {closed}; only an official changes it now", field="by")
    return rule.late_fen(released_fen) if order.status is Status.CONFIRMED else 0


def choose_cuts(orders: Iterable[Order], excess_g: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Choose which order lines shrink so that each demand line gives up `excess_g`: {order_id: {line_id: grams}}.

    Unanswered orders give way first, then the dearest line, then the latest order; what was dispatched does not.
    """
    candidates = [(order, line) for order in orders if order.status in CAN_BE_TAKEN_BACK for line in order.lines]
    candidates.sort(key=lambda pair: pair[1].line_id)
    candidates.sort(key=lambda pair: pair[0].placed_at, reverse=True)
    candidates.sort(key=lambda pair: (pair[0].status not in UNANSWERED, -pair[1].price_fen_per_kg))
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


def lower(order: Order, lowered_g: Mapping[str, int]) -> tuple[Order, list[Release]]:
    """Lower the lines named to these grams; an order of nothing is cancelled. Returns what it gives back.

    Raises DomainError `unknown-line`, `not-lower` (more is another order), Conflict as `cancel` does.
    """
    if order.status not in CAN_BE_TAKEN_BACK:
        raise Conflict("too-late-to-change", f"order {order.order_id} is {order.status}, it cannot be changed any more")
    cuts = {}
    held = {line.line_id: order.standing_g(line) for line in order.lines}
    for line_id, grams in lowered_g.items():
        if line_id not in held:
            raise DomainError("unknown-line", f"the order has no line {line_id}", field="lines")
        if grams >= held[line_id]:
            detail = f"line {line_id} stands at {held[line_id]} g; more of it is another order"
            raise DomainError("not-lower", detail, field="lines")
        cuts[line_id] = held[line_id] - grams
    return reduce(order, cuts)
