"""What can happen to trips: planned, loaded, departed, arrived."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.logistics.tracking.queries import touch
from services.logistics.trips import domain, queries
from services.logistics.trips.domain import Aboard, Left
from shared.errors import Conflict, NotFound
from shared.events.logistics import ConsignmentLoaded, DeliveryArrived, DeliveryDeparted
from shared.unit_of_work import UnitOfWork

_DEPARTED = ("loaded", "arrived", "received")


async def load(uow: UnitOfWork, trip_id: str, wanted: Sequence[str] | None) -> tuple[list[str], list[Left]]:
    """Load what is packed; return every order on board now, and what was left and why. Loading again adds to it.

    Lines that hold a recalled lot stay behind.
    """
    trip = await queries.lock_trip(uow, trip_id)
    domain.require_planned(trip_id, trip.status)
    rows = await queries.lock_aboard(uow, trip_id)
    aboard = [
        Aboard(row.order_id, row.status, row.dispatched_at is not None, row.dispatched_g, int(row.recalled_g))
        for row in rows
    ]
    chosen, left = domain.choose_loads(aboard, wanted)
    loaded = await queries.load(uow, trip_id, chosen) if chosen else []
    sound = {one.order_id: one.dispatched_g - one.recalled_g for one in aboard}
    uow.emit(*(_loaded(row, trip_id, sound[row.order_id], uow.now) for row in loaded))
    before = [row.order_id for row in rows if row.status == "loaded"]
    return sorted([*before, *(row.order_id for row in loaded)]), left


def _loaded(row: Any, trip_id: str, loaded_g: int, now: datetime) -> ConsignmentLoaded:
    return ConsignmentLoaded(
        order_id=row.order_id,
        trip_id=trip_id,
        canteen_id=row.canteen_id,
        cooperative_id=row.cooperative_id,
        loaded_g=loaded_g,
        loaded_at=now,
    )


async def depart(uow: UnitOfWork, trip_id: str, at: datetime | None = None) -> tuple[list[str], datetime]:
    """Send a trip off with what is loaded, once, now or at an instant; a second time gives the first answer."""
    trip = await queries.lock_trip(uow, trip_id)
    if trip.departed_at is not None:
        rows = await queries.lock_orders(uow, trip_id)
        return [row.order_id for row in rows if row.status in _DEPARTED], trip.departed_at
    orders = [row.order_id for row in await queries.lock_orders(uow, trip_id) if row.status == "loaded"]
    if not orders:
        raise Conflict("nothing-loaded", f"nothing is loaded on trip {trip_id}")
    left = at or uow.now
    await queries.depart(uow, trip, left)
    event = DeliveryDeparted(trip_id=trip_id, vehicle_id=trip.vehicle_id, order_ids=tuple(orders), departed_at=left)
    uow.emit(event)
    return orders, left


async def arrive(uow: UnitOfWork, trip_id: str, canteen_id: str) -> tuple[list[str], datetime, bool]:
    """Reach a school with what is on board for it; a second time gives the first answer.

    Returns the orders, when they arrived, and whether the trip is completed: its last stop is reached. With it the
    trip's way and freight are told.
    """
    trip = await queries.lock_trip(uow, trip_id)
    domain.require_departed(trip_id, trip.departed_at)
    on_board = [row for row in await queries.lock_orders(uow, trip_id) if row.status == "loaded"]
    orders = [row.order_id for row in on_board if row.canteen_id == canteen_id]
    if not orders:
        return await _arrived_before(uow, trip, canteen_id)
    await queries.arrive(uow, orders)
    await touch(uow, trip_id)
    completed = len(orders) == len(on_board)
    event = DeliveryArrived(
        trip_id=trip_id,
        canteen_id=canteen_id,
        order_ids=tuple(orders),
        arrived_at=uow.now,
        distance_m=trip.distance_m if completed else None,
        cost_fen=trip.cost_fen if completed else None,
    )
    uow.emit(event)
    if completed:
        await queries.complete(uow, trip_id)
    return orders, uow.now, completed


async def gather(uow: UnitOfWork, trip_id: str, depot_id: str) -> tuple[list[str], datetime, bool]:
    """Set down at a collection point what is to be there: it waits for the trip that takes it on.

    A trip that ends there tells its freight with no orders, in the name of a school its orders are for.
    """
    trip = await queries.lock_trip(uow, trip_id)
    domain.require_departed(trip_id, trip.departed_at)
    on_board = {row.order_id: row for row in await queries.lock_orders(uow, trip_id) if row.status == "loaded"}
    stops = await queries.stops_of(uow, trip_id)
    there = [stop for stop in stops if (stop.kind, stop.place_kind, stop.place_id) == ("delivery", "point", depot_id)]
    if not there:
        raise NotFound("stop", f"at {depot_id} on trip {trip_id}", field="depot_id")
    planned = {order_id for stop in there for order_id in stop.order_ids}
    orders = [order_id for order_id in on_board if order_id in planned]
    if not orders:
        raise Conflict("nothing-on-board", f"trip {trip_id} has nothing on board for {depot_id}", field="depot_id")
    await queries.gather(uow, orders, depot_id)
    await touch(uow, trip_id)
    completed = len(orders) == len(on_board)
    if completed:
        await queries.complete(uow, trip_id)
        school = on_board[orders[0]].canteen_id
        cost = {"distance_m": trip.distance_m, "cost_fen": trip.cost_fen}
        uow.emit(DeliveryArrived(trip_id=trip_id, canteen_id=school, order_ids=(), arrived_at=uow.now, **cost))
    return orders, uow.now, completed


async def _arrived_before(uow: UnitOfWork, trip: Any, canteen_id: str) -> tuple[list[str], datetime, bool]:
    rows = await queries.arrived(uow, trip.trip_id, canteen_id)
    if not rows:
        stops = await queries.stops_of(uow, trip.trip_id)
        schools = {stop.place_id for stop in stops if stop.kind == "delivery"}
        raise domain.refuse_arrival(trip.trip_id, canteen_id, schools)
    return [row.order_id for row in rows], rows[0].arrived_at, trip.status == "completed"
