"""Departure by geofence: a trip that has everything on board departs when its vehicle is seen on its way."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from operator import attrgetter

from services.logistics.plans.domain import SCHOOL_TIME
from services.logistics.tracking import queries, ways
from services.logistics.tracking.domain import holding
from services.logistics.tracking.progress import off_m
from services.logistics.tracking.schemas import PointInput
from services.logistics.tracking.ways import Ready
from services.logistics.trips.problem import Position
from services.logistics.trips.queries import lock_trips
from services.logistics.trips.usecases import depart
from shared.unit_of_work import UnitOfWork

_AT = attrgetter("at")


async def let_depart(
    uow: UnitOfWork, trips: Collection[str], seen: Mapping[str, Sequence[PointInput]]
) -> dict[str, datetime]:
    """Let those of the trips depart that were seen leaving; return when. `seen` are readings, by vehicle.

    One leaves when its vehicle is seen on the trip's day, after the last of all its orders was loaded, outside the
    geofence of wherever it loads and of its home. One of which something still waits departs by hand: its driver knows
    whether it comes.
    """
    leaving = await _leaving(uow, trips, seen)
    locked = {row.trip_id for row in await lock_trips(uow, leaving)} if leaving else set()
    # Behind the lock, because a dispatcher may have planned anew what was ready before.
    still = {one.trip_id for one in await ways.ready_of(uow, locked)} if locked else set()
    left = {trip_id: min(at, uow.now) for trip_id, at in sorted(leaving.items()) if trip_id in still}
    for trip_id, at in left.items():
        await depart(uow, trip_id, at)
    return left


async def _leaving(
    uow: UnitOfWork, trips: Collection[str], seen: Mapping[str, Sequence[PointInput]]
) -> dict[str, datetime]:
    """Return when trips that are ready were seen leaving first; of a vehicle, its next one."""
    ready: dict[str, Ready] = {}
    for one in await ways.ready_of(uow, trips):
        ready.setdefault(one.vehicle_id, one)
    if not ready:
        return {}
    stops = await ways.stops_of(uow, {one.trip_id for one in ready.values()})
    rules = await queries.all_rules(uow)
    leaving = {}
    for one in ready.values():
        loads = [(stop.lat, stop.lon) for stop in stops.get(one.trip_id, ()) if stop.kind == "pickup"]
        left = _left(one, [*loads, (one.lat, one.lon)], seen[one.vehicle_id], holding(rules, one.day).geofence_m)
        if left is not None:
            leaving[one.trip_id] = left
    return leaving


def _left(ready: Ready, places: Sequence[Position], points: Sequence[PointInput], within_m: float) -> datetime | None:
    for point in sorted(points, key=_AT):
        if point.at <= ready.loaded_at or point.at.astimezone(SCHOOL_TIME).date() != ready.day:
            continue
        if all(off_m((point.lat, point.lon), place) > within_m for place in places):
            return point.at
    return None
