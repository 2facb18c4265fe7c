"""The greedy planner: always there, whatever becomes of the optimiser, and where the optimiser starts from.

A tour starts with the load farthest out and then stops at the neighbours that cost least time for each load they
bring, until vehicle or day is full; it picks everything up before it sets anything down.
"""

from collections.abc import Iterable

import numpy as np

from services.logistics.consignments.domain import COLDER
from services.logistics.trips.candidates import Candidates, Chosen
from services.logistics.trips.problem import DAY_ENDS_S, Problem, Report, Route, carries
from services.logistics.trips.timing import after
from services.logistics.trips.tour import Tour

# A trip is kept short so that food is fresh and schools are early; longer ones only when the day is too short else.
TRIP_LIMITS_S = (4 * 3600, 8 * 3600, DAY_ENDS_S)
MAX_LOADS = 400


def routes_of(problem: Problem, report: Report) -> list[Route]:
    """Return routes for as many loads as fit, short tours first choice; one vehicle may have several, in order.

    The same problem always gives the same routes.
    """
    made: list[list[Route]] = []
    candidates = Candidates(problem)
    for index, limit_s in enumerate(TRIP_LIMITS_S):
        made.append(_Planner(problem, candidates, limit_s, _part(report, index)).run())
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

    def __init__(self, problem: Problem, candidates: Candidates, limit_s: int, report: Report) -> None:
        self._problem = problem
        self._candidates = candidates
        self._limit_s = limit_s
        self._report = report
        self._vehicles = list(problem.vehicles)
        self._open = np.ones(len(candidates.loads), dtype=np.bool_)
        self._routes: list[Route] = []

    def run(self) -> list[Route]:
        """Return the routes of this pass."""
        for temperature_class in reversed(COLDER):  # Vehicles that keep cold are the scarce ones.
            of_class = self._candidates.of_class(temperature_class)
            while (self._open & of_class).any():
                if not self._serve(temperature_class, of_class):
                    self._open &= ~of_class
                self._report(1 - float(self._open.mean()))
        return self._routes

    def _serve(self, temperature_class: str, of_class: Chosen) -> bool:
        """Make one tour that starts with the farthest load of a class some vehicle can take; whether any can."""
        suitable = [vehicle for vehicle in self._vehicles if carries(vehicle, temperature_class)]
        # The earliest school counts most, then a vehicle no colder than it must be, then few trips.
        suitable.sort(key=lambda one: (one.free_s, COLDER.index(one.temperature_class), -one.capacity_g))
        for vehicle in suitable:
            for seed in self._candidates.seeds(vehicle, self._open & of_class, self._limit_s):
                tour = Tour(self._problem, vehicle)
                if self._add(tour, seed):
                    self._fill(tour, of_class)
                    self._go(tour)
                    return True
        return False

    def _fill(self, tour: Tour, of_class: Chosen) -> None:
        """Add loads, the seed's class first, until nothing fits even after the way was straightened."""
        suiting = self._candidates.suiting(tour.vehicle)
        for wanted in (suiting & of_class, suiting & ~of_class):
            self._add_all(tour, wanted)
            while tour.straighten() and self._add_all(tour, wanted):
                pass

    def _add_all(self, tour: Tour, wanted: Chosen) -> bool:
        """Add whatever fits, cheapest time for a load first; whether anything was added."""
        rest = wanted & self._open
        count = len(tour.loads)
        while len(tour.loads) < MAX_LOADS:
            rest &= self._candidates.fitting(tour)
            best = self._candidates.cheapest(tour, rest, tour.left_s(self._limit_s))
            if best is None:
                break
            self._add(tour, best)
            rest[best] = False
        return len(tour.loads) > count

    def _add(self, tour: Tour, chosen: int) -> bool:
        """Add a load if the tour then keeps all hours; whether it does."""
        added = tour.add_in(self._candidates.loads[chosen], self._limit_s)
        self._open[chosen] = not added
        return added

    def _go(self, tour: Tour) -> None:
        route = tour.route(self._limit_s)
        if route is None:
            raise ValueError("a tour was filled beyond its hours")
        self._routes.append(route)
        gone = after(self._problem, route)
        self._vehicles = [gone if one.vehicle_id == gone.vehicle_id else one for one in self._vehicles]
