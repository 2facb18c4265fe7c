"""The loads of a problem as arrays: which of them a tour could take besides its own, and which costs it least.

Asked thousands of times for a county's day, so it reckons for all loads and places at once.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from services.logistics.consignments.domain import COLDER
from services.logistics.trips.problem import Problem, Vehicle, may_take
from services.logistics.trips.tour import Tour

Chosen = NDArray[np.bool_]
"""Which loads, by their place among `loads`."""
_Extra = tuple[NDArray[np.int64], NDArray[np.bool_]]


class Candidates:
    """The loads of a problem, by order."""

    def __init__(self, problem: Problem) -> None:
        self.loads = sorted(problem.loads, key=lambda load: load.order_id)
        self._problem = problem
        index = problem.roads.index
        self._origin = _whole(index[load.origin] for load in self.loads)
        self._goal = _whole(index[load.goal] for load in self.loads)
        self._grams = _whole(load.grams for load in self.loads)
        self._class = _whole(COLDER.index(load.temperature_class) for load in self.loads)
        self._metres = np.array(problem.roads.metres, dtype=np.int64)
        self._seconds = np.array(problem.roads.seconds, dtype=np.int64)
        self._seconds_to = self._seconds.T.copy()
        self._stop_s = np.zeros(len(index), dtype=np.int64)
        for place in {place for load in self.loads for place in (load.origin, load.goal)}:
            self._stop_s[index[place]] = problem.sites[place].stop_s
        self._suiting: dict[str, Chosen] = {}
        self._known: tuple[Tour, int, tuple[_Extra, _Extra]] | None = None

    def of_class(self, temperature_class: str) -> Chosen:
        """Return which loads travel in a class."""
        of_class: Chosen = self._class == COLDER.index(temperature_class)
        return of_class

    def suiting(self, vehicle: Vehicle) -> Chosen:
        """Return which loads a vehicle could take if it had nothing else to do and all the time there is."""
        found = self._suiting.get(vehicle.vehicle_id)
        if found is None:
            found = np.fromiter((may_take(self._problem, vehicle, load) for load in self.loads), np.bool_)
            self._suiting[vehicle.vehicle_id] = found
        return found

    def seeds(self, vehicle: Vehicle, rest: Chosen, limit_s: int) -> list[int]:
        """Return those of the rest that a vehicle could bring alone in the time, the farthest from its home first."""
        index = self._problem.roads.index
        start, home = index[vehicle.start], index[vehicle.home]
        some = np.flatnonzero(rest & self.suiting(vehicle))
        origin, goal = self._origin[some], self._goal[some]
        way_s = self._seconds[start, origin] + self._seconds[origin, goal] + self._seconds[goal, home]
        near = way_s + self._stop_s[origin] + self._stop_s[goal] <= limit_s
        some, goal = some[near], goal[near]
        farthest: list[int] = some[np.argsort(-self._metres[home, goal], kind="stable")].tolist()
        return farthest

    def fitting(self, tour: Tour) -> Chosen:
        """Return which loads fit beside what is on a tour, its way aside."""
        room_g = _whole(tour.room_g(temperature_class) for temperature_class in COLDER)
        fitting: Chosen = self._grams <= room_g[self._class]
        return fitting

    def cheapest(self, tour: Tour, rest: Chosen, left_s: int) -> int | None:
        """Return which of the rest costs least time per load that its new stops make free of cost.

        None when none fits the time that is left.
        """
        some = np.flatnonzero(rest)
        origin, goal = self._origin[some], self._goal[some]
        (pickup_s, picks), (delivery_s, delivers) = self._extra(tour)
        to_pick, to_deliver = ~picks[origin], ~delivers[goal]
        places = len(self._stop_s)
        freed = to_pick * np.bincount(origin[to_pick & ~to_deliver], minlength=places)[origin]
        freed += to_deliver * np.bincount(goal[to_deliver & ~to_pick], minlength=places)[goal]
        cost_s = pickup_s[origin] + delivery_s[goal]
        each_s = np.where(cost_s <= left_s, cost_s / np.maximum(1, freed), np.inf)
        # Loads are in the order of their ids, and the first of equals is taken: the same problem, the same routes.
        best = int(np.argmin(each_s)) if some.size else 0
        return int(some[best]) if some.size and np.isfinite(each_s[best]) else None

    def _extra(self, tour: Tour) -> tuple[_Extra, _Extra]:
        """Return what calls at each place cost; reckoned anew only when the tour stops elsewhere."""
        if self._known is None or self._known[:2] != (tour, tour.shape):
            self._known = tour, tour.shape, (self._extra_s(tour, "pickup"), self._extra_s(tour, "delivery"))
        return self._known[2]

    def _extra_s(self, tour: Tour, kind: str) -> _Extra:
        """Return what a call at each place costs in s, detour and stop, and where the tour stops for that already."""
        way = np.array(tour.way(kind))
        before, after = way[:-1], way[1:]
        detours = self._seconds[before] + self._seconds_to[after] - self._seconds[before, after][:, None]
        extra_s = detours.min(axis=0) + self._stop_s
        visited = np.zeros(len(extra_s), dtype=np.bool_)
        visited[way[1:-1]] = True
        extra_s[visited] = 0
        return extra_s, visited


def _whole(numbers: Iterable[int]) -> NDArray[np.int64]:
    return np.fromiter(numbers, np.int64)
