"""Rules of trip plans: the problem a plan is computed from, and the instants of its seconds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone

from services.logistics.trips.problem import Load, Plan, PlannedTrip, Problem, Vehicle

SCHOOL_TIME = timezone(timedelta(hours=8))
"""Asia/Shanghai: one time zone, no summer time."""
DAY_BEGINS = time(5, 0)
"""The first vehicle leaves at 05:00: the first school is to be reached before it cooks (an assumption)."""
STALE_AFTER_S = 60
"""A running plan whose heartbeat is older than this is taken over: its process is gone."""
MAX_ROUNDS = 5
MAX_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Claimed:
    """A plan taken by this run; `claim` proves it until somebody takes it over."""

    plan_id: str
    claim: str
    county_code: str
    day: date
    attempts: int


def instant_of(day: date, second: int) -> datetime:
    """Return the instant (UTC) of a second of the planned day, which begins at 05:00 school time."""
    return (datetime.combine(day, DAY_BEGINS, SCHOOL_TIME) + timedelta(seconds=second)).astimezone(UTC)


def second_of(day: date, instant: datetime) -> int:
    """Return the second of the planned day of an instant, never below 0, rounded up."""
    return max(0, -int((instant_of(day, 0) - instant).total_seconds() // 1))


def without(plan: Plan, gone: Iterable[str], grams: Mapping[str, int]) -> list[PlannedTrip]:
    """Return the plan's trips without the orders that were taken meanwhile; empty stops and trips are left out.

    `grams` is what each remaining order weighs now. Times and distance stay as planned: fewer stops are only earlier.
    """
    left_out = set(gone)
    trips = []
    for trip in plan.trips:
        stops = [
            replace(stop, order_ids=tuple(order_id for order_id in stop.order_ids if order_id not in left_out))
            for stop in trip.stops
        ]
        kept = tuple(stop for stop in stops if stop.order_ids)
        if kept:
            load_g = sum(grams[order_id] for stop in kept if stop.kind == "pickup" for order_id in stop.order_ids)
            trips.append(replace(trip, stops=kept, load_g=load_g))
    return trips


def problem_of(
    loads: Sequence[Load],
    vehicles: Sequence[Vehicle],
    positions: Mapping[tuple[str, str], tuple[float, float]],
) -> Problem:
    """Return the problem of a county's day; `positions` are those of ("cooperative" | "canteen", id)."""
    return Problem(
        loads=tuple(loads),
        vehicles=tuple(vehicles),
        cooperatives={key: position for (kind, key), position in positions.items() if kind == "cooperative"},
        canteens={key: position for (kind, key), position in positions.items() if kind == "canteen"},
    )
