"""Routing: which vehicle fetches which consignments, and in which order it stops. One function and its checker.

Greedy: a trip starts with the consignment farthest out and then stops at the neighbours that cost least time for each
consignment they bring, until vehicle or day is full; it picks everything up before it sets anything down. Pure values,
nothing imported that a worker process would have to wait for.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from services.logistics.trips.checking import check
from services.logistics.trips.problem import (
    DAY_ENDS_S,
    MAX_LOADS,
    TRIP_LIMITS_S,
    Load,
    Plan,
    PlannedTrip,
    Problem,
    Report,
    Vehicle,
    carries,
    road_m,
)
from services.logistics.trips.tour import Place, Roads, Tour, places_of

__all__ = ["check", "plan"]

# Coldest first: vehicles that keep cold are the scarce ones.
_HARDEST_FIRST = ("frozen", "chilled", "ambient")
# Arrivals are rounded up to whole seconds at every stop; a tour may not miss its limit by that.
_ROUNDING_S = 2.0


def plan(problem: Problem, report: Report) -> Plan:
    """Return trips for as many loads as fit, short trips first choice. The same problem always gives the same plan."""
    roads, made = Roads(problem), list[Plan]()
    for index, limit_s in enumerate(TRIP_LIMITS_S):
        made.append(_Planner(problem, roads, limit_s, _part(report, index)).run())
        if not any(reason == "day-too-short" for _, reason in made[-1].unplanned):
            break
    return min(made, key=lambda one: len(one.unplanned))


def _part(report: Report, index: int) -> Report:
    """Return the report of one pass out of those there may be."""
    return lambda done: report((index + done) / len(TRIP_LIMITS_S))


class _Planner:
    """One greedy pass with trips of at most `limit_s` seconds."""

    def __init__(self, problem: Problem, roads: Roads, limit_s: int, report: Report) -> None:
        self._problem = problem
        self._roads = roads
        self._limit_s = limit_s
        self._report = report
        self._vehicles = list(problem.vehicles)
        self._open = {load.order_id: load for load in problem.loads}
        self._trips: list[PlannedTrip] = []
        self._unplanned: list[tuple[str, str]] = []

    def run(self) -> Plan:
        """Return the plan of this pass."""
        for load in self._problem.loads:
            reason = _hopeless(self._problem, load)
            if reason:
                self._leave(load, reason)
        for temperature_class in _HARDEST_FIRST:
            while seeds := [load for load in self._open.values() if load.temperature_class == temperature_class]:
                self._serve(seeds)
                self._report(1 - len(self._open) / len(self._problem.loads))
        return Plan(tuple(self._trips), tuple(sorted(self._unplanned)))

    def _leave(self, load: Load, reason: str) -> None:
        del self._open[load.order_id]
        self._unplanned.append((load.order_id, reason))

    def _serve(self, seeds: Sequence[Load]) -> None:
        """Make one trip that starts with the farthest seed some vehicle can take; leave the seeds when none can."""
        suitable = [vehicle for vehicle in self._vehicles if carries(vehicle, seeds[0].temperature_class)]
        # The earliest school counts most, then a vehicle no colder than it must be, then few trips.
        suitable.sort(key=lambda one: (one.free_s, -_HARDEST_FIRST.index(one.temperature_class), -one.capacity_g))
        for vehicle in suitable:
            fitting = [load for load in seeds if load.grams <= vehicle.capacity_g]
            for seed in sorted(fitting, key=lambda load: (-self._reach(vehicle, load), load.order_id)):
                tour = Tour(self._roads, vehicle)
                tour.add(seed)
                if tour.seconds() <= self._most_s(vehicle):
                    self._fill(tour, seed)
                    return self._go(tour)
        for seed in seeds:
            self._leave(seed, "day-too-short")
        return None

    def _reach(self, vehicle: Vehicle, load: Load) -> float:
        return road_m(vehicle.depot, self._problem.canteens[load.canteen_id])

    def _most_s(self, vehicle: Vehicle) -> float:
        return min(self._limit_s, DAY_ENDS_S - vehicle.free_s)

    def _fill(self, tour: Tour, seed: Load) -> None:
        """Add loads, the seed's class first, until nothing fits even after the way was straightened."""
        rest = {key: load for key, load in self._open.items() if key != seed.order_id}
        first = [load for load in rest.values() if load.temperature_class == seed.temperature_class]
        others = [load for load in rest.values() if load.temperature_class != seed.temperature_class]
        for loads in (first, others):
            self._add_all(tour, loads)
            while tour.straighten() and self._add_all(tour, loads):
                pass

    def _add_all(self, tour: Tour, loads: Iterable[Load]) -> bool:
        """Add whatever fits, cheapest time for a load first; whether anything was added."""
        on_it = set(tour.loads)
        rest = [load for load in loads if load not in on_it]
        count = len(tour.loads)
        while len(tour.loads) < MAX_LOADS:
            rest = [load for load in rest if tour.takes(load)]
            best = _best(tour, rest, self._most_s(tour.vehicle) - _ROUNDING_S * len(tour.loads) - tour.seconds())
            if best is None:
                break
            tour.add(best)
            rest.remove(best)
        return len(tour.loads) > count

    def _go(self, tour: Tour) -> None:
        trip = tour.planned()
        self._trips.append(trip)
        for load in tour.loads:
            del self._open[load.order_id]
        again = replace(tour.vehicle, free_s=trip.ends_s, number=trip.number + 1)
        self._vehicles = [again if one.vehicle_id == trip.vehicle_id else one for one in self._vehicles]


def _best(tour: Tour, loads: Sequence[Load], left_s: float) -> Load | None:
    """Return the load that costs least time per load its new stops make free of cost, None when none fits the time."""
    new = {load.order_id: [place for place in places_of(load) if not tour.visits(place)] for load in loads}
    gains = Counter(places[0] for places in new.values() if len(places) == 1)
    extra: dict[Place, float] = {}
    best: tuple[float, str] | None = None
    chosen = None
    for load in loads:
        places = new[load.order_id]
        for place in places:
            if place not in extra:
                extra[place] = tour.extra_s(place)
        cost_s = sum(extra[place] for place in places)
        key = (cost_s / max(1, sum(gains[place] for place in places)), load.order_id)
        if cost_s <= left_s and (best is None or key < best):
            best, chosen = key, load
    return chosen


def _hopeless(problem: Problem, load: Load) -> str | None:
    """Return why no vehicle could ever take a load, None when one could."""
    if load.cooperative_id not in problem.cooperatives or load.canteen_id not in problem.canteens:
        return "position-unknown"
    suitable = [vehicle for vehicle in problem.vehicles if carries(vehicle, load.temperature_class)]
    if not suitable:
        return "no-suitable-vehicle"
    return "heavier-than-any-vehicle" if load.grams > max(one.capacity_g for one in suitable) else None
