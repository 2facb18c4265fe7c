"""Promising: new orders get grams of their offers, first come first served, never the same grams twice."""

from collections.abc import Container, Mapping, Sequence

from services.farmers.contracts.schedule import Schedule
from services.farmers.offers.domain import Left
from services.farmers.orders.domain import Line, Order, OrderStatus
from shared.events.procurement import LineOrdered, OrderPlaced


def promise(
    events: Sequence[OrderPlaced],
    offers: Mapping[str, Left],
    schedules: Mapping[str, Schedule] | None = None,
    *,
    heard: Container[str] = (),
) -> list[Order]:
    """Return the orders with what each line is promised: what it orders, or what its offer has left.

    Under a contract it is at most what the contract's schedule (by id, filled up here) has left for the week.
    An offer that is unknown, withdrawn, of another cooperative or of another food has nothing for a line: the
    cooperative can still answer for the other lines. `heard` are the cooperatives with a system of their own.
    """
    left_g = {offer_id: offer.left_g for offer_id, offer in offers.items()}
    orders = []
    for event in events:
        promised: dict[str, int] = {}
        for line in event.lines:
            grams = min(line.ordered_g, left_g[line.offer_id]) if _serves(event, line, offers) else 0
            schedule = (schedules or {}).get(offers[line.offer_id].contract_id or "") if grams else None
            if schedule is not None:
                grams = schedule.take(event.delivery_day, grams)
            promised[line.line_id] = grams
            if grams:
                left_g[line.offer_id] -= grams
        orders.append(_place(event, promised, heard=event.cooperative_id in heard))
    return orders


def _serves(event: OrderPlaced, line: LineOrdered, offers: Mapping[str, Left]) -> bool:
    offer = offers.get(line.offer_id)
    return offer is not None and (offer.cooperative_id, offer.food_code) == (event.cooperative_id, line.food_code)


def _place(event: OrderPlaced, promised: Mapping[str, int], *, heard: bool) -> Order:
    lines = tuple(
        Line(
            line_id=line.line_id,
            food_code=line.food_code,
            offer_id=line.offer_id,
            temperature_class=str(line.temperature_class),
            price_fen_per_kg=line.price_fen_per_kg,
            promised_g=promised[line.line_id],
            answered_g=None,
            ordered_g=line.ordered_g,
            confirmed_g=0,
            dispatched_g=0,
            received_g=None,
            accepted_g=None,
        )
        for line in event.lines
    )
    return Order(
        order_id=event.order_id,
        version=event.version,
        canteen_id=event.canteen_id,
        cooperative_id=event.cooperative_id,
        county_code=event.county_code,
        delivery_day=event.delivery_day,
        answer_by=event.answer_by,
        placed_at=event.placed_at,
        status=OrderStatus.TO_ANSWER,
        answer=None,
        answer_reason=None,
        answered_at=None,
        closing_reason=None,
        dispatched_at=None,
        dispatch_reason=None,
        receipt_version=None,
        lines=lines,
        heard=heard,
    )
