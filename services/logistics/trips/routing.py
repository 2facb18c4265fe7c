"""Routing: which vehicle fetches which consignments, and in which order it stops. One function and its checker.

Nearest neighbour, filled greedily: a trip starts with the consignment hardest to place and takes the ones whose
cooperative and school are nearest to it until vehicle or day is full; it picks everything up before it sets anything
down. Pure values, nothing imported that a worker process would have to wait for.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from services.logistics.trips.checking import check
from services.logistics.trips.problem import (
    DAY_ENDS_S,
    MAX_LOADS,
    SERVICE_S,
    TRIP_LIMITS_S,
    Load,
    Plan,
    PlannedTrip,
    Position,
    Problem,
    Report,
    Stop,
    Vehicle,
    carries,
    drive_s,
    goes_along,
    regime,
    road_m,
)

__all__ = ["check", "plan", "route"]

# Coldest first: vehicles that keep cold are the scarce ones.
_HARDEST_FIRST = ("frozen", "chilled", "ambient")
# How many neighbours that make a trip too long are tried before it is called full.
_PATIENCE = 8


def route(problem: Problem, vehicle: Vehicle, loads: Sequence[Load], starts_s: int) -> PlannedTrip:
    """Return the trip that picks all loads up, nearest cooperative first, then delivers, nearest school first."""
    stops: list[Stop] = []
    here, metres, clock = vehicle.depot, 0.0, float(starts_s)
    for kind in ("pickup", "delivery"):
        places, orders = _places(problem, loads, kind)
        while places:
            place_id = min(places, key=lambda one: (road_m(here, places[one]), one))
            leg = road_m(here, places[place_id])
            here, metres, clock = places.pop(place_id), metres + leg, clock + drive_s(leg)
            stops.append(Stop(kind, place_id, math.ceil(clock), tuple(orders[place_id])))
            clock = stops[-1].at_s + SERVICE_S
    leg = road_m(here, vehicle.depot)
    return PlannedTrip(
        vehicle_id=vehicle.vehicle_id,
        number=vehicle.number,
        temperature_class=regime(vehicle, {load.temperature_class for load in loads}),
        load_g=sum(load.grams for load in loads),
        distance_m=round(metres + leg),
        starts_s=starts_s,
        ends_s=math.ceil(clock + drive_s(leg)),
        stops=tuple(stops),
    )


def _places(problem: Problem, loads: Sequence[Load], kind: str) -> tuple[dict[str, Position], dict[str, list[str]]]:
    places: dict[str, Position] = {}
    orders: dict[str, list[str]] = {}
    for load in loads:
        place_id = load.cooperative_id if kind == "pickup" else load.canteen_id
        places[place_id] = (problem.cooperatives if kind == "pickup" else problem.canteens)[place_id]
        orders.setdefault(place_id, []).append(load.order_id)
    return places, orders


def plan(problem: Problem, report: Report) -> Plan:
    """Return trips for as many loads as fit, short trips first choice. The same problem always gives the same plan."""
    made: list[Plan] = []
    for index in range(len(TRIP_LIMITS_S)):
        made.append(_Planner(problem, TRIP_LIMITS_S[index], _part(report, index)).run())
        if not any(reason == "day-too-short" for _, reason in made[-1].unplanned):
            break
    return min(made, key=lambda one: len(one.unplanned))


def _part(report: Report, index: int) -> Report:
    """Return the report of one pass out of those there may be."""
    return lambda done: report((index + done) / len(TRIP_LIMITS_S))


class _Planner:
    """One greedy pass with trips of at most `limit_s` seconds."""

    def __init__(self, problem: Problem, limit_s: int, report: Report) -> None:
        self._problem = problem
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
        """Make one trip that starts with the farthest seed some vehicle can take; leave that seed when none can."""
        suitable = [vehicle for vehicle in self._vehicles if carries(vehicle, seeds[0].temperature_class)]
        # The earliest school counts most, then a vehicle no bigger than it must be cold, then few trips.
        suitable.sort(key=lambda one: (one.free_s, _HARDEST_FIRST[::-1].index(one.temperature_class), -one.capacity_g))
        for vehicle in suitable:
            fitting = [load for load in seeds if load.grams <= vehicle.capacity_g]
            for seed in sorted(fitting, key=lambda load: (-self._reach(vehicle, load), load.order_id)):
                trip = self._try(vehicle, [seed])
                if trip is not None:
                    return self._go(vehicle, self._fill(vehicle, seed, trip))
        for seed in seeds:
            self._leave(seed, "day-too-short")
        return None

    def _reach(self, vehicle: Vehicle, load: Load) -> float:
        return road_m(vehicle.depot, self._problem.canteens[load.canteen_id])

    def _try(self, vehicle: Vehicle, loads: Sequence[Load]) -> PlannedTrip | None:
        trip = route(self._problem, vehicle, loads, vehicle.free_s)
        too_long = trip.ends_s > DAY_ENDS_S or trip.ends_s - trip.starts_s > self._limit_s
        return None if too_long else trip

    def _fill(self, vehicle: Vehicle, seed: Load, trip: PlannedTrip) -> PlannedTrip:
        """Add neighbours, the seed's class first, until the vehicle or the time is full."""
        loads, classes = [seed], {seed.temperature_class}
        detour = dict.fromkeys(self._open, (math.inf, math.inf))
        del detour[seed.order_id]
        misses, newest = 0, seed
        while misses < _PATIENCE and len(loads) < MAX_LOADS:
            self._measure(detour, newest)
            load = self._nearest(detour, vehicle, classes, seed.temperature_class, vehicle.capacity_g - trip.load_g)
            if load is None:
                break
            del detour[load.order_id]
            longer = self._try(vehicle, [*loads, load])
            if longer is None:
                misses += 1
                continue
            trip, newest = longer, load
            loads.append(load)
            classes.add(load.temperature_class)
        return trip

    def _measure(self, detour: dict[str, tuple[float, float]], newest: Load) -> None:
        """Lower each open load's distances to the trip's nearest cooperative and school, now that `newest` is on it."""
        cooperatives, canteens = self._problem.cooperatives, self._problem.canteens
        start, end = cooperatives[newest.cooperative_id], canteens[newest.canteen_id]
        for order_id, (pickup_m, delivery_m) in detour.items():
            load = self._open[order_id]
            nearer_m = road_m(start, cooperatives[load.cooperative_id])
            detour[order_id] = (min(pickup_m, nearer_m), min(delivery_m, road_m(end, canteens[load.canteen_id])))

    def _nearest(
        self, detour: dict[str, tuple[float, float]], vehicle: Vehicle, classes: set[str], first_class: str, room_g: int
    ) -> Load | None:
        best: tuple[bool, float, str] | None = None
        for order_id, metres in detour.items():
            load = self._open[order_id]
            if load.grams <= room_g and goes_along(vehicle, classes, load.temperature_class):
                key = (load.temperature_class != first_class, sum(metres), order_id)
                best = key if best is None or key < best else best
        return None if best is None else self._open[best[2]]

    def _go(self, vehicle: Vehicle, trip: PlannedTrip) -> None:
        self._trips.append(trip)
        for stop in trip.stops:
            if stop.kind == "delivery":
                for order_id in stop.order_ids:
                    del self._open[order_id]
        again = replace(vehicle, free_s=trip.ends_s, number=vehicle.number + 1)
        self._vehicles = [again if one.vehicle_id == vehicle.vehicle_id else one for one in self._vehicles]


def _hopeless(problem: Problem, load: Load) -> str | None:
    """Return why no vehicle could ever take a load, None when one could."""
    if load.cooperative_id not in problem.cooperatives or load.canteen_id not in problem.canteens:
        return "position-unknown"
    suitable = [vehicle for vehicle in problem.vehicles if carries(vehicle, load.temperature_class)]
    if not suitable:
        return "no-suitable-vehicle"
    return "heavier-than-any-vehicle" if load.grams > max(one.capacity_g for one in suitable) else None
