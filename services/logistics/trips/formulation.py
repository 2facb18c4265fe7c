"""A problem as PyVRP sees it: nodes, matrices, vehicle types; and its answer as routes again.

Loads that all begin at one place are its deliveries (the vehicle comes back for more: a reload), loads that all end at
one place its pick-ups; anything else is paired shipments, which it searches more slowly. A stop's time is part of every
way that leads away from it, so that many loads at one place are one stop.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from pyvrp import Activity, ActivityType, Client, Depot, Location, ProblemData, Shipment, VehicleType
from pyvrp import Route as FoundRoute

from services.logistics.trips.problem import (
    DAY_ENDS_S,
    Load,
    Place,
    Problem,
    Route,
    Vehicle,
    Visit,
    may_stop,
    room_g,
    window_of,
)
from services.logistics.trips.timing import timed, visits_of

FAR = 10 * DAY_ENDS_S
"""s and m of a way that may not be taken: no day is long enough for it."""
_MILLI = 1000
_PRIZE_BEYOND_WAY = 20_000 * _MILLI
"""Leaving a load costs ¥200 more than driving for it alone: it stays only where it cannot ride."""


@dataclass(frozen=True, slots=True)
class Node:
    """A place as a load or vehicle sees it: `pin` is the only vehicle that may come, without `stop` it only passes."""

    place: Place
    stop: bool
    pin: str | None = None


class Formulation:
    """What PyVRP is given, and how its answer is read."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._loads = problem.loads
        self.hub, self.outward = _hub_of(problem)
        self._nodes: dict[Node, int] = {}
        self._types = _types(problem.vehicles, {load.vehicle_id for load in problem.loads})
        self._depots = list(dict.fromkeys(self._node(node) for kind in self._types for node in self._ends(kind[0])))
        for load in self._loads:
            self._node(Node(load.origin, stop=True, pin=load.vehicle_id))
            self._node(Node(load.goal, stop=True, pin=load.vehicle_id))
        self._classes = _scarce(problem)
        self.data = self._data()

    def _node(self, node: Node) -> int:
        return self._nodes.setdefault(node, len(self._nodes))

    def _ends(self, vehicle: Vehicle) -> tuple[Node, Node]:
        """Return where a vehicle's route starts and ends for PyVRP."""
        if self.hub is None:
            return Node(vehicle.start, stop=False), Node(vehicle.home, stop=False)
        hub = Node(self.hub, stop=True)
        return (hub, Node(vehicle.home, stop=False)) if self.outward else (Node(vehicle.start, stop=False), hub)

    def _data(self) -> ProblemData:
        metres, seconds = self._matrices()
        profiles: dict[bytes, int] = {}
        forbidden = [self._forbidden(kind[0]) for kind in self._types]
        for mask in forbidden:
            profiles.setdefault(mask.tobytes(), len(profiles))
        masks = {profiles[mask.tobytes()]: mask for mask in forbidden}
        return ProblemData(
            locations=[Location(0, 0) for _ in self._nodes],
            clients=[] if self.hub is None else [self._client(load) for load in self._loads],
            depots=[Depot(node) for node in self._depots],
            vehicle_types=[
                self._vehicle_type(kind, profiles[mask.tobytes()])
                for kind, mask in zip(self._types, forbidden, strict=True)
            ],
            distance_matrices=[_without(metres, masks[profile]) for profile in sorted(masks)],
            duration_matrices=[_without(seconds, masks[profile]) for profile in sorted(masks)],
            shipments=[self._shipment(load) for load in self._loads] if self.hub is None else [],
        )

    def _matrices(self) -> tuple[Any, Any]:
        roads, nodes = self._problem.roads, list(self._nodes)
        rows = np.array([roads.index[node.place] for node in nodes])
        there = np.ix_(rows, rows)
        stops = np.array([self._problem.sites[node.place].stop_s if node.stop else 0 for node in nodes])
        seconds = np.array(roads.seconds, dtype=np.int64)[there]
        seconds += np.where(rows[:, None] != rows[None, :], stops[:, None], 0)
        return np.array(roads.metres, dtype=np.int64)[there], np.minimum(seconds, FAR)

    def _forbidden(self, vehicle: Vehicle) -> Any:
        return np.array(
            [
                node.stop
                and (
                    node.pin not in (None, vehicle.vehicle_id)
                    or not may_stop(vehicle, node.place, self._problem.sites[node.place])
                )
                for node in self._nodes
            ]
        )

    def _amounts(self, load: Load) -> list[int]:
        return [load.grams, *(load.grams if load.temperature_class in classes else 0 for classes in self._classes)]

    def _prize(self, load: Load) -> int:
        leg, dearest = self._problem.roads.leg, 0
        for vehicle in self._problem.vehicles:
            legs = [leg(a, b) for a, b in pairwise((vehicle.start, load.origin, load.goal, vehicle.home))]
            metres, seconds = sum(leg[0] for leg in legs), sum(leg[1] for leg in legs)
            way = metres * vehicle.fen_per_km + seconds * _per_second(vehicle) + vehicle.fen_per_day * _MILLI
            dearest = max(dearest, min(way, FAR * vehicle.fen_per_km))
        return 2 * dearest + _PRIZE_BEYOND_WAY

    def _client(self, load: Load) -> Client:
        early, late = window_of(self._problem, Visit("pickup", load.origin, (load,)))
        first, last = window_of(self._problem, Visit("delivery", load.goal, (load,)))
        if self.outward:
            node = self._node(Node(load.goal, stop=True, pin=load.vehicle_id))
            return Client(
                node,
                delivery=self._amounts(load),
                tw_early=first,
                tw_late=max(first, last),
                release_time=min(early, max(first, last)),
                prize=self._prize(load),
                required=False,
            )
        node = self._node(Node(load.origin, stop=True, pin=load.vehicle_id))
        there = self._problem.sites[load.origin].stop_s + self._problem.roads.leg(load.origin, load.goal)[1]
        late = max(early, min(late, last - there))
        amounts = self._amounts(load)
        return Client(node, pickup=amounts, tw_early=early, tw_late=late, prize=self._prize(load), required=False)

    def _shipment(self, load: Load) -> Shipment:
        early, late = window_of(self._problem, Visit("pickup", load.origin, (load,)))
        first, last = window_of(self._problem, Visit("delivery", load.goal, (load,)))
        return Shipment(
            self._node(Node(load.origin, stop=True, pin=load.vehicle_id)),
            self._node(Node(load.goal, stop=True, pin=load.vehicle_id)),
            pickup_tw_early=early,
            pickup_tw_late=max(early, late),
            delivery_tw_early=first,
            delivery_tw_late=max(first, last),
            amount=self._amounts(load),
            prize=self._prize(load),
            required=False,
        )

    def _vehicle_type(self, kind: Sequence[Vehicle], profile: int) -> VehicleType:
        vehicle = kind[0]
        start, end = self._ends(vehicle)
        first_s, before_m, before_s, after_s = vehicle.free_s, 0, 0, 0
        if self.hub is not None and self.outward:
            before_m, before_s = self._problem.roads.leg(vehicle.start, self.hub)
            first_s += before_s
        elif self.hub is not None:
            after_s = self._problem.sites[self.hub].stop_s + self._problem.roads.leg(self.hub, vehicle.home)[1]
        last_s = vehicle.back_by(DAY_ENDS_S) - after_s
        longest_s = vehicle.longest_s - before_s - after_s if vehicle.since_s is None else DAY_ENDS_S
        fixed = vehicle.fen_per_day * _MILLI if vehicle.number == 1 else 0
        return VehicleType(
            num_available=len(kind),
            capacity=self._rooms(vehicle),
            start_depot=self._depots.index(self._node(start)),
            end_depot=self._depots.index(self._node(end)),
            fixed_cost=fixed + before_m * vehicle.fen_per_km + before_s * _per_second(vehicle),
            tw_early=min(first_s, DAY_ENDS_S),
            tw_late=max(min(first_s, DAY_ENDS_S), last_s),
            shift_duration=max(0, longest_s),
            unit_distance_cost=vehicle.fen_per_km,
            unit_duration_cost=_per_second(vehicle),
            profile=profile,
            reload_depots=[] if self.hub is None else [self._depots.index(self._node(Node(self.hub, stop=True)))],
        )

    def _rooms(self, vehicle: Vehicle) -> list[int]:
        rooms = [vehicle.capacity_g]
        for classes in self._classes:
            if len(classes) == 1:
                rooms.append(room_g(vehicle, next(iter(classes))))
            else:  # What is not frozen: a frozen space takes it only where nothing frozen is to be carried.
                rooms.append(0 if vehicle.temperature_class == "frozen" else vehicle.capacity_g)
        return rooms

    def encode(self, routes: Iterable[Route]) -> list[FoundRoute]:
        """Return our routes as PyVRP's, several of one vehicle as one."""
        visits: dict[str, list[Visit]] = {}
        for route in routes:
            visits.setdefault(route.vehicle.vehicle_id, []).extend(route.visits)
        number = {load.order_id: index for index, load in enumerate(self._loads)}
        found = []
        for vehicle_type, kind in enumerate(self._types):
            for vehicle in kind:
                if vehicle.vehicle_id in visits:
                    activities = self._activities(visits[vehicle.vehicle_id], number)
                    found.append(FoundRoute(self.data, activities, vehicle_type))
        return found

    def _activities(self, visits: Sequence[Visit], number: dict[str, int]) -> list[Activity]:
        if self.hub is None:
            kinds = {"pickup": ActivityType.PICKUP, "delivery": ActivityType.DELIVERY}
            return [Activity(kinds[visit.kind], number[key]) for visit in visits for key in visit.orders]
        reload = Activity(ActivityType.DEPOT, self._depots.index(self._node(Node(self.hub, stop=True))))
        activities: list[Activity] = []
        for visit in visits:
            if visit.place == self.hub:
                activities.append(reload)
            else:
                activities += [Activity(ActivityType.CLIENT, number[key]) for key in visit.orders]
        return activities[1:] if self.outward else activities[:-1]

    def decode(self, found: Iterable[FoundRoute]) -> list[Route]:
        """Return PyVRP's routes as ours. Raises ValueError for one that does not keep its hours when it is driven."""
        free = [list(kind) for kind in self._types]
        routes = []
        for one in found:
            visits = self._visits(one)
            if visits:
                vehicle = free[one.vehicle_type()].pop(0)
                route = timed(self._problem, vehicle, visits)
                if route is None:
                    raise ValueError(f"the route found for {vehicle.vehicle_id} is late")
                routes.append(route)
        return routes

    def _visits(self, found: FoundRoute) -> list[Visit]:
        calls: list[tuple[str, Place, Load]] = []
        trip: list[Load] = []
        for activity in found.schedule():
            if activity.is_depot():
                calls, trip = calls + self._hub_calls(trip), []
            elif activity.is_shipment():
                load = self._loads[activity.idx]
                kind, place = ("pickup", load.origin) if activity.is_pickup() else ("delivery", load.goal)
                calls.append((kind, place, load))
            else:
                trip.append(self._loads[activity.idx])
        return visits_of(calls)

    def _hub_calls(self, trip: Sequence[Load]) -> list[tuple[str, Place, Load]]:
        there = [("pickup", load.origin, load) for load in trip]
        return there + [("delivery", load.goal, load) for load in trip]


def _hub_of(problem: Problem) -> tuple[Place | None, bool]:
    """Return the one place all loads begin at (outward) or end at, if there is one and it keeps no narrow hours."""
    origins, goals = {load.origin for load in problem.loads}, {load.goal for load in problem.loads}
    if len(origins) == 1 and all(_late(problem, "pickup", load) for load in problem.loads):
        return next(iter(origins)), True
    if len(goals) == 1 and all(_early(problem, load) for load in problem.loads):
        return next(iter(goals)), False
    return None, False


def _late(problem: Problem, kind: str, load: Load) -> bool:
    return window_of(problem, Visit(kind, load.origin, (load,)))[1] >= DAY_ENDS_S


def _early(problem: Problem, load: Load) -> bool:
    return window_of(problem, Visit("delivery", load.goal, (load,)))[0] <= 0


def _types(vehicles: Iterable[Vehicle], pinned: set[str | None]) -> list[tuple[Vehicle, ...]]:
    """Return vehicles that are alike, together: PyVRP need not try one after the other."""
    alike: dict[Vehicle, list[Vehicle]] = {}
    for vehicle in vehicles:
        name = vehicle.vehicle_id if vehicle.vehicle_id in pinned else ""
        alike.setdefault(replace(vehicle, vehicle_id=name, number=min(vehicle.number, 2)), []).append(vehicle)
    return [tuple(of) for of in alike.values()]


def _scarce(problem: Problem) -> list[frozenset[str]]:
    """Return the classes whose loads need a bound of their own beside that of all."""
    classes = {load.temperature_class for load in problem.loads}
    scarce = [
        frozenset({one})
        for one in sorted(classes)
        if any(room_g(vehicle, one) < vehicle.capacity_g for vehicle in problem.vehicles)
    ]
    frozen_only = any(vehicle.temperature_class == "frozen" for vehicle in problem.vehicles)
    if frozen_only and "frozen" in classes and len(classes) > 1:
        scarce.append(frozenset({"ambient", "chilled"}))
    return scarce


def _without(matrix: Any, forbidden: Any) -> Any:
    if not forbidden.any():
        return matrix
    masked = matrix.copy()
    masked[:, forbidden] = FAR
    masked[forbidden, :] = FAR
    np.fill_diagonal(masked, 0)
    return masked


def _per_second(vehicle: Vehicle) -> int:
    return round(vehicle.fen_per_hour * _MILLI / 3600)
