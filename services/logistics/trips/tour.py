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
    may_take,
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
        self._between: dict[str, list[tuple[list[int], int]]] = {}

    def takes(self, load: Load) -> bool:
        """Whether a load fits beside what is on the tour, its way aside."""
        grams = self._grams
        return (
            grams.total() + load.grams <= self.vehicle.capacity_g
            and grams[load.temperature_class] + load.grams <= room_g(self.vehicle, load.temperature_class)
            and goes_along(self.vehicle, self.classes, load.temperature_class)
            and may_take(self._problem, self.vehicle, load)
        )

    def visits_at(self, call: Call) -> bool:
        """Whether the tour stops there for that already."""
        return call in self._calls[call[0]]

    def extra_s(self, call: Call) -> int:
        """Return what a call costs in s: the detour and the stop; nothing when the tour stops there already."""
        return 0 if self.visits_at(call) else self._cheapest(call)[0] + self._problem.sites[call[1]].stop_s

    def add(self, load: Load) -> None:
        """Take a load, stopping where it needs to."""
        for call in calls_of(load):
            if not self.visits_at(call):
                self._calls[call[0]].insert(self._cheapest(call)[1], call)
                self._between.clear()
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
        self._between.clear()
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

    def _cheapest(self, call: Call) -> tuple[int, int]:
        """Return the least detour in s, and where among the calls of its kind it is."""
        roads = self._problem.roads
        there = roads.index[call[1]]
        onward = roads.seconds[there]
        return min(
            (row[there] + onward[after] - row[after], position)
            for position, (row, after) in enumerate(self._gaps(call[0]))
        )

    def _gaps(self, kind: str) -> list[tuple[list[int], int]]:
        """Return where a call of a kind may go in between: the ways from the place before, the number of that after."""
        if kind not in self._between:
            roads, path = self._problem.roads, [self._problem.roads.index[place] for place in self._places()]
            first = 0 if kind == "pickup" else len(self._calls["pickup"])
            last = first + len(self._calls[kind])
            self._between[kind] = [(roads.seconds[path[i]], path[i + 1]) for i in range(first, last + 1)]
        return self._between[kind]

    def _straighten(self, kind: str) -> bool:
        shorter = False
        while (found := self._crossing(kind)) is not None:
            start, end = found
            calls = self._calls[kind]
            before = calls[start:end]
            calls[start:end] = before[::-1]
            self._between.clear()
            if timed(self._problem, self.vehicle, self._visits()) is None:
                calls[start:end] = before
                self._between.clear()
                break
            shorter = True
        return shorter

    def _visits(self) -> Sequence[Visit]:
        return [
            Visit(kind, place, tuple(load for load in self.loads if (kind, place) in calls_of(load)))
            for kind, place in self._path()
        ]

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
