"""What can happen to consignments when others tell something."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import structlog

from services.logistics.consignments import queries
from services.logistics.consignments.domain import Status, coldest, require_stranded
from shared.errors import MissingDependency, NotFound
from shared.events.farmers import OrderDispatched
from shared.events.logistics import ConsignmentGivenUp
from shared.events.procurement import OrderCancelled, OrderConfirmed
from shared.unit_of_work import UnitOfWork

log = structlog.get_logger()


async def keep_confirmed(uow: UnitOfWork, events: Sequence[OrderConfirmed]) -> None:
    """Keep each order's highest confirmation; an order without grams, or cancelled in a higher version, rides nowhere.

    A confirmation above the cancellation revives the order: it was packed while it was being called off.
    """
    newest: dict[str, OrderConfirmed] = {}
    for event in events:
        if event.order_id not in newest or newest[event.order_id].version < event.version:
            newest[event.order_id] = event
    cancelled = await queries.cancelled_in(uow, newest)
    rows = [
        _consignment(newest[order_id], cancelled.get(order_id, 0) > newest[order_id].version)
        for order_id in sorted(newest)
    ]
    taken = await queries.upsert_confirmed(uow, rows)
    if taken:
        lines = [row for order_id in sorted(taken) for row in _lines(newest[order_id])]
        await queries.replace_lines(uow, taken, lines)


def _consignment(event: OrderConfirmed, revoked: bool) -> dict[str, Any]:
    carried = [line for line in event.lines if line.confirmed_g]
    return {
        "order_id": event.order_id,
        "version": event.version,
        "canteen_id": event.canteen_id,
        "cooperative_id": event.cooperative_id,
        "county_code": event.county_code,
        "delivery_day": event.delivery_day,
        "temperature_class": coldest(line.temperature_class.value for line in carried),
        "confirmed_g": sum(line.confirmed_g for line in carried),
        "dispatched_g": 0,
        "status": (Status.WAITING if carried and not revoked else Status.CANCELLED).value,
        "hold": False,
    }


def _lines(event: OrderConfirmed) -> list[dict[str, Any]]:
    return [
        {
            "order_id": event.order_id,
            "line_id": line.line_id,
            "food_code": line.food_code,
            "temperature_class": line.temperature_class.value,
            "confirmed_g": line.confirmed_g,
            "dispatched_g": 0,
            "received_g": 0,
            "accepted_g": 0,
        }
        for line in sorted(event.lines, key=lambda line: line.line_id)
    ]


async def cancel(uow: UnitOfWork, event: OrderCancelled) -> None:
    """Drop a cancelled order's consignment unless it is loaded; then it can only be refused at the gate."""
    if not await queries.cancel(uow, event.order_id, event.version):
        log.info("cancellation-passed-over", order_id=event.order_id)


async def give_up(uow: UnitOfWork, order_id: str, reason: str) -> None:
    """Give up what waits for a vehicle and nothing can bring in time; whoever buys finds another way. Once.

    Raises NotFound, Conflict `not-dispatched`, `not-waiting`, `on-a-trip`.
    """
    row = await queries.lock_one(uow, order_id)
    if row is None:
        raise NotFound("consignment", order_id, field="order_id")
    if row.status == Status.GIVEN_UP:
        return
    require_stranded(row)
    await queries.give_up(uow, order_id)
    named = {name: getattr(row, name) for name in ("canteen_id", "cooperative_id", "county_code", "delivery_day")}
    uow.emit(ConsignmentGivenUp(order_id=order_id, reason=reason, given_up_at=uow.now, **named))


async def keep_dispatched(uow: UnitOfWork, events: Sequence[OrderDispatched]) -> None:
    """Note what the cooperatives packed, and from which lots; the first word on an order stands.

    Raises MissingDependency for an order whose confirmation has not arrived.
    """
    first: dict[str, OrderDispatched] = {}
    for event in events:
        first.setdefault(event.order_id, event)
    known = await queries.known_orders(uow, first)
    for order_id in first:
        if order_id not in known:
            raise MissingDependency("order", order_id)
    packed = [first[order_id] for order_id in sorted(await queries.lock_unpacked(uow, first))]
    await queries.pack(uow, [_total(event) for event in packed])
    await queries.pack_lines(uow, _packed_lines(packed), _packed_lots(packed))


def _total(event: OrderDispatched) -> dict[str, Any]:
    grams = sum(line.dispatched_g for line in event.lines)
    return {"order": event.order_id, "grams": grams, "at": event.dispatched_at}


def _packed_lines(events: Sequence[OrderDispatched]) -> list[dict[str, Any]]:
    return [
        {"order": event.order_id, "line": line.line_id, "grams": line.dispatched_g, "short": line.reason}
        for event in events
        for line in event.lines
    ]


def _packed_lots(events: Sequence[OrderDispatched]) -> list[dict[str, Any]]:
    # A lot named twice in one line is one share of that line.
    grams: Counter[tuple[str, str, str]] = Counter()
    for event in events:
        for line in event.lines:
            for share in line.lots:
                grams[event.order_id, line.line_id, share.lot_id] += share.quantity_g
    return [
        {"order_id": order_id, "line_id": line_id, "lot_id": lot_id, "dispatched_g": total, "accepted_g": 0}
        for (order_id, line_id, lot_id), total in grams.items()
    ]
