"""Answers about trips."""

from collections import defaultdict
from typing import Any

from services.logistics.consignments import queries as consignments
from services.logistics.consignments.schemas import ConsignmentRead
from services.logistics.trips import queries
from services.logistics.trips.schemas import StopRead, TripDetail, TripRead, Trips
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def list_trips(uow: UnitOfWork, page: Paging, **where: Any) -> Trips:
    """Return a page of trips; `where` compares columns, None compares nothing."""
    rows = await queries.page_of(uow, page, **where)
    more = len(rows) > page.limit
    rows = rows[: page.limit]
    counts = await queries.counts(uow, [row.trip_id for row in rows])
    items = [TripRead(**row._mapping, counts=counts.get(row.trip_id, {})) for row in rows]
    return Trips(items=items, next=items[-1].trip_id if more else None)


async def trip_detail(uow: UnitOfWork, trip_id: str) -> TripDetail:
    """Return a trip with its stops and consignments; NotFound names the id."""
    row = await queries.read_trip(uow, trip_id)
    riding = await consignments.of_trip(uow, trip_id)
    lines: dict[str, list[Any]] = defaultdict(list)
    for line in await consignments.lines_of(uow, [one.order_id for one in riding]):
        lines[line.order_id].append(line)
    counts = await queries.counts(uow, [trip_id])
    arrivals = await consignments.arrivals_of(uow, riding)
    return TripDetail(
        **row._mapping,
        counts=counts.get(trip_id, {}),
        stops=[StopRead(**stop._mapping) for stop in await queries.stops_of(uow, trip_id)],
        consignments=[ConsignmentRead.of(one, lines[one.order_id], arrivals.get(one.order_id)) for one in riding],
    )
