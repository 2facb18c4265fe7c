"""Routes of orders: the inbox and the answers."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Path, Query, Response

from services.farmers.orders import queries, usecases
from services.farmers.orders.domain import Order, OrderStatus
from services.farmers.orders.schemas import (
    Acceptance,
    AcceptedRead,
    Named,
    OrderPage,
    OrderRead,
    OrderRefusal,
    OrderShown,
    ReducedRead,
    Reduction,
    Refusing,
)
from services.farmers.paging import next_after
from services.farmers.prices import usecases as prices
from shared.fields import Code, Day, Id
from shared.routing import ExpectedVersion, Page, UoW, service_router

router = service_router(prefix="/orders", tags=["orders"])
acceptances = service_router(prefix="/acceptances", tags=["orders"])
reductions = service_router(prefix="/offers", tags=["offers"])

OrderId = Annotated[Id, Path()]


@router.get("")
async def list_orders(
    uow: UoW,
    page: Page,
    cooperative_id: Annotated[Id | None, Query()] = None,
    county_code: Annotated[Code | None, Query(examples=["520628"], description="of the canteens")] = None,
    status: Annotated[OrderStatus | None, Query()] = None,
    delivery_day: Annotated[Day | None, Query()] = None,
    delivery_from: Annotated[Day | None, Query(description="first delivery day")] = None,
) -> OrderPage:
    """List orders with their lines, ordered by id."""
    wanted = {"cooperative_id": cooperative_id, "county_code": county_code, "status": status}
    orders = await queries.page(uow.session, uow.dialect, page, wanted | {"delivery_day": delivery_day}, delivery_from)
    items = await _shown(uow, orders)
    return OrderPage(items=items, next=next_after(page, [item.order_id for item in items]))


@router.get("/{order_id}")
async def get_order(uow: UoW, order_id: OrderId) -> OrderShown:
    """Return one order with its lines."""
    return (await _shown(uow, [await queries.one(uow.session, order_id)]))[0]


async def _shown(uow: UoW, orders: Sequence[Order]) -> list[OrderShown]:
    references = await prices.beside(uow, {asked for order in orders for asked in order.asked})
    return [OrderShown.beside(order, references) for order in orders]


@router.post("/{order_id}/accept")
async def accept_order(uow: UoW, order_id: OrderId, body: Acceptance) -> OrderRead:
    """Accept an order, whole or in part."""
    return OrderRead.of(await usecases.accept_order(uow, order_id, body.wanted(), body.reason))


@acceptances.post("")
async def accept_orders(uow: UoW, body: Named) -> AcceptedRead:
    """Accept many orders whole; each is accepted or refused by itself."""
    accepted, refused = await usecases.accept_orders(uow, body.order_ids)
    return AcceptedRead(
        accepted=[OrderRead.of(order) for order in accepted],
        refused=[OrderRefusal.of(order_id, error) for order_id, error in refused],
    )


@reductions.post("/{offer_id}/reduce")
async def reduce_offer(
    uow: UoW, offer_id: Annotated[Id, Path()], body: Reduction, expected: ExpectedVersion, response: Response
) -> ReducedRead:
    """Lower an offer to what there really is (0 withdraws it), and release what is promised to unanswered orders.

    Those placed last lose first, and one left with nothing is declined at once; what is confirmed stands.
    """
    offer, orders = await usecases.reduce_offer(uow, offer_id, body.quantity_g, body.reason, expected)
    response.headers["ETag"] = f'"{offer.version}"'
    return ReducedRead.of(offer, orders)


@router.post("/{order_id}/decline")
async def decline_order(uow: UoW, order_id: OrderId, body: Refusing) -> OrderRead:
    """Decline an order."""
    return OrderRead.of(await usecases.decline_order(uow, order_id, body.reason))
