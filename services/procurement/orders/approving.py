"""Above a county's limit an order waits as a draft until an official approves or refuses it; silence refuses it."""

from dataclasses import replace
from datetime import datetime

from services.procurement.orders.domain import Order, Release, answer_by, check_version, standing
from services.procurement.orders.states import Status
from services.procurement.rules.domain import Rule
from shared.errors import Conflict


def submit(order: Order, rule: Rule, now: datetime) -> Order:
    """Return a new order as it starts: placed, or a draft that waits for an official until `approve_by`."""
    if not rule.needs_approval(order.amount_fen):
        return order
    return replace(order, status=Status.DRAFT, approve_by=answer_by(now, order.delivery_day, rule.approval_hours))


def approve(order: Order, expected_version: int | None, now: datetime, answer_hours: int) -> Order:
    """Return a draft as it is placed; the time to answer begins now. Raises Conflict `not-waiting`, StaleVersion."""
    _require_waiting(order, expected_version)
    until = answer_by(now, order.delivery_day, answer_hours)
    return order.becomes(Status.PLACED, version=order.version + 1, placed_at=now, answer_by=until)


def refuse(order: Order, expected_version: int | None) -> tuple[Order, list[Release]]:
    """Return a draft as it is refused, and the grams it gives back. Raises Conflict `not-waiting`, StaleVersion."""
    _require_waiting(order, expected_version)
    return order.becomes(Status.REFUSED, version=order.version + 1), standing(order)


def _require_waiting(order: Order, expected_version: int | None) -> None:
    check_version(order, expected_version)
    if order.status is not Status.DRAFT:
        raise Conflict("not-waiting", f"order {order.order_id} is {order.status}, it waits for no approval")
