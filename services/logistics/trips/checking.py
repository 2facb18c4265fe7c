"""The checker beside the routing: proves any plan, whoever made it."""

from collections import Counter

from services.logistics.trips.problem import (
    DAY_ENDS_S,
    SERVICE_S,
    Load,
    Plan,
    PlannedTrip,
    Position,
    Problem,
    Stop,
    Vehicle,
    drive_s,
    goes_along,
    road_m,
)


def check(problem: Problem, plan: Plan) -> list[str]:
    """Return what is wrong with a plan: nothing twice, nothing forgotten, capacity, cold, order and time respected."""
    loads = {load.order_id: load for load in problem.loads}
    vehicles = {vehicle.vehicle_id: vehicle for vehicle in problem.vehicles}
    wrong = _everything_once(loads, plan)
    free = {vehicle.vehicle_id: (vehicle.number, vehicle.free_s) for vehicle in problem.vehicles}
    for trip in sorted(plan.trips, key=lambda one: (one.vehicle_id, one.number)):
        name = f"trip {trip.number} of {trip.vehicle_id}"
        if trip.vehicle_id not in vehicles:
            wrong.append(f"{name}: unknown vehicle")
            continue
        number, free_s = free[trip.vehicle_id]
        if trip.number != number or trip.starts_s < free_s:
            wrong.append(f"{name}: starts before the vehicle is back")
        free[trip.vehicle_id] = (number + 1, trip.ends_s)
        wrong += [f"{name}: {fault}" for fault in _faults(problem, vehicles[trip.vehicle_id], trip, loads)]
    return wrong


def _everything_once(loads: dict[str, Load], plan: Plan) -> list[str]:
    seen = Counter(order_id for order_id, _ in plan.unplanned)
    for trip in plan.trips:
        for kind in ("pickup", "delivery"):
            orders = Counter(order_id for stop in trip.stops if stop.kind == kind for order_id in stop.order_ids)
            if kind == "delivery" or any(count > 1 for count in orders.values()):
                seen += orders
    wrong = [f"{order_id}: in the plan {count} times" for order_id, count in seen.items() if count != 1]
    wrong += [f"{order_id}: not in the plan" for order_id in loads.keys() - seen.keys()]
    return wrong + [f"{order_id}: nobody asked for it" for order_id in seen.keys() - loads.keys()]


def _faults(problem: Problem, vehicle: Vehicle, trip: PlannedTrip, loads: dict[str, Load]) -> list[str]:
    known = {key: load for key, load in loads.items() if any(key in stop.order_ids for stop in trip.stops)}
    return [*_load_faults(vehicle, trip, known), *_time_faults(problem, vehicle, trip)]


def _load_faults(vehicle: Vehicle, trip: PlannedTrip, loads: dict[str, Load]) -> list[str]:
    faults, on_board, most_g = [], set[str](), 0
    for stop in trip.stops:
        for order_id in stop.order_ids:
            load = loads.get(order_id)
            if load is None:
                continue
            if stop.place_id != (load.cooperative_id if stop.kind == "pickup" else load.canteen_id):
                faults.append(f"{order_id} is not for {stop.place_id}")
            if stop.kind == "pickup":
                on_board.add(order_id)
            elif order_id in on_board:
                on_board.remove(order_id)
            else:
                faults.append(f"{order_id} is set down before it is picked up")
        most_g = max(most_g, sum(loads[order_id].grams for order_id in on_board))
    if most_g > vehicle.capacity_g:
        faults.append(f"{most_g} g on board, room for {vehicle.capacity_g} g")
    if on_board:
        faults.append(f"{len(on_board)} consignments are never set down")
    if trip.load_g != sum(load.grams for load in loads.values()):
        faults.append("load_g is not what it carries")
    classes = {load.temperature_class for load in loads.values()}
    if not all(goes_along(vehicle, classes, one) for one in classes):
        faults.append(f"{sorted(classes)} in a {vehicle.temperature_class} vehicle")
    return faults


def _time_faults(problem: Problem, vehicle: Vehicle, trip: PlannedTrip) -> list[str]:
    faults, here, metres, clock = [], vehicle.depot, 0.0, float(trip.starts_s)
    for stop in trip.stops:
        there = _position(problem, stop)
        leg = road_m(here, there)
        if stop.at_s < clock + drive_s(leg) - 1:
            faults.append(f"{stop.place_id} is reached faster than the road allows")
        here, metres, clock = there, metres + leg, float(stop.at_s + SERVICE_S)
    leg = road_m(here, vehicle.depot)
    if trip.ends_s < clock + drive_s(leg) - 1:
        faults.append("it is back faster than the road allows")
    if trip.ends_s > DAY_ENDS_S:
        faults.append("it is back after the day's end")
    if abs(trip.distance_m - metres - leg) > 1:
        faults.append("distance_m is not the way it goes")
    return faults


def _position(problem: Problem, stop: Stop) -> Position:
    return (problem.cooperatives if stop.kind == "pickup" else problem.canteens)[stop.place_id]
