"""Peers of the routing: each plans one stage of a day, the same problem in the same time; `planned_by` drives it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from services.logistics.trips.budget import Budget
from services.logistics.trips.problem import (
    DAY_ENDS_S,
    Load,
    Place,
    Problem,
    Report,
    Route,
    Vehicle,
    Visit,
    may_take,
    room_g,
    window_of,
)
from services.logistics.trips.timing import after, timed, visits_of

_MILLI = 1000
_CLASSES = ("chilled", "frozen")


def by_nearest(problem: Problem, _start: Sequence[Route], _budget: Budget, _report: Report) -> list[Route]:
    """Let each vehicle take what lies nearest to its last stop, and set down what is nearest, as long as it can."""
    rest, routes = list(problem.loads), list[Route]()
    for vehicle in problem.vehicles:
        standing = vehicle
        while (route := _nearest_tour(problem, standing, rest)) is not None:
            routes.append(route)
            taken = {load.order_id for visit in route.visits for load in visit.loads}
            rest = [load for load in rest if load.order_id not in taken]
            standing = after(problem, route)
    return routes


def _nearest_tour(problem: Problem, vehicle: Vehicle, rest: Sequence[Load]) -> Route | None:
    leg = problem.roads.leg
    loads: list[Load] = []
    route: Route | None = None
    while True:
        here = loads[-1].goal if loads else vehicle.start
        near = sorted(rest, key=lambda load: leg(here, load.origin)[1] + leg(load.origin, load.goal)[1])
        for load in near:
            if load in loads or not _fits(problem, vehicle, [*loads, load]):
                continue
            longer = timed(problem, vehicle, _in_order([*loads, load]))
            if longer is not None:
                loads, route = [*loads, load], longer
                break
        else:
            return route


def _fits(problem: Problem, vehicle: Vehicle, loads: Sequence[Load]) -> bool:
    if not may_take(problem, vehicle, loads[-1]) or sum(load.grams for load in loads) > vehicle.capacity_g:
        return False
    grams = {one: sum(load.grams for load in loads if load.temperature_class == one) for one in _CLASSES}
    return all(grams[one] <= room_g(vehicle, one) for one in _CLASSES)


def _in_order(loads: Sequence[Load]) -> list[Visit]:
    calls = [("pickup", load.origin, load) for load in loads] + [("delivery", load.goal, load) for load in loads]
    return visits_of(calls)


class _Nodes:
    """OR-tools' nodes: where each vehicle starts and ends, then each load's pick-up and set-down."""

    def __init__(self, problem: Problem) -> None:
        vehicles, loads = problem.vehicles, problem.loads
        self.places = [one.start for one in vehicles] + [one.home for one in vehicles]
        self.first = len(self.places)
        self.places += [place for load in loads for place in (load.origin, load.goal)]
        index = [problem.roads.index[place] for place in self.places]
        stops = [0] * self.first + [problem.sites[place].stop_s for place in self.places[self.first :]]
        metres, seconds = problem.roads.metres, problem.roads.seconds
        self.metres = [[metres[a][b] for b in index] for a in index]
        self.seconds = [
            [seconds[a][b] + (stop if a != b else 0) for b in index] for a, stop in zip(index, stops, strict=True)
        ]

    def pair(self, load: int) -> tuple[int, int]:
        """Return the nodes of a load."""
        return self.first + 2 * load, self.first + 2 * load + 1


def by_or_tools(problem: Problem, _start: Sequence[Route], budget: Budget, _report: Report) -> list[Route]:
    """Plan with OR-tools' routing library: parallel cheapest insertion, then guided local search."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    nodes, vehicles = _Nodes(problem), problem.vehicles
    count = len(vehicles)
    manager = pywrapcp.RoutingIndexManager(len(nodes.places), count, list(range(count)), list(range(count, 2 * count)))
    routing = pywrapcp.RoutingModel(manager)
    _costs(problem, nodes, manager, routing)
    _rooms(problem, nodes, routing)
    time = _times(problem, nodes, routing)
    for number, load in enumerate(problem.loads):
        pickup, delivery = (manager.NodeToIndex(node) for node in nodes.pair(number))
        routing.AddPickupAndDelivery(pickup, delivery)
        routing.solver().Add(routing.VehicleVar(pickup) == routing.VehicleVar(delivery))
        routing.solver().Add(time.CumulVar(pickup) <= time.CumulVar(delivery))
        for node, kind, place in ((pickup, "pickup", load.origin), (delivery, "delivery", load.goal)):
            time.CumulVar(node).SetRange(*window_of(problem, Visit(kind, place, (load,))))
            able = [k for k, one in enumerate(vehicles) if may_take(problem, one, load)]
            routing.VehicleVar(node).SetValues([-1, *able])
            routing.AddDisjunction([node], 10**9)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(max(1, round(1000 * budget.seconds)))
    found = routing.SolveWithParameters(parameters)
    return [] if found is None else _routes(problem, nodes, manager, routing, found)


def _costs(problem: Problem, nodes: _Nodes, manager: Any, routing: Any) -> None:
    for number, vehicle in enumerate(problem.vehicles):
        per_second = vehicle.fen_per_hour * _MILLI / 3600
        matrix = [
            [round(m * vehicle.fen_per_km + s * per_second) for m, s in zip(*rows, strict=True)]
            for rows in zip(nodes.metres, nodes.seconds, strict=True)
        ]
        routing.SetArcCostEvaluatorOfVehicle(routing.RegisterTransitMatrix(matrix), number)
        fixed = vehicle.fen_per_day * _MILLI if vehicle.number == 1 else 0
        routing.SetFixedCostOfVehicle(fixed, number)


def _rooms(problem: Problem, nodes: _Nodes, routing: Any) -> None:
    for name in ("all", *_CLASSES):
        change = [0] * len(nodes.places)
        for number, load in enumerate(problem.loads):
            if name in ("all", load.temperature_class):
                pickup, delivery = nodes.pair(number)
                change[pickup], change[delivery] = load.grams, -load.grams
        rooms = [one.capacity_g if name == "all" else room_g(one, name) for one in problem.vehicles]
        routing.AddDimensionWithVehicleCapacity(routing.RegisterUnaryTransitVector(change), 0, rooms, True, name)


def _times(problem: Problem, nodes: _Nodes, routing: Any) -> Any:
    day_s = max(one.until_s for one in problem.vehicles)
    routing.AddDimension(routing.RegisterTransitMatrix(nodes.seconds), day_s, day_s, False, "time")
    time = routing.GetDimensionOrDie("time")
    for number, vehicle in enumerate(problem.vehicles):
        last_s = max(vehicle.free_s, vehicle.back_by(day_s))
        time.CumulVar(routing.Start(number)).SetRange(min(vehicle.free_s, last_s), last_s)
        time.CumulVar(routing.End(number)).SetRange(0, last_s)
        if vehicle.since_s is None:
            time.SetSpanUpperBoundForVehicle(vehicle.longest_s, number)
    return time


def _routes(problem: Problem, nodes: _Nodes, manager: Any, routing: Any, found: Any) -> list[Route]:
    routes = []
    for number, vehicle in enumerate(problem.vehicles):
        node, calls = found.Value(routing.NextVar(routing.Start(number))), []
        while not routing.IsEnd(node):
            load, step = divmod(manager.IndexToNode(node) - nodes.first, 2)
            one = problem.loads[load]
            calls.append(("delivery", one.goal, one) if step else ("pickup", one.origin, one))
            node = found.Value(routing.NextVar(node))
        route = timed(problem, vehicle, visits_of(calls))
        if route is not None:
            routes.append(route)
    return routes


def by_vroom(problem: Problem, _start: Sequence[Route], budget: Budget, _report: Report) -> list[Route]:
    """Plan with VROOM at its highest level, in one thread as all others: every load is a shipment.

    So a vehicle may come back for more, which VROOM's deliveries from a depot may not. What VROOM does not know is left
    out, in its favour: waiting costs it nothing, and a driver's day is bounded by its ends, not by its length.
    """
    import vroom

    loads, vehicles = problem.loads, problem.vehicles
    asked = vroom.Input()
    asked.set_distances_matrix("car", np.array(problem.roads.metres))
    asked.set_durations_matrix("car", _with_stops(problem))
    able = [frozenset(k for k, one in enumerate(vehicles) if may_take(problem, one, load)) for load in loads]
    skill = {who: number for number, who in enumerate(dict.fromkeys(able))}
    for number, load in enumerate(loads):
        amount = [load.grams, *(load.grams if load.temperature_class == one else 0 for one in _CLASSES)]
        steps = [
            _step(vroom, problem, 2 * number, Visit("pickup", load.origin, (load,))),
            _step(vroom, problem, 2 * number + 1, Visit("delivery", load.goal, (load,))),
        ]
        if all(step is not None for step in steps):
            asked.add_shipment(*steps, amount=vroom.Amount(amount), skills={skill[able[number]]})
    for number, one in enumerate(vehicles):
        last_s = one.back_by(DAY_ENDS_S)
        if one.free_s >= last_s:
            continue
        vehicle = vroom.Vehicle(
            number,
            start=problem.roads.index[one.start],
            end=problem.roads.index[one.home],
            capacity=[one.capacity_g, *(room_g(one, name) for name in _CLASSES)],
            skills={of for who, of in skill.items() if number in who},
            time_window=vroom.TimeWindow(one.free_s, last_s),
            costs=vroom.VehicleCosts(one.fen_per_day if one.number == 1 else 0, one.fen_per_hour, one.fen_per_km),
        )
        asked.add_vehicle(vehicle)
    timeout = timedelta(milliseconds=max(1, round(1000 * budget.seconds)))
    calls: dict[int, list[tuple[str, Place, Load]]] = {}
    for row in asked.solve(exploration_level=5, nb_threads=1, timeout=timeout).routes.itertuples():
        if row.type in ("pickup", "delivery"):
            load = loads[int(row.id) // 2]
            place = load.origin if row.type == "pickup" else load.goal
            calls.setdefault(int(row.vehicle_id), []).append((row.type, place, load))
    routes = (timed(problem, vehicles[number], visits_of(made)) for number, made in sorted(calls.items()))
    return [route for route in routes if route is not None]


def _with_stops(problem: Problem) -> Any:
    """Return the times between places; a stop's is part of every way that leads away from it, as for OR-tools."""
    index = problem.roads.index
    seconds: Any = np.array(problem.roads.seconds)
    for place in {place for load in problem.loads for place in (load.origin, load.goal)}:
        away = np.arange(len(seconds)) != index[place]
        seconds[index[place], away] += problem.sites[place].stop_s
    return seconds


def _step(vroom: Any, problem: Problem, number: int, visit: Visit) -> Any:
    """Return one end of a shipment, None where its hours leave no time."""
    first, last = window_of(problem, visit)
    if last < first:
        return None
    index = problem.roads.index[visit.place]
    return vroom.ShipmentStep(number, location=index, time_windows=[vroom.TimeWindow(first, last)])
