"""The rules of dispatches: an order is packed once, from fitting lots, never more than was confirmed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.farmers.dispatches.packing import MOST_LOTS, Packing
from services.farmers.lots.domain import OnHand
from services.farmers.orders.domain import CONFIRMED, Line, Order, OrderStatus
from shared.errors import AlreadyDone, Conflict, DomainError, NotFound
from shared.events.farmers import LineDispatched, LotShare, OrderDispatched

LOTS_EXHAUSTED = "lots-exhausted"


@dataclass(frozen=True, slots=True)
class LinePacked:
    """What somebody says was packed for a line: (lot id, g) pairs; `reason` says why it is less than confirmed."""

    line_id: str
    lots: tuple[tuple[str, int], ...]
    reason: str | None = None


def require_packable(order: Order) -> None:
    """Raise DomainError for an order that is dispatched already, or that nobody confirmed."""
    if order.status == OrderStatus.DISPATCHED:
        raise AlreadyDone("already-dispatched", f"order {order.order_id} was dispatched before")
    if order.status not in CONFIRMED:
        detail = f"order {order.order_id} is {order.status.replace('_', ' ')}; only what was accepted is packed"
        raise Conflict("not-accepted", detail)


def dispatch(
    order: Order,
    packing: Packing,
    reason: str | None,
    now: datetime,
    reasons: Mapping[str, str] | None = None,
    *,
    may_be_nothing: bool = False,
) -> tuple[Order, OrderDispatched]:
    """Return the dispatched order and what is told. Raises DomainError when nothing was packed and nobody said so.

    Who says that nothing comes of an order, and why, is believed: whoever ordered hears it now, not at the gate.
    `reason` says why less than what was confirmed is packed, `reasons` why of single lines (by id); every line that is
    short gets its own or the order's, and they are dropped where nothing is missing.
    """
    require_packable(order)
    lines = tuple(_packed(line, packing, (reasons or {}).get(line.line_id) or reason) for line in order.lines)
    if not may_be_nothing and not any(line.dispatched_g for line in lines):
        raise Conflict("nothing-to-dispatch", f"no lot has anything for order {order.order_id}")
    short = [line for line in lines if line.dispatched_g < line.confirmed_g]
    if any(line.short_reason is None for line in short):
        raise DomainError("reason-required", "say why less than what was confirmed is packed", field="reason")
    dispatched = replace(
        order,
        status=OrderStatus.DISPATCHED,
        dispatched_at=now,
        dispatch_reason=(reason or short[0].short_reason) if short else None,
        lines=lines,
    )
    return dispatched, _told(dispatched, packing, now)


def packing_of(order: Order, said: Sequence[LinePacked], lots: Mapping[str, OnHand]) -> Packing:
    """Return the packing somebody says was made, after checking each share. Raises DomainError naming the place.

    Every lot must be the order's cooperative's, of the line's food, good on the day of delivery,
    not recalled, with enough left.
    """
    by_id = {line.line_id: line for line in order.lines}
    packing: dict[str, tuple[tuple[str, int], ...]] = {}
    taken: dict[str, int] = {}
    for place, line in enumerate(said):
        field = f"lines.{place}"
        if line.line_id not in by_id:
            raise NotFound("order-line", line.line_id, field=f"{field}.line_id")
        if line.line_id in packing:
            raise DomainError("line-twice", "an earlier entry names this line", field=f"{field}.line_id")
        for position, (lot_id, grams) in enumerate(line.lots):
            taken[lot_id] = taken.get(lot_id, 0) + grams
            _require_fit(order, by_id[line.line_id], lot_id, lots, taken, f"{field}.lots.{position}")
        _require_within(by_id[line.line_id], line, field)
        packing[line.line_id] = line.lots
    return packing


def _require_fit(
    order: Order, line: Line, lot_id: str, lots: Mapping[str, OnHand], taken: Mapping[str, int], field: str
) -> None:
    lot = lots.get(lot_id)
    if lot is None or lot.cooperative_id != order.cooperative_id:
        raise NotFound("lot", lot_id, field=f"{field}.lot_id")
    if lot.food_code != line.food_code:
        raise DomainError("another-food", f"lot {lot_id} is {lot.food_code}", field=f"{field}.lot_id")
    if lot.harvest_day > order.delivery_day:
        detail = f"lot {lot_id} is of {lot.harvest_day}, delivery is on {order.delivery_day}"
        raise DomainError("harvested-after-delivery", detail, field=f"{field}.lot_id")
    if lot.recalled:
        raise Conflict("lot-recalled", f"lot {lot_id} is recalled", field=f"{field}.lot_id")
    if lot.unfit:
        raise Conflict("lot-unfit", f"a test of lot {lot_id} failed", field=f"{field}.lot_id")
    if lot.best_before is not None and lot.best_before < order.delivery_day:
        detail = f"lot {lot_id} is good until {lot.best_before}, delivery is on {order.delivery_day}"
        raise DomainError("expired-before-delivery", detail, field=f"{field}.lot_id")
    if taken[lot_id] > lot.remaining_g:
        raise Conflict("lot-exhausted", f"lot {lot_id} has {lot.remaining_g} g left", field=f"{field}.quantity_g")


def _require_within(line: Line, said: LinePacked, field: str) -> None:
    if len({lot_id for lot_id, _ in said.lots}) < len(said.lots):
        raise DomainError("lot-twice", "a lot is named twice for one line", field=f"{field}.lots")
    if len(said.lots) > MOST_LOTS:
        raise DomainError("too-many-lots", f"at most {MOST_LOTS} lots for one line", field=f"{field}.lots")
    if sum(grams for _, grams in said.lots) > line.confirmed_g:
        raise DomainError("more-than-confirmed", f"{line.confirmed_g} g were confirmed", field=f"{field}.lots")


def _packed(line: Line, packing: Packing, reason: str | None) -> Line:
    dispatched_g = sum(grams for _, grams in packing.get(line.line_id, ()))
    return line._replace(dispatched_g=dispatched_g, short_reason=reason if dispatched_g < line.confirmed_g else None)


def _told(order: Order, packing: Packing, now: datetime) -> OrderDispatched:
    lines = tuple(
        LineDispatched(
            line_id=line.line_id,
            dispatched_g=line.dispatched_g,
            reason=line.short_reason,
            lots=tuple(LotShare(lot_id=lot, quantity_g=grams) for lot, grams in packing.get(line.line_id, ())),
        )
        for line in order.lines
    )
    return OrderDispatched(
        order_id=order.order_id,
        cooperative_id=order.cooperative_id,
        canteen_id=order.canteen_id,
        lines=lines,
        dispatched_at=now,
    )
