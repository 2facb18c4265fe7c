"""A day in stages: what goes through a collection point is gathered there and then sent on, the rest rides directly.

Each stage is a problem of its own for the vehicles as the stages before have left them. Loads between the same places
are bundled: a planner sees one of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from services.logistics.trips.problem import (
    Load,
    Place,
    Plan,
    Problem,
    Route,
    Unplanned,
    Visit,
    legs_of,
    may_take,
    room_g,
)
from services.logistics.trips.timing import after, trips_of


class Day:
    """What every vehicle does that day so far."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.vehicles = {vehicle.vehicle_id: vehicle for vehicle in problem.vehicles}
        self._first = dict(self.vehicles)
        self._routes: dict[str, Route] = {}

    def add(self, routes: Iterable[Route]) -> None:
        """Let vehicles drive routes, each from where it stands."""
        for route in routes:
            key = route.vehicle.vehicle_id
            before = self._routes.get(key, Route(self._first[key], (), route.starts_s))
            self._routes[key] = replace(before, visits=before.visits + route.visits)
            self.vehicles[key] = after(self.problem, self._routes[key])

    def missing(self, loads: Iterable[Load]) -> list[Load]:
        """Return the loads that do not come to their goal."""
        there = {
            (load.order_id, visit.place)
            for route in self._routes.values()
            for visit in route.visits
            if visit.kind == "delivery"
            for load in visit.loads
        }
        return [load for load in loads if (load.order_id, load.goal) not in there]

    def plan(self, unplanned: Sequence[Unplanned], notes: Sequence[str]) -> Plan:
        """Return the day's plan; what is unplanned rides on no part of its way either."""
        gone = {one.order_id for one in unplanned}
        routes = [without(route, gone) for route in self._routes.values()]
        trips = [trip for route in routes if route.visits for trip in trips_of(self.problem, route)]
        return Plan(tuple(trips), tuple(sorted(unplanned, key=lambda one: one.order_id)), tuple(notes))


def without(route: Route, gone: Iterable[str]) -> Route:
    """Return a route without some orders; where nothing is done any more it does not stop."""
    left_out = set(gone)
    visits = [
        replace(visit, loads=tuple(load for load in visit.loads if load.order_id not in left_out))
        for visit in route.visits
    ]
    return replace(route, visits=tuple(visit for visit in visits if visit.loads))


def stages_of(problem: Problem) -> list[tuple[str, tuple[Load, ...]]]:
    """Return the stages of a day, in order: (name, loads)."""
    points: dict[Place, list[Load]] = {}
    for load in problem.loads:
        if load.through is not None:
            points.setdefault(load.through, []).append(load)
    stages = []
    for point, loads in sorted(points.items(), key=lambda one: (-sum(load.grams for load in one[1]), one[0])):
        parts = [legs_of(problem, load) for load in loads]
        stages.append((f"to {point[1]}", tuple(to_it for to_it, _ in parts)))
        stages.append((f"from {point[1]}", tuple(from_it for _, from_it in parts)))
    direct = tuple(load for load in problem.loads if load.through is None)
    return [*stages, ("direct", direct)] if direct else stages


def bundled(problem: Problem) -> tuple[Problem, Mapping[str, tuple[Load, ...]]]:
    """Return the problem with loads of the same way, class and hours as one, and what each of them is made of.

    A bundle is no heavier than the smallest vehicle that may take its loads one by one.
    """
    alike: dict[Load, list[Load]] = {}
    for load in problem.loads:
        alike.setdefault(replace(load, order_id="", grams=0), []).append(load)
    bundles: dict[str, tuple[Load, ...]] = {}
    made: list[Load] = []
    for key, loads in alike.items():
        for part in _parts(problem, loads):
            made.append(replace(key, order_id=part[0].order_id, grams=sum(load.grams for load in part)))
            bundles[part[0].order_id] = tuple(part)
    return replace(problem, loads=tuple(made)), bundles


def _parts(problem: Problem, loads: Sequence[Load]) -> Iterator[list[Load]]:
    part: list[Load] = []
    rooms = [room_g(one, loads[0].temperature_class) for one in problem.vehicles if may_take(problem, one, loads[0])]
    most_g = min(rooms, default=0)
    for load in loads:
        if part and sum(one.grams for one in part) + load.grams > most_g:
            yield part
            part = []
        part.append(load)
    yield part


def opened(routes: Iterable[Route], bundles: Mapping[str, tuple[Load, ...]]) -> list[Route]:
    """Return routes of bundles as routes of their loads."""
    return [
        replace(
            route,
            visits=tuple(
                Visit(visit.kind, visit.place, tuple(load for of in visit.loads for load in bundles[of.order_id]))
                for visit in route.visits
            ),
        )
        for route in routes
    ]
