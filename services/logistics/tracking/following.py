"""Following trips: where each was last, when it will be at its stops, whether it stood at one, what to tell."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

from services.logistics.tracking import queries
from services.logistics.tracking.domain import Rule, holding
from services.logistics.tracking.progress import Ahead, Seen, expect, off_m, stood_at, to_tell
from services.logistics.tracking.queries import Delivery, State
from services.logistics.tracking.schemas import PointInput
from services.logistics.trips.usecases import arrive
from shared.events.logistics import DeliveryDelayed
from shared.unit_of_work import UnitOfWork


class Heard(NamedTuple):
    """What a device told on a trip: readings, at least one."""

    trip_id: str
    device_id: str
    points: Sequence[PointInput]


Told = Sequence[Heard]
"""What a trip's devices told."""
_AT = attrgetter("at")
_STANDING = timedelta(minutes=30)
"""How long before it was seen at a stop a vehicle may have come there."""


def _point_at(told: tuple[str, PointInput]) -> datetime:
    return told[1].at


async def follow(uow: UnitOfWork, trips: Sequence[Any], told: Mapping[str, Told], alarmed: Collection[str]) -> None:
    """Bring the states of locked trips up to date with new readings; `alarmed` are those whose alarms changed."""
    states = await queries.states_of(uow, told)
    on_board = await queries.on_board(uow, told)
    stops = await queries.deliveries_of(uow, told)
    rules = await queries.all_rules(uow)
    rows = []
    for trip in trips:
        heard, aboard, before = told[trip.trip_id], on_board.get(trip.trip_id, {}), states.get(trip.trip_id)
        points = heard[0].points if len(heard) == 1 else [point for one in heard for point in one.points]
        rule = holding(rules, trip.day)
        here = [stop for stop in stops.get(trip.trip_id, []) if stop.place_id in aboard]
        reached = await _arrivals(uow, trip, here, points, rule)
        device_id, last = max(((one.device_id, max(one.points, key=_AT)) for one in heard), key=_point_at)
        if before is None or last.at > before.at or reached or trip.trip_id in alarmed:
            ahead = _ahead([stop for stop in here if stop.place_id not in reached], before)
            seen = _last_seen(before, device_id, last)
            expected = _tell(uow, trip, expect(ahead, seen[1], uow.now), aboard, rule)
            rows.append(_state(uow, trip, before, seen[0], points) | {"stops": [_kept(stop) for stop in expected]})
    await queries.put_states(uow, rows)


async def _arrivals(
    uow: UnitOfWork, trip: Any, stops: Sequence[Delivery], points: Sequence[PointInput], rule: Rule
) -> set[str]:
    """Let a trip arrive at the stops its readings show it stood at; return these."""
    reached = set()
    for stop in _passed(stops, points, rule.geofence_m):
        place = (stop.lat, stop.lon)
        near = [point.at for point in points if off_m((point.lat, point.lon), place) <= rule.geofence_m]
        if not near:
            continue
        at_least = timedelta(seconds=rule.geofence_s)
        rows = await queries.track_of(uow, trip, min(near) - at_least - _STANDING, max(near) + at_least)
        track = [Seen(row.at, (row.lat, row.lon)) for row in rows]
        came = stood_at(track, place, rule.geofence_m, at_least)
        if came is not None:
            await arrive(uow, trip.trip_id, stop.place_id)
            reached.add(stop.place_id)
    return reached


def _passed(stops: Sequence[Delivery], points: Sequence[PointInput], within_m: float) -> list[Delivery]:
    """Return the stops near the box all readings lie in: most trips are far from most of their stops."""
    lats, lons = [point.lat for point in points], [point.lon for point in points]
    # Anywhere in China a degree of longitude is longer than 60 km.
    high, wide = within_m / 110_000, within_m / 60_000
    south, north, west, east = min(lats) - high, max(lats) + high, min(lons) - wide, max(lons) + wide
    return [stop for stop in stops if south <= stop.lat <= north and west <= stop.lon <= east]


def _last_seen(before: State | None, device_id: str, point: PointInput) -> tuple[dict[str, Any], Seen]:
    """Return the newest of what is known and new: as it is kept, and where that was."""
    names = ("at", "lat", "lon", "speed_kmh")
    if before is not None and before.at >= point.at:
        kept = {"device_id": before.device_id} | {name: getattr(before, name) for name in names}
    else:
        kept = {"device_id": device_id} | {name: getattr(point, name) for name in names}
    return kept, Seen(kept["at"], (kept["lat"], kept["lon"]))


def _ahead(stops: Sequence[Delivery], before: State | None) -> list[Ahead]:
    told = {one["sequence"]: one["told_at"] for one in before.stops} if before is not None else {}
    return [
        Ahead(
            sequence=stop.sequence,
            place_id=stop.place_id,
            position=(stop.lat, stop.lon),
            planned_at=stop.planned_at,
            expected_at=stop.planned_at,
            told_at=datetime.fromisoformat(told[stop.sequence]) if stop.sequence in told else stop.planned_at,
        )
        for stop in stops
    ]


def _tell(
    uow: UnitOfWork, trip: Any, stops: Sequence[Ahead], aboard: Mapping[str, Sequence[str]], rule: Rule
) -> list[Ahead]:
    """Tell the arrivals that are not what others think; return the stops with what these have been told now."""
    news = {stop.sequence for stop in to_tell(stops, timedelta(minutes=rule.delay_minutes))}
    for stop in stops:
        if stop.sequence in news:
            uow.emit(
                DeliveryDelayed(
                    trip_id=trip.trip_id,
                    canteen_id=stop.place_id,
                    order_ids=tuple(aboard[stop.place_id]),
                    planned_at=stop.planned_at,
                    expected_at=stop.expected_at,
                    told_at=uow.now,
                )
            )
    return [stop._replace(told_at=stop.expected_at) if stop.sequence in news else stop for stop in stops]


def _kept(stop: Ahead) -> dict[str, Any]:
    instants = {name: getattr(stop, name).isoformat() for name in ("planned_at", "expected_at", "told_at")}
    return {"sequence": stop.sequence, "place_id": stop.place_id} | instants


def _state(
    uow: UnitOfWork, trip: Any, before: State | None, seen: dict[str, Any], points: Sequence[PointInput]
) -> dict[str, Any]:
    warm = [(point.at, point.temperature_c) for point in points if point.temperature_c is not None]
    at, temperature_c = max(warm, default=(None, None))
    known_at = None if before is None else before.temperature_at
    if at is None or (known_at is not None and known_at >= at):
        at, temperature_c = known_at, None if before is None else before.temperature_c
    return seen | {
        "trip_id": trip.trip_id,
        "county_code": trip.county_code,
        "day": trip.day,
        "temperature_c": temperature_c,
        "temperature_at": at,
        "changed_at": uow.now,
    }
