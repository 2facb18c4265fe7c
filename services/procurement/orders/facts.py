"""What the others are told of an order."""

from datetime import datetime

from services.procurement.orders.domain import Order, Status
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
