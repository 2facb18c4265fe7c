"""Routes of orders: the inbox and the answers."""

from datetime import date
from typing import Annotated

from fastapi import Path, Query

from services.farmers.orders import queries, usecases
from services.farmers.orders.domain import OrderStatus
from services.farmers.orders.schemas import (
    Acceptance,
    AcceptedRead,
    Named,
    OrderPage,
    OrderRead,
    OrderRefusal,
    Refusing,
)
from services.farmers.paging import next_after
from shared.fields import Id
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/orders", tags=["orders"])
acceptances = service_router(prefix="/acceptances", tags=["orders"])

OrderId = Annotated[Id, Path()]


@router.get("")
async def list_orders(
    uow: UoW,
    page: Page,
    cooperative_id: Annotated[Id | None, Query()] = None,
    status: Annotated[OrderStatus | None, Query()] = None,
    delivery_day: Annotated[date | None, Query()] = None,
) -> OrderPage:
    """List orders with their lines, ordered by id."""
    orders = await queries.page(uow.session, uow.dialect, page, cooperative_id, status, delivery_day)
    items = [OrderRead.of(order) for order in orders]
    return OrderPage(items=items, next=next_after(page, [item.order_id for item in items]))


@router.get("/{order_id}")
async def get_order(uow: UoW, order_id: OrderId) -> OrderRead:
    """Return one order with its lines."""
    return OrderRead.of(await queries.one(uow.session, order_id))


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


@router.post("/{order_id}/decline")
async def decline_order(uow: UoW, order_id: OrderId, body: Refusing) -> OrderRead:
    """Decline an order."""
    return OrderRead.of(await usecases.decline_order(uow, order_id, body.reason))
