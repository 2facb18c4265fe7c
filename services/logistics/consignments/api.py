"""Routes of consignments."""

from collections import defaultdict
from typing import Annotated, Any

from fastapi import Query

from services.logistics.consignments import queries, usecases
from services.logistics.consignments.schemas import ConsignmentRead, Consignments, GivingUp
from services.logistics.parameters import InCounty, OfCanteen, OfCooperative, OfTrip, OrderId
from services.logistics.places import queries as places
from shared.errors import NotFound
from shared.fields import Day
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/consignments", tags=["consignments"])


@router.get("")
async def list_consignments(
    uow: UoW,
    page: Page,
    canteen_id: OfCanteen = None,
    cooperative_id: OfCooperative = None,
    county_code: InCounty = None,
    delivery_day: Annotated[Day | None, Query(examples=["2026-11-30"])] = None,
    trip_id: OfTrip = None,
) -> Consignments:
    """List consignments by order id, with their lines."""
    where = {"canteen_id": canteen_id, "cooperative_id": cooperative_id, "county_code": county_code}
    rows = await queries.page_of(uow, page, **where, delivery_day=delivery_day, trip_id=trip_id)
    more = len(rows) > page.limit
    items = await _with_lines(uow, rows[: page.limit])
    return Consignments(items=items, next=items[-1].order_id if more else None)


@router.get("/{order_id}")
async def read_consignment(order_id: OrderId, uow: UoW) -> ConsignmentRead:
    """Read the consignment of one order."""
    rows = await queries.by_orders(uow, [order_id])
    if not rows:
        raise NotFound("consignment", order_id, field="order_id")
    return (await _with_lines(uow, rows))[0]


@router.post("/{order_id}/give-up")
async def give_up(order_id: OrderId, body: GivingUp, uow: UoW) -> ConsignmentRead:
    """Give up what is packed, waits for a vehicle and cannot be brought in time: procurement sources it again."""
    await usecases.give_up(uow, order_id, body.reason)
    return (await _with_lines(uow, await queries.by_orders(uow, [order_id])))[0]


async def _with_lines(uow: UoW, rows: list[Any]) -> list[ConsignmentRead]:
    lines: dict[str, list[Any]] = defaultdict(list)
    for line in await queries.lines_of(uow, [row.order_id for row in rows]):
        lines[line.order_id].append(line)
    arrivals = await queries.arrivals_of(uow, rows)
    known = await places.places_of(uow, {("cooperative", row.cooperative_id) for row in rows})
    return [
        ConsignmentRead.of(
            row, lines[row.order_id], arrivals.get(row.order_id), known.get(("cooperative", row.cooperative_id))
        )
        for row in rows
    ]
