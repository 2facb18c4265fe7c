"""Releasing promises: when there is less than was offered, those orders lose that nobody answered yet, newest first.

An answer is a word given: what is confirmed is never released here. A shortage of it shows at dispatch, with a reason.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from services.farmers.orders.answers import decline_when_released
from services.farmers.orders.domain import Order, OrderStatus
from shared.events import Event


def release(
    orders: Iterable[Order], offer_id: str, excess_g: int, reason: str, now: datetime
) -> list[tuple[Order, Order, Event | None]]:
    """Return how orders change (before, after, what is told) so that `excess_g` of an offer are promised no more.

    Fewer grams are released where fewer are promised without an answer. An order left with no promise at all is
    declined with the reason; one left with a part still waits, and is answered with that.
    """
    waiting = [order for order in orders if order.status == OrderStatus.TO_ANSWER]
    waiting.sort(key=lambda order: (order.placed_at, order.order_id), reverse=True)
    changes = []
    for before in waiting:
        if excess_g <= 0:
            break
        lines = []
        for line in before.lines:
            lost = min(line.promised_g, excess_g) if line.offer_id == offer_id else 0
            excess_g -= lost
            lines.append(line._replace(promised_g=line.promised_g - lost))
        after = replace(before, lines=tuple(lines))
        if after != before:
            changes.append((before, *decline_when_released(after, reason, now)))
    return changes
