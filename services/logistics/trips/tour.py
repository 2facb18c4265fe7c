"""A tour being filled: it picks everything up, then sets everything down, and knows what one more place would cost.

It is asked thousands of times for a county's day, so it keeps where it stops as numbers of places, with the hours of
each stop, and builds a route only when it is done.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

from services.logistics.trips.problem import (
    Load,
    Place,
    Problem,
    Route,
    Vehicle,
    Visit,
    Window,
    goes_along,
    narrowed,
    room_g,
)
from services.logistics.trips.timing import latest_start_s, timed

Call = tuple[str, Place]
"""What is done at a place: `pickup` or `delivery`."""


class Tour:
    """A vehicle's way from where it stands over pick-ups and deliveries home; a place goes where it costs least.

    `shape` is another number whenever it stops elsewhere, or in another order.
    """

    def __init__(self, problem: Problem, vehicle: Vehicle) -> None:
        self.vehicle = vehicle
        self.loads: list[Load] = []
        self.classes: set[str] = set()
        self.shape = 0
        self._problem = problem
        self._grams = Counter[str]()
        self._calls: dict[str, list[Call]] = {"pickup": [], "delivery": []}
        self._at: dict[str, list[int]] = {"pickup": [], "delivery": []}
        self._hours: dict[Call, Window] = {}
        index = problem.roads.index
        self._start, self._home = index[vehicle.start], index[vehicle.home]

    def room_g(self, temperature_class: str) -> int:
        """Return how many more g of a class fit beside what is on it; none where the class may not ride along."""
        if not goes_along(self.vehicle, self.classes, temperature_class):
            return 0
        of_class = room_g(self.vehicle, temperature_class) - self._grams[temperature_class]
        return min(of_class, self.vehicle.capacity_g - self._grams.total())

    def way(self, kind: str) -> list[int]:
        """Return the numbers of the places of all calls of a kind, between that before the first and after the last."""
        pickups, deliveries = self._at["pickup"], self._at["delivery"]
        if kind == "pickup":
            return [self._start, *pickups, deliveries[0] if deliveries else self._home]
        return [pickups[-1] if pickups else self._start, *deliveries, self._home]

    def add_in(self, load: Load, limit_s: int) -> bool:
        """Take a load if the tour then keeps all hours and its limit; whether it was taken."""
        hours = {call: self._narrowed(call, load) for call in calls_of(load)}
        if all(self._hours.get(call) == found for call, found in hours.items()):
            self._take(load)  # it rides between stops that are made anyway, at any time they are made
            return True
        calls, at, before = self._copies()
        for call, found in hours.items():
            if call not in self._hours:
                self._stop(call)
            self._hours[call] = found
        if self._seconds() <= limit_s and self._keeps_hours():
            self._take(load)
            return True
        self._calls, self._at, self._hours = calls, at, before
        self.shape += 1
        return False

    def route(self, limit_s: int) -> Route | None:
        """Return the tour as it is driven; None where it cannot keep its hours, or takes longer than the limit."""
        return timed(self._problem, self.vehicle, self._visits()) if self._seconds() <= limit_s else None

    def left_s(self, limit_s: int) -> int:
        """Return how much longer the tour may take without waiting, from where the vehicle stands until it is home."""
        return limit_s - self._seconds()

    def straighten(self) -> bool:
        """Reverse parts of the way while that makes it shorter (2-opt); whether anything became shorter."""
        return any([self._straighten(kind) for kind in ("pickup", "delivery")])

    def _narrowed(self, call: Call, load: Load) -> Window:
        """Return when a call may be made if it is made for a load, too."""
        hours = self._hours.get(call) or self._problem.sites[call[1]].hours
        return narrowed(hours, load, call[0])

    def _stop(self, call: Call) -> None:
        """Make a call where it costs least."""
        kind, place = call
        there = self._problem.roads.index[place]
        seconds = self._problem.roads.seconds
        detours = [
            seconds[before][there] + seconds[there][after] - seconds[before][after]
            for before, after in pairwise(self.way(kind))
        ]
        cheapest = detours.index(min(detours))
        self._calls[kind].insert(cheapest, call)
        self._at[kind].insert(cheapest, there)
        self.shape += 1

    def _take(self, load: Load) -> None:
        self.loads.append(load)
        self.classes.add(load.temperature_class)
        self._grams[load.temperature_class] += load.grams

    def _copies(self) -> tuple[dict[str, list[Call]], dict[str, list[int]], dict[Call, Window]]:
        calls = {kind: list(there) for kind, there in self._calls.items()}
        return calls, {kind: list(there) for kind, there in self._at.items()}, dict(self._hours)

    def _path(self) -> list[Call]:
        return [*self._calls["pickup"], *self._calls["delivery"]]

    def _numbers(self) -> list[int]:
        return [self._start, *self._at["pickup"], *self._at["delivery"], self._home]

    def _seconds(self) -> int:
        sites = self._problem.sites
        return sum(self._legs(self._numbers())) + sum(sites[place].stop_s for _, place in self._path())

    def _legs(self, numbers: Iterable[int]) -> list[int]:
        seconds = self._problem.roads.seconds
        return [seconds[here][there] for here, there in pairwise(numbers)]

    def _keeps_hours(self) -> bool:
        """Whether some start keeps the hours of every stop and the vehicle's."""
        path = self._path()
        stops_s = [self._problem.sites[place].stop_s for _, place in path]
        hours = [self._hours[call] for call in path]
        return latest_start_s(self.vehicle, self._legs(self._numbers()), stops_s, hours) is not None

    def _straighten(self, kind: str) -> bool:
        shorter = False
        while (found := self._crossing(kind)) is not None:
            self._reverse(kind, *found)
            if not self._keeps_hours():
                self._reverse(kind, *found)
                break
            shorter = True
        return shorter

    def _reverse(self, kind: str, start: int, end: int) -> None:
        self._calls[kind][start:end] = self._calls[kind][start:end][::-1]
        self._at[kind][start:end] = self._at[kind][start:end][::-1]
        self.shape += 1

    def _visits(self) -> Sequence[Visit]:
        there: dict[Call, list[Load]] = {}
        for load in self.loads:
            for call in calls_of(load):
                there.setdefault(call, []).append(load)
        return [Visit(kind, place, tuple(there[kind, place])) for kind, place in self._path()]

    def _crossing(self, kind: str) -> tuple[int, int] | None:
        """Return the first calls of a kind, from and until, whose way is shorter the other way round."""
        way, seconds = self.way(kind), self._problem.roads.seconds
        there = list(accumulate(self._legs(way), initial=0))
        back = list(accumulate((seconds[after][before] for before, after in pairwise(way)), initial=0))
        count = len(way) - 2
        for start in range(count):
            for end in range(start + 2, count + 1):
                first, last = start + 1, end
                turned = seconds[way[start]][way[last]] + back[last] - back[first] + seconds[way[first]][way[end + 1]]
                if turned < there[end + 1] - there[start]:
                    return start, end
        return None


def calls_of(load: Load) -> tuple[Call, Call]:
    """Return where a load is picked up and where it is set down."""
    return ("pickup", load.origin), ("delivery", load.goal)
