"""The rules of packing (what is packed stands, whatever was promised or taken back), of losing and of loading."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from services.procurement.orders.domain import Lost, Order, Release
from services.procurement.orders.states import OFF, Status
from services.procurement.rules.domain import Rule


@dataclass(frozen=True, slots=True)
class Packing:
    """What a cooperative packed of an order: grams by line (not named: none), and why a line got less than promised.

    `lots` are those each line was packed from.
    """

    order_id: str
    dispatched_g: Mapping[str, int]
    at: datetime
    reasons: Mapping[str, str] = field(default_factory=dict)
    lots: Mapping[str, frozenset[str]] = field(default_factory=dict)


def dispatch(order: Order, packing: Packing) -> tuple[Order, list[Release], list[Release]]:
    """Note what the cooperative packed. Returns the order, what comes although it was taken back, and what is missing.

    A cancellation or reduction that crossed with the packing is undone: what was packed in good faith is carried and
    paid. What was promised and not packed stays promised on the line: the five quantities say so.
    """
    if order.dispatched_at is not None:
        return order, [], []
    lines, extra, missing = [], [], []
    for line in order.lines:
        packed, stands = packing.dispatched_g.get(line.line_id, 0), order.standing_g(line)
        if packed > stands:
            extra.append(Release(line.demand_id, line.offer_id, packed - stands))
        elif packed < stands:
            missing.append(Release(line.demand_id, line.offer_id, stands - packed))
        confirmed = max(packed, stands)
        reason = packing.reasons.get(line.line_id) if packed < stands else None
        kept = replace(line, dispatched_g=packed, confirmed_g=confirmed, packed_short_reason=reason)
        lines.append(replace(kept, ordered_g=max(line.ordered_g, confirmed)))
    packed_order = order.becomes(
        order.status if order.status is Status.LOADED else Status.DISPATCHED,
        version=order.version + 1 if extra else order.version,
        dispatched_at=packing.at,
        confirmed_at=order.confirmed_at or packing.at,
        lines=tuple(lines),
    )
    return packed_order, extra, missing


def lose(order: Order, reasons: Mapping[str, str], why: Lost, today: date) -> tuple[Order, list[Release]]:
    """Note that lines that were packed do not come, each with a reason; returns the order and the grams it lacks then.

    What was lost before, and what has been received for today or earlier, stays as it is: it is in the store or eaten.
    """
    if order.dispatched_at is None or order.delivery_day < today:
        return order, []
    if order.delivery_day == today and order.status not in (Status.DISPATCHED, Status.LOADED):
        return order, []
    lines, missing = [], []
    for line in order.lines:
        if line.line_id in reasons and line.lost is None and line.dispatched_g:
            missing.append(Release(line.demand_id, line.offer_id, order.standing_g(line)))
            line = replace(line, lost=why, lost_reason=reasons[line.line_id])
        lines.append(line)
    return (replace(order, lines=tuple(lines)), missing) if missing else (order, [])


def load(order: Order) -> Order:
    """Note that the order is on a vehicle: it can no longer be taken back."""
    if order.status in (Status.CONFIRMED, Status.DISPATCHED):
        return order.becomes(Status.LOADED)
    return order


def owed_after_packing(order: Order, packed: Order, rule: Rule) -> int:
    """Return what is still owed, in fen, when an order was packed although it had been called off late.

    What was packed is carried and paid as food, so for as much of it nothing is owed.
    """
    held_fen = 0 if order.status in OFF else order.confirmed_fen
    return max(0, order.owed_fen - rule.late_fen(packed.confirmed_fen - held_fen))
