"""The greedy planner: always there, whatever becomes of the optimiser, and where the optimiser starts from.

A tour starts with the load farthest out and then stops at the neighbours that cost least time for each load they
bring, until vehicle or day is full; it picks everything up before it sets anything down.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from services.logistics.consignments.domain import COLDER
from services.logistics.trips.problem import DAY_ENDS_S, Load, Problem, Report, Route, Vehicle, carries
from services.logistics.trips.timing import after
from services.logistics.trips.tour import Call, Tour, calls_of

# A trip is kept short so that food is fresh and schools are early; longer ones only when the day is too short else.
TRIP_LIMITS_S = (4 * 3600, 8 * 3600, DAY_ENDS_S)
MAX_LOADS = 400


def routes_of(problem: Problem, report: Report) -> list[Route]:
    """Return routes for as many loads as fit, short tours first choice; one vehicle may have several, in order.

    The same problem always gives the same routes.
    """
    made: list[list[Route]] = []
    for index, limit_s in enumerate(TRIP_LIMITS_S):
        made.append(_Planner(problem, limit_s, _part(report, index)).run())
        if _planned(made[-1]) == len(problem.loads):
            break
    return max(made, key=_planned)


def _part(report: Report, index: int) -> Report:
    """Return the report of one pass out of those there may be."""
    return lambda done: report((index + done) / len(TRIP_LIMITS_S))


def _planned(routes: Iterable[Route]) -> int:
    return sum(len(visit.loads) for route in routes for visit in route.visits if visit.kind == "delivery")


class _Planner:
    """One greedy pass with tours of at most `limit_s` seconds."""

    def __init__(self, problem: Problem, limit_s: int, report: Report) -> None:
        self._problem = problem
        self._limit_s = limit_s
        self._report = report
        self._vehicles = list(problem.vehicles)
        self._open = {load.order_id: load for load in problem.loads}
        self._routes: list[Route] = []

    def run(self) -> list[Route]:
        """Return the routes of this pass."""
        for temperature_class in reversed(COLDER):  # Vehicles that keep cold are the scarce ones.
            while seeds := [load for load in self._open.values() if load.temperature_class == temperature_class]:
                self._serve(seeds)
                self._report(1 - len(self._open) / len(self._problem.loads))
        return self._routes

    def _serve(self, seeds: Sequence[Load]) -> None:
        """Make one tour that starts with the farthest seed some vehicle can take; leave the seeds when none can."""
        suitable = [vehicle for vehicle in self._vehicles if carries(vehicle, seeds[0].temperature_class)]
        # The earliest school counts most, then a vehicle no colder than it must be, then few trips.
        suitable.sort(key=lambda one: (one.free_s, COLDER.index(one.temperature_class), -one.capacity_g))
        for vehicle in suitable:
            for seed in sorted(seeds, key=lambda load: (-self._reach(vehicle, load), load.order_id)):
                tour = Tour(self._problem, vehicle)
                if tour.takes(seed) and tour.add_in(seed, self._limit_s):
                    self._fill(tour, seed)
                    return self._go(tour)
        for seed in seeds:
            del self._open[seed.order_id]
        return None

    def _reach(self, vehicle: Vehicle, load: Load) -> int:
        return self._problem.roads.leg(vehicle.home, load.goal)[0]

    def _fill(self, tour: Tour, seed: Load) -> None:
        """Add loads, the seed's class first, until nothing fits even after the way was straightened."""
        rest = [load for key, load in self._open.items() if key != seed.order_id]
        first = [load for load in rest if load.temperature_class == seed.temperature_class]
        others = [load for load in rest if load.temperature_class != seed.temperature_class]
        for loads in (first, others):
            self._add_all(tour, loads)
            while tour.straighten() and self._add_all(tour, loads):
                pass

    def _add_all(self, tour: Tour, loads: Iterable[Load]) -> bool:
        """Add whatever fits, cheapest time for a load first; whether anything was added."""
        on_it = {load.order_id for load in tour.loads}
        rest = [load for load in loads if load.order_id not in on_it]
        count = len(tour.loads)
        while len(tour.loads) < MAX_LOADS:
            rest = [load for load in rest if tour.takes(load)]
            best = _best(tour, rest, self._limit_s - tour.seconds())
            if best is None:
                break
            tour.add_in(best, self._limit_s)
            rest.remove(best)
        return len(tour.loads) > count

    def _go(self, tour: Tour) -> None:
        route = tour.route(self._limit_s)
        if route is None:
            raise ValueError("a tour was filled beyond its hours")
        self._routes.append(route)
        for load in tour.loads:
            del self._open[load.order_id]
        gone = after(self._problem, route)
        self._vehicles = [gone if one.vehicle_id == gone.vehicle_id else one for one in self._vehicles]


def _best(tour: Tour, loads: Sequence[Load], left_s: int) -> Load | None:
    """Return the load that costs least time per load its new stops make free of cost, None when none fits the time."""
    new = {load.order_id: [call for call in calls_of(load) if not tour.visits_at(call)] for load in loads}
    gains = Counter(calls[0] for calls in new.values() if len(calls) == 1)
    extra: dict[Call, int] = {}
    best: tuple[float, str] | None = None
    chosen = None
    for load in loads:
        calls = new[load.order_id]
        for call in calls:
            if call not in extra:
                extra[call] = tour.extra_s(call)
        cost_s = sum(extra[call] for call in calls)
        key = (cost_s / max(1, sum(gains[call] for call in calls)), load.order_id)
        if cost_s <= left_s and (best is None or key < best):
            best, chosen = key, load
    return chosen
