"""Routes of purchase orders."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Path, Query, Request, Response

from services.procurement.answers import Items, cut
from services.procurement.orders import usecases
from services.procurement.orders.domain import Order, Status
from services.procurement.orders.schemas import Cancellation, OrderRead
from services.procurement.prices import usecases as prices
from shared.fields import Day, Id
from shared.routing import ExpectedVersion, Page, UoW, service_router

router = service_router(prefix="/orders", tags=["orders"])

OrderId = Annotated[Id, Path(examples=["5f0c5a0e-5d5c-5c5f-8a53-2f2f6d0f7a10"])]


@router.get("")
async def list_orders(
    uow: UoW,
    page: Page,
    canteen_id: Annotated[Id | None, Query(examples=["school-520628-001"])] = None,
    cooperative_id: Annotated[Id | None, Query(examples=["coop-520628-001"])] = None,
    delivery_day: Annotated[Day | None, Query(examples=["2026-11-30"])] = None,
    status: Status | None = None,
) -> Items[OrderRead]:
    """List purchase orders with their lines."""
    wanted = {
        "canteen_id": canteen_id,
        "cooperative_id": cooperative_id,
        "delivery_day": delivery_day,
        "status": status,
    }
    orders, after = cut(page, await usecases.orders_page(uow, page, wanted), lambda order: order.order_id)
    return Items(items=await _shown(uow, orders), next=after)


@router.get("/{order_id}")
async def read_order(order_id: OrderId, uow: UoW, response: Response) -> OrderRead:
    """Show a purchase order; its version is the ETag."""
    order = await usecases.order_of(uow, order_id)
    response.headers["ETag"] = f'"{order.version}"'
    return (await _shown(uow, [order]))[0]


@router.post("/{order_id}/cancel")
async def cancel_order(
    order_id: OrderId, body: Cancellation, uow: UoW, expected: ExpectedVersion, request: Request, response: Response
) -> OrderRead:
    """Call an order off; possible until the cooperative has dispatched it. Its grams are sourced again at once."""
    hours = request.app.state.service.settings.answer_hours
    order = await usecases.cancel_order(uow, order_id, body.reason, expected, hours)
    response.headers["ETag"] = f'"{order.version}"'
    return (await _shown(uow, [order]))[0]


async def _shown(uow: UoW, orders: Sequence[Order]) -> list[OrderRead]:
    references = await prices.beside(uow, [asked for order in orders for asked in order.asked])
    return [OrderRead.of(order, references) for order in orders]
