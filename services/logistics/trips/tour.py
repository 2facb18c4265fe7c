"""A trip being filled: it picks everything up, then sets everything down, and knows what one more place would cost."""

import math
from collections.abc import Sequence
from itertools import pairwise

from services.logistics.trips.problem import (
    SERVICE_S,
    Load,
    PlannedTrip,
    Position,
    Problem,
    Stop,
    Vehicle,
    drive_s,
    goes_along,
    regime,
    road_m,
)

Place = tuple[str, str]
"""("pickup", cooperative) or ("delivery", canteen)."""


class Roads:
    """Road distances in m between all places of a problem, computed once."""

    def __init__(self, problem: Problem) -> None:
        self._positions: dict[Place, Position] = {("depot", v.vehicle_id): v.depot for v in problem.vehicles}
        self._positions |= {("pickup", one): position for one, position in problem.cooperatives.items()}
        self._positions |= {("delivery", one): position for one, position in problem.canteens.items()}
        self._from: dict[Place, dict[Place, float]] = {place: {} for place in self._positions}

    def metres(self, a: Place, b: Place) -> float:
        """Return the distance between two places."""
        known = self._from[a].get(b)
        if known is None:
            known = self._from[a][b] = road_m(self._positions[a], self._positions[b])
        return known


class Tour:
    """A vehicle's way from its depot over pick-ups and deliveries and back; a place goes where it costs least."""

    def __init__(self, roads: Roads, vehicle: Vehicle) -> None:
        self.vehicle = vehicle
        self.loads: list[Load] = []
        self.classes: set[str] = set()
        self.room_g = vehicle.capacity_g
        self._roads = roads
        self._depot: Place = ("depot", vehicle.vehicle_id)
        self._stops: dict[str, list[str]] = {"pickup": [], "delivery": []}

    def takes(self, load: Load) -> bool:
        """Whether a load fits beside what is on the tour, its way aside."""
        return load.grams <= self.room_g and goes_along(self.vehicle, self.classes, load.temperature_class)

    def visits(self, place: Place) -> bool:
        """Whether the tour stops there already."""
        return place[1] in self._stops[place[0]]

    def extra_s(self, place: Place) -> float:
        """Return what stopping at a place costs in s: the detour and the stop; nothing when it stops there already."""
        if self.visits(place):
            return 0.0
        return drive_s(self._cheapest(place)[0]) + SERVICE_S

    def add(self, load: Load) -> None:
        """Take a load, stopping where it needs to."""
        for place in places_of(load):
            if not self.visits(place):
                self._stops[place[0]].insert(self._cheapest(place)[1], place[1])
        self.loads.append(load)
        self.classes.add(load.temperature_class)
        self.room_g -= load.grams

    def seconds(self) -> float:
        """Return how long the tour takes, from depot to depot."""
        path = self._path()
        legs = sum(self._roads.metres(a, b) for a, b in pairwise(path))
        return drive_s(legs) + SERVICE_S * (len(path) - 2)

    def straighten(self) -> bool:
        """Reverse parts of the way while that makes it shorter (2-opt); whether anything became shorter."""
        return any([self._straighten(kind) for kind in ("pickup", "delivery")])

    def _path(self) -> list[Place]:
        stops = [(kind, one) for kind in ("pickup", "delivery") for one in self._stops[kind]]
        return [self._depot, *stops, self._depot]

    def _cheapest(self, place: Place) -> tuple[float, int]:
        """Return the least detour in m, and where among the stops of its kind it is."""
        path, metres = self._path(), self._roads.metres
        first = 0 if place[0] == "pickup" else len(self._stops["pickup"])
        last = first + len(self._stops[place[0]])
        return min(
            (metres(path[i], place) + metres(place, path[i + 1]) - metres(path[i], path[i + 1]), i - first)
            for i in range(first, last + 1)
        )

    def _straighten(self, kind: str) -> bool:
        shorter = False
        while (found := self._crossing(kind)) is not None:
            start, end = found
            stops = self._stops[kind]
            stops[start:end] = stops[start:end][::-1]
            shorter = True
        return shorter

    def _crossing(self, kind: str) -> tuple[int, int] | None:
        path, metres = self._path(), self._roads.metres
        first = 1 if kind == "pickup" else 1 + len(self._stops["pickup"])
        count = len(self._stops[kind])
        for start in range(count):
            for end in range(start + 2, count + 1):
                before, a = path[first + start - 1], path[first + start]
                b, after = path[first + end - 1], path[first + end]
                if metres(before, b) + metres(a, after) < metres(before, a) + metres(b, after) - 1.0:
                    return start, end
        return None

    def planned(self) -> PlannedTrip:
        """Return the trip as it is to be driven, starting when the vehicle is free."""
        path, stops, metres = self._path(), list[Stop](), 0.0
        clock = float(self.vehicle.free_s)
        for here, there in pairwise(path[:-1]):
            leg = self._roads.metres(here, there)
            metres, at_s = metres + leg, math.ceil(clock + drive_s(leg))
            stops.append(Stop(there[0], there[1], at_s, self._orders_at(there)))
            clock = at_s + SERVICE_S
        leg = self._roads.metres(path[-2], path[-1])
        return PlannedTrip(
            vehicle_id=self.vehicle.vehicle_id,
            number=self.vehicle.number,
            temperature_class=regime(self.vehicle, self.classes),
            load_g=sum(load.grams for load in self.loads),
            distance_m=round(metres + leg),
            starts_s=self.vehicle.free_s,
            ends_s=math.ceil(clock + drive_s(leg)),
            stops=tuple(stops),
        )

    def _orders_at(self, place: Place) -> tuple[str, ...]:
        return tuple(load.order_id for load in self.loads if place in places_of(load))


def places_of(load: Load) -> Sequence[Place]:
    """Return where a load is picked up and where it is set down."""
    return ("pickup", load.cooperative_id), ("delivery", load.canteen_id)
