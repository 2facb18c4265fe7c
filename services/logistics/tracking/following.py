"""Following trips: where each was last, when it will be at its stops, whether it stood at one, what to tell."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

from services.logistics.tracking import queries, ways
from services.logistics.tracking.domain import Rule, holding
from services.logistics.tracking.progress import (
    Ahead,
    Seen,
    Stop,
    bound_for,
    expect,
    off_m,
    passed_by,
    still_ahead,
    stood_at,
    to_tell,
)
from services.logistics.tracking.queries import Followed, State
from services.logistics.tracking.schemas import PointInput
from services.logistics.trips.usecases import arrive, gather
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


async def follow(
    uow: UnitOfWork, trips: Sequence[Followed], told: Mapping[str, Told], alarmed: Collection[str]
) -> None:
    """Bring the states of locked trips up to date with new readings; `alarmed` are those whose alarms changed."""
    states = await queries.states_of(uow, told)
    on_board = await ways.on_board(uow, told)
    stops = await ways.stops_of(uow, told)
    rules = await queries.all_rules(uow)
    rows = []
    for trip in trips:
        heard, aboard, before = told[trip.trip_id], on_board.get(trip.trip_id, {}), states.get(trip.trip_id)
        points = heard[0].points if len(heard) == 1 else [point for one in heard for point in one.points]
        rule = holding(rules, trip.day)
        here = _here(trip, stops.get(trip.trip_id, []), aboard, before)
        reached = await _arrivals(uow, trip, here, points, rule)
        device_id, last = max(((one.device_id, max(one.points, key=_AT)) for one in heard), key=_point_at)
        if before is None or last.at > before.at or reached or trip.trip_id in alarmed:
            seen = _last_seen(before, device_id, last)
            behind = reached.keys() | passed_by(here, seen[1])
            ahead = _ahead([stop for stop in here if stop.sequence not in behind], before)
            expected = _tell(uow, trip, expect(ahead, seen[1], uow.now), aboard, rule)
            rows.append(_state(uow, trip, before, seen[0], points) | _way(expected, here, reached, before))
    await queries.put_states(uow, rows)


def _here(
    trip: Followed, stops: Sequence[Stop], aboard: Mapping[str, Sequence[str]], before: State | None
) -> list[Stop]:
    """Return the stops a trip has not reached as far as drivers have said and its devices had told before."""
    left = None if before is None else {one["sequence"] for one in before.stops}
    return still_ahead(stops, bound_for(aboard, stops), left, trip.departed_at)


async def _arrivals(
    uow: UnitOfWork, trip: Followed, stops: Sequence[Stop], points: Sequence[PointInput], rule: Rule
) -> dict[int, datetime]:
    """Let a trip arrive where its readings show it stood; return since when, by stop.

    Where it picks up it need only have been near; it is home when it stands there with nothing more to do.
    """
    reached: dict[int, datetime] = {}
    told = set[tuple[str, str]]()
    for stop in _passed(stops, points, rule.geofence_m):
        if stop.kind == "return" and len(reached) < len(stops) - 1:
            continue
        came = await _came(uow, trip, stop, points, rule)
        if came is None:
            continue
        place = (stop.place_kind, stop.place_id)
        # Many orders are several stops at one place.
        if stop.kind == "delivery" and place not in told:
            await (arrive if stop.place_kind == "canteen" else gather)(uow, trip.trip_id, stop.place_id)
            told.add(place)
        reached[stop.sequence] = came
    return reached


async def _came(
    uow: UnitOfWork, trip: Followed, stop: Stop, points: Sequence[PointInput], rule: Rule
) -> datetime | None:
    """Return when a trip came to a stop, None where it did not."""
    place = (stop.lat, stop.lon)
    near = [point.at for point in points if off_m((point.lat, point.lon), place) <= rule.geofence_m]
    if not near or stop.kind == "pickup":
        return min(near, default=None)
    at_least = timedelta(seconds=rule.geofence_s)
    rows = await queries.track_of(uow, trip, min(near) - at_least - _STANDING, max(near) + at_least)
    return stood_at([Seen(row.at, (row.lat, row.lon)) for row in rows], place, rule.geofence_m, at_least)


def _passed(stops: Sequence[Stop], points: Sequence[PointInput], within_m: float) -> list[Stop]:
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


def _ahead(stops: Sequence[Stop], before: State | None) -> list[Ahead]:
    told = {one["sequence"]: one["told_at"] for one in before.stops} if before is not None else {}
    return [
        Ahead(
            sequence=stop.sequence,
            kind=stop.kind,
            place_kind=stop.place_kind,
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
    """Tell schools the arrivals that are not what they think; return the stops with what these have been told now."""
    at_schools = [stop for stop in stops if (stop.kind, stop.place_kind) == ("delivery", "canteen")]
    news = {stop.sequence for stop in to_tell(at_schools, timedelta(minutes=rule.delay_minutes))}
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


def _way(
    expected: Sequence[Ahead], here: Sequence[Stop], reached: Mapping[int, datetime], before: State | None
) -> dict[str, Any]:
    """Return the stops a trip has still to reach, and those its devices were at, as they are kept."""
    new = [
        _named(stop) | {"arrived_at": reached[stop.sequence].isoformat()} for stop in here if stop.sequence in reached
    ]
    return {
        "stops": [_named(stop) | _instants(stop) for stop in expected],
        "reached": [*([] if before is None else before.reached), *new],
    }


def _named(stop: Stop | Ahead) -> dict[str, Any]:
    return {
        "sequence": stop.sequence,
        "kind": stop.kind,
        "place_kind": stop.place_kind,
        "place_id": stop.place_id,
    }


def _instants(stop: Ahead) -> dict[str, str]:
    return {
        "planned_at": stop.planned_at.isoformat(),
        "expected_at": stop.expected_at.isoformat(),
        "told_at": stop.told_at.isoformat(),
    }


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
