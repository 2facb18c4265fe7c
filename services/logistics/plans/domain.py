"""Rules of trip plans: the problem a plan is computed from, and the instants of its seconds."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone

from services.logistics.trips.budget import Budget
from services.logistics.trips.problem import Load, Plan, PlannedTrip, Problem, Route, Stop, Visit, legs_of
from services.logistics.trips.timing import trips_of

SCHOOL_TIME = timezone(timedelta(hours=8))
"""Asia/Shanghai: one time zone, no summer time."""
DAY_BEGINS = time(5, 0)
"""The first vehicle leaves at 05:00: the first school is to be reached before it cooks (an assumption)."""
STALE_AFTER_S = 60
"""A running plan whose heartbeat is older than this is taken over: its process is gone."""
MAX_ROUNDS = 5
MAX_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Change:
    """What a dispatcher wishes for a trip, or for its stop with a sequence.

    `lock`: it stays as it is (a stop: within ten minutes). `pin`: what it carries stays with its vehicle. `move`: what
    it carries goes to `vehicle_id`.
    """

    action: str
    trip_id: str
    sequence: int | None = None
    vehicle_id: str | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A plan taken by this run; `claim` proves it until somebody takes it over."""

    plan_id: str
    claim: str
    county_code: str
    day: date
    attempts: int
    budget: Budget
    changes: tuple[Change, ...] | None = None


def instant_of(day: date, second: int) -> datetime:
    """Return the instant (UTC) of a second of the planned day, which begins at 05:00 school time."""
    return (datetime.combine(day, DAY_BEGINS, SCHOOL_TIME) + timedelta(seconds=second)).astimezone(UTC)


def second_of(day: date, instant: datetime) -> int:
    """Return the second of the planned day of an instant, never below 0, rounded up."""
    return max(0, -int((instant_of(day, 0) - instant).total_seconds() // 1))


def second_of_day(at: time) -> int:
    """Return the second of the planned day of a school time; before 05:00 it is 0."""
    return max(0, (at.hour - DAY_BEGINS.hour) * 3600 + at.minute * 60 + at.second)


def without(problem: Problem, plan: Plan, gone: Collection[str], grams: Mapping[str, int]) -> list[PlannedTrip]:
    """Return the plan's trips driven without the orders that were taken meanwhile.

    `grams` is what each remaining order weighs now.
    """
    loads = {
        load.order_id: replace(load, grams=grams[load.order_id])
        for load in problem.loads
        if load.order_id in grams and load.order_id not in gone
    }
    by_vehicle: dict[str, list[PlannedTrip]] = {}
    for trip in plan.trips:
        by_vehicle.setdefault(trip.vehicle_id, []).append(trip)
    vehicles = {vehicle.vehicle_id: vehicle for vehicle in problem.vehicles}
    trips = []
    for vehicle_id, planned in by_vehicle.items():
        visits = [
            Visit(
                stop.kind, stop.place, tuple(_part(problem, stop, loads[key]) for key in stop.order_ids if key in loads)
            )
            for trip in planned
            for stop in trip.stops
        ]
        kept = tuple(visit for visit in visits if visit.loads)
        if kept:
            trips += trips_of(problem, Route(vehicles[vehicle_id], kept, planned[0].starts_s))
    return trips


def _part(problem: Problem, stop: Stop, load: Load) -> Load:
    """Return the part of a load's way that a stop belongs to."""
    if load.through is None:
        return load
    to_it, from_it = legs_of(problem, load)
    return to_it if (stop.kind, stop.place) in (("pickup", load.origin), ("delivery", load.through)) else from_it
