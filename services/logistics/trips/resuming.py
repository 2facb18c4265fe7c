"""Routes of an earlier plan as a start: what goes the same way again rides with the same vehicle, in the same order."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from services.logistics.trips.problem import Load, Place, Problem, Ride, Route, Vehicle, may_take, room_g
from services.logistics.trips.timing import timed, visits_of

Call = tuple[str, str, Place, Iterable[str]]
"""A vehicle, what it does (`pickup` or `delivery`), where, and for which orders."""
_Way = tuple[Place, Place, str]
_Doing = tuple[str, Place, Load]


def rides_of(calls: Iterable[Call], classes: Mapping[str, str]) -> tuple[Ride, ...]:
    """Return the rides of a day from its calls, each vehicle's in order, and the classes of its orders, each once."""
    aboard: dict[str, tuple[Place, int]] = {}
    rides: dict[Ride, None] = {}
    for number, (vehicle_id, kind, place, orders) in enumerate(calls):
        for order_id in orders:
            if kind == "pickup":
                aboard[order_id] = (place, number)
            elif order_id in aboard and order_id in classes:
                origin, picked_up = aboard.pop(order_id)
                rides[Ride(origin, place, classes[order_id], vehicle_id, picked_up, number)] = None
    return tuple(rides)


def resumed(problem: Problem) -> list[Route]:
    """Return the routes of a problem's rides as far as its loads go the same way and still fit.

    The other loads are on none: the optimiser puts them where they cost least.
    """
    before: dict[_Way, list[Ride]] = {}
    for ride in problem.rides:
        before.setdefault((ride.origin, ride.goal, ride.temperature_class), []).append(ride)
    vehicles = {vehicle.vehicle_id: vehicle for vehicle in problem.vehicles}
    calls: list[tuple[str, int, str, Place, Load]] = []
    for load in problem.loads:
        rides = before.get((load.origin, load.goal, load.temperature_class), [])
        if not rides:
            continue
        ride = rides.pop(0)
        if ride.vehicle_id not in vehicles or not may_take(problem, vehicles[ride.vehicle_id], load):
            continue
        calls.append((ride.vehicle_id, ride.pickup, "pickup", load.origin, load))
        calls.append((ride.vehicle_id, ride.delivery, "delivery", load.goal, load))
    calls.sort(key=lambda call: call[:2])
    routes = []
    for vehicle_id, of_vehicle in groupby(calls, key=lambda call: call[0]):
        route = _fitting(problem, vehicles[vehicle_id], [call[2:] for call in of_vehicle])
        if route is not None:
            routes.append(route)
    return routes


def _fitting(problem: Problem, vehicle: Vehicle, calls: Sequence[_Doing]) -> Route | None:
    """Return a vehicle's route without what does not fit any more: by weight, then by time the last deliveries."""
    left = _overloading(vehicle, calls)
    while True:
        kept = [call for call in calls if call[2].order_id not in left]
        route = timed(problem, vehicle, visits_of(kept))
        if route is not None or not kept:
            return route
        left.add(kept[-1][2].order_id)


def _overloading(vehicle: Vehicle, calls: Iterable[_Doing]) -> set[str]:
    """Return the loads there is no room for when they are to be picked up."""
    left, grams = set[str](), Counter[str]()
    for kind, _, load in calls:
        of, room = load.temperature_class, room_g(vehicle, load.temperature_class)
        if load.order_id in left:
            continue
        if kind == "delivery":
            grams[of] -= load.grams
        elif grams.total() + load.grams > vehicle.capacity_g or grams[of] + load.grams > room:
            left.add(load.order_id)
        else:
            grams[of] += load.grams
    return left
