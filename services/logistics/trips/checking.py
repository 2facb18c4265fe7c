"""The checker: proves any plan, whoever made it, by driving it once more."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from services.logistics.trips.problem import (
    Load,
    Place,
    Plan,
    PlannedTrip,
    Problem,
    Stop,
    Vehicle,
    goes_along,
    may_stop,
    room_g,
)
from services.logistics.trips.timing import cost_fen

Chain = list[tuple[str, Place]]


def check(problem: Problem, plan: Plan) -> list[str]:
    """Return what is wrong with a plan: all once, room, cold, order, hours and roads respected."""
    loads = {load.order_id: load for load in problem.loads}
    vehicles = {vehicle.vehicle_id: vehicle for vehicle in problem.vehicles}
    trips = sorted(plan.trips, key=lambda one: (one.vehicle_id, one.number))
    wrong = [*_everything_once(loads, plan), *_chains(problem, loads, trips)]
    for trip in trips:
        name = f"trip {trip.number} of {trip.vehicle_id}"
        if trip.vehicle_id not in vehicles:
            wrong.append(f"{name}: unknown vehicle")
            continue
        vehicle = vehicles[trip.vehicle_id]
        if (trip.number, trip.start) != (vehicle.number, vehicle.start) or trip.starts_s < vehicle.free_s:
            wrong.append(f"{name}: starts where or when the vehicle is not free")
        wrong += [f"{name}: {fault}" for fault in _faults(problem, vehicle, trip, loads)]
        vehicles[trip.vehicle_id] = _after(vehicle, trip)
    wrong += [f"{one.vehicle_id} is not home at the end" for one in vehicles.values() if one.start != one.home]
    return wrong


def _after(vehicle: Vehicle, trip: PlannedTrip) -> Vehicle:
    since_s = trip.starts_s if vehicle.since_s is None else vehicle.since_s
    return replace(vehicle, number=trip.number + 1, stands=trip.end, free_s=trip.ends_s, since_s=since_s)


def _everything_once(loads: Mapping[str, Load], plan: Plan) -> Iterator[str]:
    seen = Counter(one.order_id for one in plan.unplanned)
    seen += Counter({order_id for trip in plan.trips for stop in trip.stops for order_id in stop.order_ids})
    yield from (f"{order_id}: planned and unplanned" for order_id, count in seen.items() if count != 1)
    yield from (f"{order_id}: not in the plan" for order_id in loads.keys() - seen.keys())
    yield from (f"{order_id}: nobody asked for it" for order_id in seen.keys() - loads.keys())


def _chains(problem: Problem, loads: Mapping[str, Load], trips: list[PlannedTrip]) -> Iterator[str]:
    """Follow each order over all trips: picked up where it is, after it has come there, set down where it goes."""
    stops = sorted(
        (
            (stop.at_s, number, sequence, stop)
            for number, trip in enumerate(trips)
            for sequence, stop in enumerate(trip.stops)
        ),
        key=lambda one: one[:3],
    )
    went: dict[str, list[Stop]] = {}
    for _, _, _, stop in stops:
        for order_id in stop.order_ids:
            went.setdefault(order_id, []).append(stop)
    for order_id, way in went.items():
        if order_id in loads and [(stop.kind, stop.place) for stop in way] != _way_of(loads[order_id]):
            yield f"{order_id} does not go from {loads[order_id].origin} to {loads[order_id].goal}, once"
        for before, after in pairwise(way):
            if after.at_s < before.at_s + problem.sites[before.place].stop_s:
                yield f"{order_id} leaves {before.place[1]} before it is there"


def _way_of(load: Load) -> Chain:
    between: Chain = [] if load.through is None else [("delivery", load.through), ("pickup", load.through)]
    return [("pickup", load.origin), *between, ("delivery", load.goal)]


def _faults(problem: Problem, vehicle: Vehicle, trip: PlannedTrip, loads: Mapping[str, Load]) -> list[str]:
    known = {key: loads[key] for stop in trip.stops for key in stop.order_ids if key in loads}
    faults = [*_room_faults(vehicle, trip, known), *_hour_faults(problem, vehicle, trip, known)]
    return [*faults, *_way_faults(problem, vehicle, trip)]


def _room_faults(vehicle: Vehicle, trip: PlannedTrip, loads: Mapping[str, Load]) -> Iterator[str]:
    aboard: dict[str, Load] = {}
    for stop in trip.stops:
        for load in (loads[order_id] for order_id in stop.order_ids if order_id in loads):
            if stop.kind == "pickup":
                aboard[load.order_id] = load
            elif aboard.pop(load.order_id, None) is None:
                yield f"{load.order_id} is set down before it is picked up"
        for temperature_class in ("chilled", "frozen"):
            grams = sum(load.grams for load in aboard.values() if load.temperature_class == temperature_class)
            if grams > room_g(vehicle, temperature_class):
                yield f"{grams} g {temperature_class} on board, room for {room_g(vehicle, temperature_class)} g"
        grams = sum(load.grams for load in aboard.values())
        if grams > vehicle.capacity_g:
            yield f"{grams} g on board, room for {vehicle.capacity_g} g"
    if aboard:
        yield f"{len(aboard)} consignments are never set down"
    if trip.load_g != sum(load.grams for load in loads.values()):
        yield "load_g is not what it carries"
    classes = {load.temperature_class for load in loads.values()}
    if not all(goes_along(vehicle, classes, one) for one in classes):
        yield f"{sorted(classes)} in a {vehicle.temperature_class} vehicle"
    for load in loads.values():
        if load.vehicle_id not in (None, vehicle.vehicle_id):
            yield f"{load.order_id} is to ride with {load.vehicle_id}"


def _hour_faults(problem: Problem, vehicle: Vehicle, trip: PlannedTrip, loads: Mapping[str, Load]) -> Iterator[str]:
    for stop in trip.stops:
        site = problem.sites[stop.place]
        windows = [site.hours]
        for load in (loads[order_id] for order_id in stop.order_ids if order_id in loads):
            if stop.place in (load.origin, load.goal):
                windows.append(load.pickup if stop.kind == "pickup" else load.delivery)
            elif site.onward_s is not None:
                windows.append(site.gathering if stop.kind == "delivery" else site.onward)
        if not all(early <= stop.at_s <= late for early, late in windows):
            yield f"{stop.place[1]} is reached outside its hours"
        if not may_stop(vehicle, stop.place, site):
            yield f"{stop.place[1]} is not on a road it may take"
    if trip.ends_s > vehicle.back_by(trip.starts_s):
        yield "it is back after its driver's or the vehicle's day"


def _way_faults(problem: Problem, vehicle: Vehicle, trip: PlannedTrip) -> Iterator[str]:
    here, metres, clock = trip.start, 0, trip.starts_s
    for stop in trip.stops:
        leg_m, leg_s = problem.roads.leg(here, stop.place)
        if stop.at_s < clock + leg_s:
            yield f"{stop.place[1]} is reached faster than the road allows"
        here, metres, clock = stop.place, metres + leg_m, stop.at_s + problem.sites[stop.place].stop_s
    leg_m, leg_s = problem.roads.leg(here, trip.end)
    if trip.ends_s < clock + leg_s:
        yield "it is back faster than the road allows"
    if trip.distance_m != metres + leg_m:
        yield "distance_m is not the way it goes"
    if trip.cost_fen != cost_fen(vehicle, trip.distance_m, trip.ends_s - trip.starts_s, first=trip.number == 1):
        yield "cost_fen is not what it costs"
