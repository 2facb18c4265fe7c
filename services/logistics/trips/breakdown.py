"""A vehicle breaks down: what it has on board and was still to fetch is planned for others at once.

What it has driven until then is paid for, as with the last stop of a trip that ends well; who takes over is paid for
the way from where it stands, over the roadside, to the schools. So each way is paid once, to whoever drove it.
"""

from typing import Any

import structlog

from services.logistics.fleet import queries as fleet
from services.logistics.places import queries as places
from services.logistics.plans import queries as plans
from services.logistics.plans.proposals import withdraw
from services.logistics.tracking.queries import touch
from services.logistics.trips import freight, queries
from services.logistics.trips.budget import Budget
from services.logistics.trips.problem import Position
from shared.errors import Conflict
from shared.events.logistics import DeliveryArrived
from shared.ids import derived_id, new_id
from shared.unit_of_work import UnitOfWork

log = structlog.get_logger()


async def break_down(uow: UnitOfWork, trip_id: str, at: Position, reason: str, seconds: int) -> tuple[list[str], str]:
    """End a trip where it stands; return the orders it leaves and the plan that finds who takes them.

    The vehicle goes no more that day: its later trips are withdrawn. What is on board waits at the roadside. A second
    time it is refused: there is nothing left on it.
    """
    trip = await queries.lock_trip(uow, trip_id)
    if trip.status in ("completed", "broken"):
        raise Conflict("trip-over", f"trip {trip_id} is {trip.status}")
    log.info("vehicle-broke-down", trip_id=trip_id, vehicle_id=trip.vehicle_id, reason=reason)
    await places.keep_newest(uow, [_roadside(trip_id, trip.county_code, at)])
    driven = await freight.driven(uow, trip, at)
    later = await _lock_later(uow, trip)
    over = [trip_id, *(one.trip_id for one in later)]
    orders = await queries.strand(uow, over, trip_id)
    orders += await queries.let_go(uow, over)
    await queries.change_no_more(uow, over)
    await withdraw(uow, later)
    await queries.end_broken(uow, trip_id, driven.distance_m, driven.cost_fen)
    await touch(uow, trip_id)
    if driven.canteen_id is not None:
        cost = {"distance_m": driven.distance_m, "cost_fen": driven.cost_fen}
        told = DeliveryArrived(trip_id=trip_id, canteen_id=driven.canteen_id, order_ids=(), arrived_at=uow.now, **cost)
        uow.emit(told)
    await fleet.put(uow, fleet.availability, [_off(trip.vehicle_id, trip.day)])
    plan_id = new_id()
    await plans.add(uow, plan_id, trip.county_code, trip.day, Budget(seconds))
    return sorted(orders), plan_id


async def _lock_later(uow: UnitOfWork, trip: Any) -> list[Any]:
    """Lock the later trips of a locked trip's vehicle that have not left, and return them."""
    later = [
        one.trip_id
        for one in await queries.of_day(uow, trip.county_code, trip.day)
        if one.vehicle_id == trip.vehicle_id and one.number > trip.number
    ]
    return [one for one in await queries.lock_trips(uow, later) if one.status == "planned"]


def _roadside(trip_id: str, county_code: str, at: Position) -> dict[str, object]:
    return {
        "kind": "roadside",
        "place_id": trip_id,
        "version": 1,
        "name_zh": "抛锚处",
        "name_en": "Breakdown",
        "county_code": county_code,
        "town_code": None,
        "lat": at[0],
        "lon": at[1],
    }


def _off(vehicle_id: str, day: object) -> dict[str, object]:
    return {
        "availability_id": derived_id("availability", "vehicle", vehicle_id, day),
        "kind": "vehicle",
        "subject_id": vehicle_id,
        "day": day,
        "starts_at": None,
        "ends_at": None,
    }
