"""Routes of dispatches."""

from typing import Annotated

from fastapi import Path, Query

from services.farmers.dispatches import days, queries, usecases
from services.farmers.dispatches.dayschemas import DayList
from services.farmers.dispatches.schemas import DispatchRead, MorningRead, Packed, PackingList
from services.farmers.orders import queries as orders
from services.farmers.orders.schemas import Named, OrderRefusal
from shared.fields import Day, Id
from shared.routing import UoW, service_router

router = service_router(tags=["dispatches"])

OrderId = Annotated[Id, Path()]


@router.post("/orders/{order_id}/dispatch")
async def dispatch_order(uow: UoW, order_id: OrderId, body: Packed) -> DispatchRead:
    """Pack an accepted order from the cooperative's lots, or say why nothing comes of it."""
    return DispatchRead.of(await usecases.dispatch_order(uow, order_id, body.said(), body.reason))


@router.post("/dispatches")
async def dispatch_orders(uow: UoW, body: Named) -> MorningRead:
    """Pack many orders of one cooperative; each is dispatched or refused by itself."""
    done, refused = await usecases.dispatch_orders(uow, body.order_ids)
    return MorningRead(
        dispatched=[DispatchRead.of(each) for each in done],
        refused=[OrderRefusal.of(order_id, error) for order_id, error in refused],
    )


@router.get("/orders/{order_id}/packing-list")
async def packing_list(uow: UoW, order_id: OrderId) -> PackingList:
    """Return what to pack for an order, and from which lots it was packed."""
    order = await orders.one(uow.session, order_id)
    return PackingList.of(order, await queries.packed_for(uow.session, order_id))


@router.get("/cooperatives/{cooperative_id}/packing-list")
async def packing_list_of_day(
    uow: UoW, cooperative_id: Annotated[Id, Path()], day: Annotated[Day, Query(description="day of delivery")]
) -> DayList:
    """Return what a cooperative has to pack for a day, school by school, from which lots, and what is missing."""
    return DayList.of(await days.day_of(uow, cooperative_id, day))
