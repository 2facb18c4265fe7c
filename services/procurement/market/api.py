"""Routes of the licensed market supplier."""

from typing import Annotated

from fastapi import Path, Query, Request

from services.procurement.market import queries, usecases
from services.procurement.market.schemas import (
    LeftRead,
    MarketReceipt,
    RestOrdered,
    RestWanted,
    SupplierAnswer,
    SupplierIn,
    SupplierList,
    SupplierRead,
    SupplierRows,
)
from services.procurement.market.usecases import Rest
from services.procurement.orders.reading import shown
from services.procurement.orders.schemas import OrderRead
from services.procurement.rules.domain import SCHOOL_TIME
from shared.bulk import Imported, parse
from shared.fields import Code, Id
from shared.routing import Preview, UoW, service_router

router = service_router(tags=["market supplier"])

OrderId = Annotated[Id, Path(examples=["5f0c5a0e-5d5c-5c5f-8a53-2f2f6d0f7a10"])]


@router.put("/market-suppliers")
async def put_suppliers(uow: UoW, body: SupplierRows) -> Imported:
    """Register the licensed market suppliers of counties, or change their particulars."""
    good, refused = parse(SupplierIn, body)
    done = await usecases.put_suppliers(uow, [(index, row.supplier()) for index, row in good])
    done.refused = sorted(refused + done.refused, key=lambda refusal: refusal.index)
    return done


@router.get("/market-suppliers")
async def list_suppliers(
    uow: UoW, county_code: Annotated[Code | None, Query(examples=["520628"])] = None
) -> SupplierList:
    """List market suppliers, and whether their licences hold today."""
    today = uow.now.astimezone(SCHOOL_TIME).date()
    found = await queries.suppliers(uow.session, county_code)
    return SupplierList(items=[SupplierRead.of(each, today) for each in found])


@router.post("/market-orders")
async def order_rest(body: RestWanted, uow: UoW, request: Request) -> RestOrdered:
    """Order from the county's licensed supplier what nobody had of a week, at reference prices; shown as such."""
    hours = request.app.state.service.settings.answer_hours
    orders, left = await usecases.order_rest(uow, Rest(body.county_code, body.week_start), body.author, hours)
    answer = RestOrdered(orders=await shown(uow, orders), left=[LeftRead.of(each) for each in left])
    if body.preview:
        raise Preview(answer)
    return answer


@router.post("/market-orders/{order_id}/answer")
async def answer_order(order_id: OrderId, body: SupplierAnswer, uow: UoW, request: Request) -> OrderRead:
    """Note what the supplier confirms of an order; what it leaves out is sourced again at once."""
    hours = request.app.state.service.settings.answer_hours
    return (await shown(uow, [await usecases.answer_for_supplier(uow, order_id, body.grams, hours)]))[0]


@router.put("/market-orders/{order_id}/receipt")
async def receive_order(order_id: OrderId, body: MarketReceipt, uow: UoW) -> OrderRead:
    """Sign for what the supplier brought to the gate: it is settled at once and stands in the school's store."""
    return (await shown(uow, [await usecases.receive(uow, order_id, body.delivered, body.signers)]))[0]
