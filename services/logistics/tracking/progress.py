"""How far a trip is: when it will be at its stops, which delays matter, and whether it stood at one."""

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from services.logistics.roads.estimate import ROAD_FACTOR, SPEED_KMH
from services.logistics.trips.problem import Position

_DEGREE_M = 111_195.0


class Stop(NamedTuple):
    """A stop of a trip as planned, with where it is: a `pickup`, a `delivery`, or the `return` home.

    `order_ids` are those set down at a collection point, None elsewhere.
    """

    trip_id: str
    sequence: int
    kind: str
    place_kind: str
    place_id: str
    planned_at: datetime
    lat: float
    lon: float
    order_ids: list[str] | None


class Ahead(NamedTuple):
    """A stop a trip has still to reach, with the arrival expected now and the one that others were told last.

    It is a `pickup`, a `delivery`, or the `return` home. Before others were told anything, `told_at` is the planned
    arrival.
    """

    sequence: int
    kind: str
    place_kind: str
    place_id: str
    position: Position
    planned_at: datetime
    expected_at: datetime
    told_at: datetime


class Seen(NamedTuple):
    """Where a vehicle was at an instant."""

    at: datetime
    position: Position


def expect(stops: Sequence[Ahead], seen: Seen, now: datetime) -> list[Ahead]:
    """Return the stops, in the order of the trip, with the arrival expected from where the vehicle was seen last.

    To the next stop it drives the estimated way, and has not got there before now; from there on it takes as long as
    planned from stop to stop, so that a delay is carried on to all of them.
    """
    expected: list[Ahead] = []
    for stop in stops:
        if expected:
            at = expected[-1].expected_at + max(stop.planned_at - expected[-1].planned_at, timedelta())
        else:
            at = seen.at + timedelta(hours=off_m(seen.position, stop.position) * ROAD_FACTOR / 1000 / SPEED_KMH)
        expected.append(stop._replace(expected_at=max(at, now)))
    return expected


def to_tell(stops: Sequence[Ahead], matters: timedelta) -> list[Ahead]:
    """Return the stops whose arrival is off by `matters` or more from what others think.

    Later than told is always news; earlier only where a delay was told: it is made good.
    """
    return [
        stop
        for stop in stops
        if stop.expected_at - stop.told_at >= matters
        or (stop.told_at > stop.planned_at and stop.told_at - max(stop.expected_at, stop.planned_at) >= matters)
    ]


def off_m(a: Position, b: Position) -> float:
    """Return how far a place is from another, as the crow flies, in m; within a county the earth is flat."""
    east = (b[1] - a[1]) * math.cos(math.radians(a[0]))
    return math.hypot(b[0] - a[0], east) * _DEGREE_M


def bound_for(aboard: Mapping[str, Sequence[str]], stops: Sequence[Stop]) -> set[tuple[str, str]]:
    """Return the places a trip has something on board for, by kind: schools, and points where it is gathered.

    `aboard` are the orders on board by school.
    """
    places = {("canteen", canteen_id) for canteen_id in aboard}
    for stop in stops:
        if stop.order_ids and any(not set(orders).isdisjoint(stop.order_ids) for orders in aboard.values()):
            places.add((stop.place_kind, stop.place_id))
    return places


def still_ahead(
    stops: Sequence[Stop],
    places: Collection[tuple[str, str]],
    left: Collection[int] | None,
    departed_at: datetime,
) -> list[Stop]:
    """Return the stops a trip has still to reach, in order.

    `places` are those it has something on board for, `left` the stops it had not reached when it was seen last, None
    before that. It picks up what was planned after it departed, until it was there or has set down what comes later; it
    goes home in the end.
    """
    goals = {stop.sequence for stop in stops if stop.kind == "delivery" and (stop.place_kind, stop.place_id) in places}
    left = goals.union(stop.sequence for stop in stops if stop.kind != "delivery") if left is None else left
    set_down = (one.sequence for one in stops if one.kind == "delivery" and one.sequence in left)
    last = max((sequence for sequence in set_down if sequence not in goals), default=0)
    return [
        stop
        for stop in stops
        if stop.sequence in goals
        or (stop.kind == "return" and stop.sequence in left)
        or (stop.kind == "pickup" and stop.sequence in left and stop.sequence > last and stop.planned_at > departed_at)
    ]


def passed_by(stops: Sequence[Stop], seen: Seen) -> set[int]:
    """Return the stops at which a vehicle must have picked up without being seen there, by their sequence.

    After the time planned it is seen nearer to where it delivers next than that stop is.
    """
    passed: set[int] = set()
    goal: Position | None = None
    for stop in reversed(stops):
        here = (stop.lat, stop.lon)
        if stop.kind == "delivery":
            goal = here
        elif stop.kind == "pickup" and goal is not None and seen.at > stop.planned_at and _nearer(seen, here, goal):
            passed.add(stop.sequence)
    return passed


def _nearer(seen: Seen, place: Position, goal: Position) -> bool:
    return off_m(seen.position, goal) < off_m(place, goal)


def stood_at(track: Sequence[Seen], place: Position, within_m: float, at_least: timedelta) -> datetime | None:
    """Return when a vehicle came to a place it then stayed at, None when it did not; `track` is ordered by time."""
    came: datetime | None = None
    for seen in track:
        if off_m(seen.position, place) > within_m:
            came = None
        elif came is None:
            came = seen.at
        if came is not None and seen.at - came >= at_least:
            return came
    return None
