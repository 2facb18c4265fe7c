"""Freight of trips: each is booked once when logistics tells what it cost, corrected by the difference.

What an official booked by hand for a trip counts: it is not booked again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from services.procurement.freight import domain, queries
from services.procurement.freight.domain import Freight, Trip
from services.procurement.ledger import queries as ledger
from services.procurement.orders import queries as orders
from services.procurement.orders.domain import Order
from shared.errors import MissingDependency, NotFound
from shared.events.logistics import DeliveryArrived, DeliveryDeparted
from shared.unit_of_work import UnitOfWork


async def keep(uow: UnitOfWork, departed: Iterable[DeliveryDeparted]) -> None:
    """Keep which orders are on board of which vehicle."""
    trips = {event.trip_id: Trip(event.trip_id, event.vehicle_id, event.order_ids) for event in departed}
    await queries.add_trips(uow, [trips[key] for key in sorted(trips)])


async def book(uow: UnitOfWork, arrived: Iterable[DeliveryArrived]) -> None:
    """Book what trips cost, as told with their last school; of one trip the highest version counts.

    Raises MissingDependency while a trip's departure, or what was packed of its orders, is not heard of yet.
    """
    told: dict[str, DeliveryArrived] = {}
    for event in arrived:
        known = told.get(event.trip_id)
        if event.cost_fen is not None and (known is None or event.cost_version > known.cost_version):
            told[event.trip_id] = event
    if not told:
        return
    trips = await queries.lock_trips(uow.session, told)
    if missing := told.keys() - trips.keys():
        raise MissingDependency("departure", min(missing))
    fresh = [trips[key] for key in sorted(told) if told[key].cost_version > trips[key].cost_version]
    carried = await _carried(uow, fresh)
    booked = await queries.booked_for(uow.session, [trip.trip_id for trip in fresh])
    made: list[Freight] = []
    for before in fresh:
        trip = _costed(before, told[before.trip_id], carried)
        made += domain.freight_of(trip, carried, booked.get(trip.trip_id, {}), uow.now)
        await queries.save_trip(uow.session, trip)
    await ledger.book(uow.session, [freight.transaction() for freight in made])
    await queries.add(uow.session, made)


async def _carried(uow: UnitOfWork, trips: Sequence[Trip]) -> dict[str, Order]:
    wanted = {order_id for trip in trips for order_id in trip.order_ids}
    found = await orders.some(uow.session, wanted)
    for order_id in sorted(wanted):
        if order_id not in found:
            raise MissingDependency("order", order_id)
        if found[order_id].dispatched_at is None:
            raise MissingDependency("dispatch", order_id)
    return found


def _costed(trip: Trip, told: DeliveryArrived, carried: Mapping[str, Order]) -> Trip:
    cost_fen = told.cost_fen or 0
    shares = domain.shares_of(cost_fen, [carried[order_id] for order_id in trip.order_ids])
    return replace(trip, cost_version=told.cost_version, cost_fen=cost_fen, distance_m=told.distance_m, shares=shares)


async def trip_of(uow: UnitOfWork, trip_id: str) -> Trip:
    """Return a trip and what it cost. Raises NotFound."""
    trip = await queries.trip(uow.session, trip_id)
    if trip is None:
        raise NotFound("trip", trip_id, field="trip_id")
    return trip
