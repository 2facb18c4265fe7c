"""A tour being filled: it picks everything up, then sets everything down, and knows what one more place would cost."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from services.logistics.trips.problem import (
    Load,
    Place,
    Problem,
    Route,
    Vehicle,
    Visit,
    goes_along,
    room_g,
)
from services.logistics.trips.timing import home_s, timed

Call = tuple[str, Place]
"""What is done at a place: `pickup` or `delivery`."""


class Tour:
    """A vehicle's way from where it stands over pick-ups and deliveries home; a place goes where it costs least."""

    def __init__(self, problem: Problem, vehicle: Vehicle) -> None:
        self.vehicle = vehicle
        self.loads: list[Load] = []
        self.classes: set[str] = set()
        self._problem = problem
        self._grams = Counter[str]()
        self._calls: dict[str, list[Call]] = {"pickup": [], "delivery": []}

    def room_g(self, temperature_class: str) -> int:
        """Return how many more g of a class fit beside what is on it; none where the class may not ride along."""
        if not goes_along(self.vehicle, self.classes, temperature_class):
            return 0
        of_class = room_g(self.vehicle, temperature_class) - self._grams[temperature_class]
        return min(of_class, self.vehicle.capacity_g - self._grams.total())

    def way(self, kind: str) -> list[int]:
        """Return the numbers of the places of all calls of a kind, between that before the first and after the last."""
        first = 0 if kind == "pickup" else len(self._calls["pickup"])
        part = self._places()[first : first + len(self._calls[kind]) + 2]
        return [self._problem.roads.index[place] for place in part]

    def add(self, load: Load) -> None:
        """Take a load, stopping where it needs to."""
        for call in calls_of(load):
            if call not in self._calls[call[0]]:
                self._calls[call[0]].insert(self._cheapest(call), call)
        self.loads.append(load)
        self.classes.add(load.temperature_class)
        self._grams[load.temperature_class] += load.grams

    def add_in(self, load: Load, limit_s: int) -> bool:
        """Take a load if the tour then keeps all hours and its limit; whether it was taken."""
        calls = {kind: list(there) for kind, there in self._calls.items()}
        self.add(load)
        if self.route(limit_s) is not None:
            return True
        self._calls = calls
        self.loads.pop()
        self._grams[load.temperature_class] -= load.grams
        self.classes = {one.temperature_class for one in self.loads}
        return False

    def route(self, limit_s: int) -> Route | None:
        """Return the tour as it is driven; None where it cannot keep its hours, or takes longer than the limit."""
        return timed(self._problem, self.vehicle, self._visits()) if self.seconds() <= limit_s else None

    def seconds(self) -> int:
        """Return how long the tour takes without waiting, from where the vehicle stands until it is home."""
        places = [self.vehicle.start, *(place for _, place in self._path())]
        legs = sum(self._problem.roads.leg(a, b)[1] for a, b in pairwise(places))
        stops = sum(self._problem.sites[place].stop_s for place in places[1:-1])
        return home_s(self._problem, self.vehicle, places[-1], legs + stops)

    def straighten(self) -> bool:
        """Reverse parts of the way while that makes it shorter (2-opt); whether anything became shorter."""
        return any([self._straighten(kind) for kind in ("pickup", "delivery")])

    def _path(self) -> list[Call]:
        return [*self._calls["pickup"], *self._calls["delivery"]]

    def _places(self) -> list[Place]:
        return [self.vehicle.start, *(place for _, place in self._path()), self.vehicle.home]

    def _cheapest(self, call: Call) -> int:
        """Return where among the calls of its kind one makes the least detour."""
        seconds, there = self._problem.roads.seconds, self._problem.roads.index[call[1]]
        detours = [
            seconds[before][there] + seconds[there][after] - seconds[before][after]
            for before, after in pairwise(self.way(call[0]))
        ]
        return detours.index(min(detours))

    def _straighten(self, kind: str) -> bool:
        shorter = False
        while (found := self._crossing(kind)) is not None:
            start, end = found
            calls = self._calls[kind]
            before = calls[start:end]
            calls[start:end] = before[::-1]
            if timed(self._problem, self.vehicle, self._visits()) is None:
                calls[start:end] = before
                break
            shorter = True
        return shorter

    def _visits(self) -> Sequence[Visit]:
        there: dict[Call, list[Load]] = {}
        for load in self.loads:
            for call in calls_of(load):
                there.setdefault(call, []).append(load)
        return [Visit(kind, place, tuple(there[kind, place])) for kind, place in self._path()]

    def _crossing(self, kind: str) -> tuple[int, int] | None:
        path = self._places()
        first = 1 if kind == "pickup" else 1 + len(self._calls["pickup"])
        count = len(self._calls[kind])
        for start in range(count):
            for end in range(start + 2, count + 1):
                part = path[first + start - 1 : first + end + 1]
                turned = [part[0], *part[-2:0:-1], part[-1]]
                if self._way_s(turned) < self._way_s(part):
                    return start, end
        return None

    def _way_s(self, places: Sequence[Place]) -> int:
        return sum(self._problem.roads.leg(a, b)[1] for a, b in pairwise(places))


def calls_of(load: Load) -> tuple[Call, Call]:
    """Return where a load is picked up and where it is set down."""
    return ("pickup", load.origin), ("delivery", load.goal)
