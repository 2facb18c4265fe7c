"""What a cooperative's own system is told of an order: how it went from one state to the next."""

from functools import partial
from typing import Any

from services.farmers.orders.domain import Order, OrderStatus
from services.farmers.orders.schemas import OrderRead
from services.farmers.webhooks.domain import Fact, Kind

_BECAME = {
    OrderStatus.ACCEPTED: Kind.ORDER_ACCEPTED,
    OrderStatus.PARTLY_ACCEPTED: Kind.ORDER_PARTLY_ACCEPTED,
    OrderStatus.DECLINED: Kind.ORDER_DECLINED,
    OrderStatus.CANCELLED: Kind.ORDER_CANCELLED,
    OrderStatus.DISPATCHED: Kind.ORDER_DISPATCHED,
}


def facts_of(before: Order | None, after: Order) -> list[Fact]:
    """Return what happened to an order (`before` None: it was placed); nothing where nobody would hear it.

    One that is called off on its way stays dispatched, but its cancellation is told.
    """
    if not after.heard:
        return []
    kinds: list[Kind] = []
    if before is None:
        kinds.append(Kind.ORDER_PLACED)
    else:
        if after.version != before.version and after.status != OrderStatus.CANCELLED:
            kinds.append(Kind.ORDER_AMENDED)
        if after.status != before.status:
            kinds.append(_BECAME[OrderStatus(after.status)])
        elif after.closing_reason != before.closing_reason:
            kinds.append(Kind.ORDER_CANCELLED)
        if after.receipt_version != before.receipt_version:
            kinds.append(Kind.ORDER_RECEIVED)
    return [Fact(kind, after.cooperative_id, after.order_id, partial(_said, after)) for kind in kinds]


def _said(order: Order) -> dict[str, Any]:
    return OrderRead.of(order).model_dump(mode="json")
