"""Routes of purchase orders."""

from typing import Annotated

from fastapi import Path, Query, Request, Response

from services.procurement.answers import Items, cut
from services.procurement.documents import attachment, pdf_answer
from services.procurement.orders import approvals, document, manual, queries, usecases
from services.procurement.orders.deviations import Deviations, Wanted, deviations
from services.procurement.orders.document import Unit
from services.procurement.orders.domain import Order
from services.procurement.orders.reading import shown
from services.procurement.orders.schemas import (
    Approval,
    Cancellation,
    Lowering,
    OrderByHand,
    OrderRead,
    OrderVersions,
    Refusal,
)
from services.procurement.orders.states import Status
from shared.fields import Code, Day, Id
from shared.routing import ExpectedVersion, Page, UoW, service_router

router = service_router(prefix="/orders", tags=["orders"])

OrderId = Annotated[Id, Path(examples=["5f0c5a0e-5d5c-5c5f-8a53-2f2f6d0f7a10"])]

InUnit = Annotated[Unit, Query(description="what the supplier weighs in: jin (500 g) or kilograms")]


@router.get("")
async def list_orders(
    uow: UoW,
    page: Page,
    canteen_id: Annotated[Id | None, Query(examples=["school-520628-001"])] = None,
    cooperative_id: Annotated[Id | None, Query(examples=["coop-520628-001"])] = None,
    delivery_day: Annotated[Day | None, Query(examples=["2026-11-30"])] = None,
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
    status: Status | None = None,
    first_day: Annotated[Day | None, Query(description="delivered on it or later", examples=["2026-11-30"])] = None,
    last_day: Annotated[Day | None, Query(description="delivered on it or before", examples=["2026-12-04"])] = None,
) -> Items[OrderRead]:
    """List purchase orders with their lines."""
    wanted = {
        "canteen_id": canteen_id,
        "cooperative_id": cooperative_id,
        "delivery_day": delivery_day,
        "county_code": county_code,
        "status": status,
    }
    orders, after = cut(
        page, await usecases.orders_page(uow, page, wanted, (first_day, last_day)), lambda order: order.order_id
    )
    return Items(items=await shown(uow, orders), next=after)


@router.get("/price-deviations")
async def list_deviations(
    uow: UoW,
    page: Page,
    county_code: Annotated[Code, Query(examples=["520628"])],
    first_day: Annotated[Day, Query(examples=["2026-11-30"])],
    last_day: Annotated[Day, Query(examples=["2026-12-04"])],
    least_permille: Annotated[int, Query(ge=0, le=100_000, description="1/1000 of the reference price")] = 200,
) -> Deviations:
    """List the order lines of a page whose price lies so far above or below the public market's, or further."""
    return await deviations(uow, Wanted(county_code, first_day, last_day, least_permille), page)


@router.post("", status_code=201)
async def order_by_hand(body: OrderByHand, uow: UoW, request: Request, response: Response) -> OrderRead:
    """Order by hand, as an official, what a school still lacks; the rules of sourcing hold, and the county's limit."""
    order = await manual.order_by_hand(uow, body.wanted, body.author, _hours(request))
    return await _answer(uow, order, response)


@router.get("/{order_id}")
async def read_order(order_id: OrderId, uow: UoW, response: Response) -> OrderRead:
    """Show a purchase order; its version is the ETag."""
    order = await usecases.order_of(uow, order_id)
    response.headers["ETag"] = f'"{order.version}"'
    return (await shown(uow, [order]))[0]


@router.post("/{order_id}/cancel")
async def cancel_order(
    order_id: OrderId, body: Cancellation, uow: UoW, expected: ExpectedVersion, request: Request, response: Response
) -> OrderRead:
    """Call an order off; possible until the cooperative has dispatched it. Its grams are sourced again at once."""
    order = await usecases.cancel_order(uow, order_id, body.call, expected, _hours(request))
    return await _answer(uow, order, response)


@router.post("/{order_id}/lower")
async def lower_order(
    order_id: OrderId, body: Lowering, uow: UoW, expected: ExpectedVersion, request: Request, response: Response
) -> OrderRead:
    """Lower lines of an order; what it no longer brings is sourced again at once. More of a food is another order."""
    order = await usecases.lower_order(uow, order_id, body.grams, body.call, expected, _hours(request))
    return await _answer(uow, order, response)


@router.post("/{order_id}/approve")
async def approve_order(
    order_id: OrderId, body: Approval, uow: UoW, expected: ExpectedVersion, request: Request, response: Response
) -> OrderRead:
    """Place a draft, an order above its county's limit; the supplier hears of it now."""
    order = await approvals.approve_order(uow, order_id, body.author, expected, _hours(request))
    return await _answer(uow, order, response)


@router.post("/{order_id}/refuse")
async def refuse_order(
    order_id: OrderId, body: Refusal, uow: UoW, expected: ExpectedVersion, request: Request, response: Response
) -> OrderRead:
    """Refuse a draft: its grams are sourced again at once, from other offers. So does silence until `approve_by`."""
    order = await approvals.refuse_order(uow, order_id, body.author, expected, _hours(request))
    return await _answer(uow, order, response)


@router.get("/{order_id}/document.pdf", response_class=Response, responses={200: {"content": {"application/pdf": {}}}})
async def print_order(order_id: OrderId, uow: UoW, unit: InUnit = Unit.JIN) -> Response:
    """Return an order to print and sign: Chinese and English, five quantities by name, in the supplier's unit."""
    order = await usecases.order_of(uow, order_id)
    printed = document.document(order, await usecases.called(uow, order), unit)
    return await pdf_answer(printed, f"order-{order_id}-v{order.version}.pdf")


@router.get("/{order_id}/document.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def export_order(order_id: OrderId, uow: UoW, unit: InUnit = Unit.JIN) -> Response:
    """Return an order as a CSV file for office programs, a line a row."""
    order = await usecases.order_of(uow, order_id)
    data = document.sheet(order, await usecases.called(uow, order), unit)
    return attachment(data, "text/csv; charset=utf-8", f"order-{order_id}-v{order.version}.csv")


@router.get("/{order_id}/versions")
async def list_versions(order_id: OrderId, uow: UoW) -> OrderVersions:
    """Show every version of an order: who made it so, when, why, and what changed."""
    order = await usecases.order_of(uow, order_id)
    return OrderVersions.of(order, await queries.versions(uow.session, order_id))


async def _answer(uow: UoW, order: Order, response: Response) -> OrderRead:
    response.headers["ETag"] = f'"{order.version}"'
    return (await shown(uow, [order]))[0]


def _hours(request: Request) -> int:
    hours: int = request.app.state.service.settings.answer_hours
    return hours
