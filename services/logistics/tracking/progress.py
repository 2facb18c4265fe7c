"""How far a trip is: when it will be at its stops, which delays matter, and whether it stood at one."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from services.logistics.roads.estimate import ROAD_FACTOR, SPEED_KMH
from services.logistics.trips.problem import Position

_DEGREE_M = 111_195.0


class Ahead(NamedTuple):
    """A stop a trip has still to reach, with the arrival expected now and the one that others were told last.

    Before they were told anything, `told_at` is the planned arrival.
    """

    sequence: int
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
