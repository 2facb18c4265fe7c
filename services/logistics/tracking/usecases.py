"""What can happen to readings: those that can be true are kept once, and looked at for what they mean."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from services.logistics.coldchain.domain import Reading
from services.logistics.coldchain.watching import watch
from services.logistics.devices import queries as devices
from services.logistics.tracking import domain, queries
from services.logistics.tracking.domain import Drive
from services.logistics.tracking.following import follow
from services.logistics.tracking.schemas import DevicePoint, PointInput, Taken
from services.logistics.trips import queries as trips
from services.logistics.trips.domain import require_departed
from shared.bulk import Refusal, Rows, parse, refuse
from shared.errors import Conflict, DomainError, NotFound
from shared.unit_of_work import UnitOfWork

P = TypeVar("P", bound=PointInput)
Raw = Sequence[dict[str, Any]]

_OF_ONE = TypeAdapter(list[PointInput])
_OF_MANY = TypeAdapter(list[DevicePoint])
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Placed:
    """A reading, the device it is from, and the trip it belongs to."""

    trip_id: str
    device_id: str
    point: PointInput


async def keep_trip_points(uow: UnitOfWork, trip_id: str, device_id: str, raw: Raw) -> Taken:
    """Keep a device's readings of a trip, in whatever order they come and however often."""
    # Behind the trip's lock, two batches of one trip cannot both find the same alarm new.
    trip = await trips.lock_trip(uow, trip_id)
    # Late readings of a completed trip are welcome.
    require_departed(trip_id, trip.departed_at)
    domain.require_mounted(device_id, await devices.vehicles_of(uow, [device_id]), trip.vehicle_id)
    good, refused = _believed(_OF_ONE, PointInput, raw, uow.now)
    stored = await _keep(uow, [trip], [Placed(trip_id, device_id, point) for _, point in good])
    return _taken(len(good), stored, refused)


async def keep_points(uow: UnitOfWork, raw: Raw) -> Taken:
    """Keep readings of many devices, each with the trip its vehicle was on; what was on none is refused."""
    good, refused = _believed(_OF_MANY, DevicePoint, raw, uow.now)
    mounted = await devices.vehicles_of(uow, {point.device_id for _, point in good})
    drives = await _drives(uow, {vehicle for vehicle in mounted.values() if vehicle}, good)
    placed: list[Placed] = []
    for index, point in good:
        found = _place(point, mounted, drives)
        if isinstance(found, DomainError):
            refused.append(refuse(index, found))
        else:
            placed.append(Placed(found, point.device_id, point))
    refused.sort(key=lambda refusal: refusal.index)
    stored = 0
    if placed:
        # In one order: whoever else holds several trips waits for them in the same.
        locked = await trips.lock_trips(uow, {one.trip_id for one in placed})
        stored = await _keep(uow, locked, placed)
    return _taken(len(placed), stored, refused)


def _taken(good: int, stored: int, refused: list[Refusal]) -> Taken:
    return Taken(stored=stored, known=good - stored, refused=refused)


def _believed(
    all_at_once: TypeAdapter[list[P]], model: type[P], raw: Raw, now: datetime
) -> tuple[list[tuple[int, P]], list[Refusal]]:
    """Return the readings that can be true with their index, and why the others cannot."""
    refused: list[Refusal] = []
    try:
        shaped = list(enumerate(all_at_once.validate_python(raw)))
    except ValidationError:
        shaped, refused = parse(model, Rows.model_construct(rows=list(raw)))
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
    uow: UnitOfWork, vehicles: set[str], good: Iterable[tuple[int, DevicePoint]]
) -> dict[str, list[Drive]]:
    found: dict[str, list[Drive]] = defaultdict(list)
    if vehicles:
        # A vehicle may come back on the day after its trip's.
        first = min(point.at for _, point in good).date() - _A_DAY
        for row in await queries.drives_of(uow, vehicles, first):
            found[row.vehicle_id].append(Drive(row.trip_id, row.departed_at, row.completed_at))
    return found


def _place(point: DevicePoint, mounted: dict[str, str | None], drives: dict[str, list[Drive]]) -> str | DomainError:
    if point.device_id not in mounted:
        return NotFound("device", point.device_id, field="device_id")
    vehicle_id = mounted[point.device_id]
    if vehicle_id is None:
        detail = f"device {point.device_id} is in no vehicle: its readings name their trip"
        return Conflict("device-not-mounted", detail, field="device_id")
    trip_id = domain.trip_at(drives.get(vehicle_id, ()), point.at)
    if trip_id is None:
        return Conflict("not-on-a-trip", f"vehicle {vehicle_id} was on no trip at {point.at.isoformat()}", field="at")
    return trip_id


async def _keep(uow: UnitOfWork, locked: Sequence[Any], placed: Sequence[Placed]) -> int:
    """Write readings of locked trips and look at what they mean; return how many were new."""
    if not placed:
        return 0
    days = {trip.trip_id: trip.day for trip in locked}
    stored = await queries.add(
        uow,
        {
            "day": [days[one.trip_id] for one in placed],
            "trip_id": [one.trip_id for one in placed],
            "device_id": [one.device_id for one in placed],
            "sequence": [one.point.sequence for one in placed],
            "at": [one.point.at for one in placed],
            "lat": [one.point.lat for one in placed],
            "lon": [one.point.lon for one in placed],
            "speed_kmh": [one.point.speed_kmh for one in placed],
            "temperature_c": [one.point.temperature_c for one in placed],
        },
    )
    # What was known before means nothing new.
    if stored:
        of_trip: dict[str, list[Placed]] = defaultdict(list)
        for one in placed:
            of_trip[one.trip_id].append(one)
        alarmed = await watch(uow, locked, {trip_id: _told(points) for trip_id, points in of_trip.items()})
        told = {trip_id: [(one.device_id, one.point) for one in points] for trip_id, points in of_trip.items()}
        await follow(uow, locked, told, alarmed)
    return stored


def _told(points: Iterable[Placed]) -> dict[str, list[Reading]]:
    told: dict[str, list[Reading]] = defaultdict(list)
    for one in points:
        if one.point.temperature_c is not None:
            told[one.device_id].append(Reading(one.point.at, one.point.temperature_c))
    return told
