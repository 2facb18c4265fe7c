"""What can happen to readings: those that can be true are kept once, and looked at for what they mean."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from services.logistics.coldchain.domain import Reading
from services.logistics.coldchain.watching import watch
from services.logistics.devices import queries as devices
from services.logistics.tracking import domain, queries
from services.logistics.tracking.domain import Drive
from services.logistics.tracking.following import Heard, follow
from services.logistics.tracking.leaving import let_depart
from services.logistics.tracking.schemas import DevicePoint, PointInput, Taken
from services.logistics.trips import queries as trips
from services.logistics.trips.domain import require_departed
from shared.bulk import Refusal, Rows, parse, refuse
from shared.errors import Conflict, DomainError, NotFound
from shared.unit_of_work import UnitOfWork

P = TypeVar("P", bound=PointInput)
Raw = Sequence[dict[str, Any]]
OfDevice = list[tuple[int, DevicePoint]]

_OF_ONE = TypeAdapter(list[PointInput])
_OF_MANY = TypeAdapter(list[DevicePoint])
_A_DAY = timedelta(days=1)
_MEASURED = ("sequence", "at", "lat", "lon", "speed_kmh", "temperature_c")
_SEQUENCE = attrgetter("sequence")


async def keep_trip_points(uow: UnitOfWork, trip_id: str, device_id: str, raw: Raw) -> Taken:
    """Keep a device's readings of a trip, in whatever order they come and however often."""
    # Behind the trip's lock, two batches of one trip cannot both find the same alarm new.
    trip = await trips.lock_trip(uow, trip_id)
    domain.require_mounted(device_id, await devices.vehicles_of(uow, [device_id]), trip.vehicle_id)
    good, refused = _believed(_OF_ONE, PointInput, raw, uow.now)
    if trip.departed_at is None and await let_depart(uow, [trip_id], {trip.vehicle_id: [point for _, point in good]}):
        trip = await trips.lock_trip(uow, trip_id)
    # Late readings of a completed trip are welcome.
    require_departed(trip_id, trip.departed_at)
    heard = [Heard(trip_id, device_id, [point for _, point in good])] if good else []
    stored = await _keep(uow, [trip], heard)
    return _taken(len(good), stored, refused)


async def keep_points(uow: UnitOfWork, raw: Raw) -> Taken:
    """Keep readings of many devices, each with the trip its vehicle was on; what was on none is refused."""
    good, refused = _believed(_OF_MANY, DevicePoint, raw, uow.now)
    of_device: dict[str, list[tuple[int, DevicePoint]]] = defaultdict(list)
    for one in good:
        of_device[one[1].device_id].append(one)
    mounted = await devices.vehicles_of(uow, of_device)
    drives = await _drives(uow, mounted, of_device)
    heard: list[Heard] = []
    for device_id, told in sorted(of_device.items()):
        for found, points in _places(device_id, told, mounted, drives):
            if isinstance(found, DomainError):
                refused += [refuse(index, found) for index, _ in points]
            else:
                heard.append(Heard(found, device_id, [point for _, point in points]))
    refused.sort(key=lambda refusal: refusal.index)
    stored = 0
    if heard:
        # In one order: whoever else holds several trips waits for them in the same.
        locked = await queries.lock_followed(uow, {one.trip_id for one in heard})
        stored = await _keep(uow, locked, heard)
    return _taken(sum(len(one.points) for one in heard), stored, refused)


def _taken(good: int, stored: int, refused: list[Refusal]) -> Taken:
    return Taken(stored=stored, known=good - stored, refused=refused)


def _believed(
    all_at_once: TypeAdapter[list[P]], model: type[P], raw: Raw, now: datetime
) -> tuple[list[tuple[int, P]], list[Refusal]]:
    """Return the readings that can be true with their index, and why the others cannot."""
    refused: list[Refusal] = []
    try:
        points = all_at_once.validate_python(raw)
    except ValidationError:
        shaped, refused = parse(model, Rows.model_construct(rows=list(raw)))
    else:
        shaped = list(enumerate(points))
        speeds = [point.speed_kmh for point in points if point.speed_kmh is not None]
        ats, lats, lons = ([getattr(point, name) for point in points] for name in ("at", "lat", "lon"))
        if domain.all_believed(ats, lats, lons, speeds, now):
            return shaped, []
    good: list[tuple[int, P]] = []
    for index, point in shaped:
        why = domain.disbelief(point.at, point.lat, point.lon, point.speed_kmh, now)
        if why is None:
            good.append((index, point))
        else:
            refused.append(refuse(index, why))
    refused.sort(key=lambda refusal: refusal.index)
    return good, refused


async def _drives(
    uow: UnitOfWork, mounted: Mapping[str, str | None], of_device: Mapping[str, OfDevice]
) -> dict[str, list[Drive]]:
    """Return when vehicles were on which trip, by vehicle; those that are seen leaving depart."""
    found: dict[str, list[Drive]] = defaultdict(list)
    vehicles = {vehicle_id for vehicle_id in mounted.values() if vehicle_id is not None}
    if not vehicles:
        return found
    # A vehicle may come back on the day after its trip's.
    first = min(point.at for told in of_device.values() for _, point in told).date() - _A_DAY
    planned: dict[str, str] = {}
    for trip_id, vehicle_id, departed_at, completed_at in await queries.drives_of(uow, vehicles, first):
        if departed_at is None:
            planned[trip_id] = vehicle_id
        else:
            found[vehicle_id].append(Drive(trip_id, departed_at, completed_at))
    # Who is on a trip begins no other.
    driving = {vehicle_id for vehicle_id, drives in found.items() if any(one.completed_at is None for one in drives)}
    next_ones = {trip_id for trip_id, vehicle_id in planned.items() if vehicle_id not in driving}
    if next_ones:
        seen: dict[str, list[PointInput]] = defaultdict(list)
        for device_id, told in of_device.items():
            seen[mounted.get(device_id) or ""] += [point for _, point in told]
        for trip_id, left_at in (await let_depart(uow, next_ones, seen)).items():
            found[planned[trip_id]].append(Drive(trip_id, left_at, None))
    return found


def _places(
    device_id: str, told: OfDevice, mounted: dict[str, str | None], drives: dict[str, list[Drive]]
) -> Iterable[tuple[str | DomainError, OfDevice]]:
    """Return a device's readings by the trip they belong to, or by why they belong to none."""
    if device_id not in mounted:
        return [(NotFound("device", device_id, field="device_id"), told)]
    vehicle_id = mounted[device_id]
    if vehicle_id is None:
        detail = f"device {device_id} is in no vehicle: its readings name their trip"
        return [(Conflict("device-not-mounted", detail, field="device_id"), told)]
    its, ats = drives.get(vehicle_id, ()), [point.at for _, point in told]
    first, last = domain.trip_at(its, min(ats)), domain.trip_at(its, max(ats))
    if first is not None and first == last:
        # Trips follow one another: on which the vehicle was at first and at last, it was on in between.
        return [(first, told)]
    of_trip: dict[str, OfDevice] = {}
    nowhere: list[tuple[str | DomainError, OfDevice]] = []
    for index, point in told:
        trip_id = domain.trip_at(its, point.at)
        if trip_id is not None:
            of_trip.setdefault(trip_id, []).append((index, point))
        else:
            detail = f"vehicle {vehicle_id} was on no trip at {point.at.isoformat()}"
            nowhere.append((Conflict("not-on-a-trip", detail, field="at"), [(index, point)]))
    return [*of_trip.items(), *nowhere]


async def _keep(uow: UnitOfWork, locked: Sequence[Any], heard: Sequence[Heard]) -> int:
    """Write readings of locked trips and look at what they mean; return how many were new."""
    if not heard:
        return 0
    days = {trip.trip_id: trip.day for trip in locked}
    # In the order of the table's key: neighbours lie together.
    points = [point for one in heard for point in sorted(one.points, key=_SEQUENCE)]
    of_each: dict[str, list[Any]] = {
        "day": [day for one in heard for day in [days[one.trip_id]] * len(one.points)],
        "trip_id": [trip_id for one in heard for trip_id in [one.trip_id] * len(one.points)],
        "device_id": [device_id for one in heard for device_id in [one.device_id] * len(one.points)],
    }
    stored = await queries.add(uow, of_each | {name: [getattr(one, name) for one in points] for name in _MEASURED})
    # What was known before means nothing new.
    if stored:
        of_trip: dict[str, list[Heard]] = defaultdict(list)
        for one in heard:
            of_trip[one.trip_id].append(one)
        told = {trip_id: {one.device_id: _temperatures(one) for one in ones} for trip_id, ones in of_trip.items()}
        alarmed = await watch(uow, locked, told)
        await follow(uow, locked, of_trip, alarmed)
    return stored


def _temperatures(heard: Heard) -> list[Reading]:
    return [Reading(one.at, one.temperature_c) for one in heard.points if one.temperature_c is not None]
