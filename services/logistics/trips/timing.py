"""When a vehicle is where: the times of a sequence of visits, and the trips they make."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from services.logistics.trips.problem import (
    Load,
    Place,
    PlannedTrip,
    Problem,
    Route,
    Stop,
    Vehicle,
    Visit,
    Window,
    regime,
    window_of,
)
from shared.quantities import divide


def visits_of(calls: Iterable[tuple[str, Place, Load]]) -> list[Visit]:
    """Return what is done at places one after the other, as visits: the same at the same place is one."""
    visits: list[Visit] = []
    for kind, place, load in calls:
        if visits and (visits[-1].kind, visits[-1].place) == (kind, place):
            visits[-1] = replace(visits[-1], loads=(*visits[-1].loads, load))
        else:
            visits.append(Visit(kind, place, (load,)))
    return visits


def arrivals(problem: Problem, vehicle: Vehicle, visits: Sequence[Visit], starts_s: int) -> list[int] | None:
    """Return when each visit begins if the vehicle leaves then, waiting where it is early; None where it is late."""
    clock, here, times = starts_s, vehicle.start, []
    for visit in visits:
        clock += problem.roads.leg(here, visit.place)[1]
        early, late = window_of(problem, visit)
        clock = max(clock, early)
        if clock > late:
            return None
        times.append(clock)
        clock += problem.sites[visit.place].stop_s
        here = visit.place
    return times


def timed(problem: Problem, vehicle: Vehicle, visits: Sequence[Visit]) -> Route | None:
    """Return the route with the latest start that is not back later for it; None where no start keeps all hours."""
    if not visits:
        return None
    places = [vehicle.start, *(visit.place for visit in visits), vehicle.home]
    legs_s = [problem.roads.leg(here, there)[1] for here, there in pairwise(places)]
    stops_s = [problem.sites[visit.place].stop_s for visit in visits]
    starts_s = latest_start_s(vehicle, legs_s, stops_s, [window_of(problem, visit) for visit in visits])
    return None if starts_s is None else Route(vehicle, tuple(visits), starts_s)


def latest_start_s(
    vehicle: Vehicle, legs_s: Sequence[int], stops_s: Sequence[int], hours: Sequence[Window]
) -> int | None:
    """Return the latest start that is not back later for it; None where no start keeps the hours of all stops.

    `legs_s` are the ways to each stop and home, in s; each stop begins within its `hours`.
    """
    clock, latest = vehicle.free_s, 0
    for leg_s, stop_s, (early, late) in zip(legs_s, stops_s, hours, strict=False):
        latest = max(clock + leg_s, early)
        if latest > late:
            return None
        clock = latest + stop_s
    for number in range(len(stops_s) - 2, -1, -1):
        latest = min(hours[number][1], latest - stops_s[number] - legs_s[number + 1])
    starts_s = latest - legs_s[0]
    return starts_s if clock + legs_s[-1] <= vehicle.back_by(starts_s) else None


def trips_of(problem: Problem, route: Route) -> list[PlannedTrip]:
    """Return the trips of a vehicle's route: one ends where it is empty, the last one at home.

    Raises ValueError for a route that does not keep the hours of its places.
    """
    times = arrivals(problem, route.vehicle, route.visits, route.starts_s)
    if times is None:
        raise ValueError(f"the route of {route.vehicle.vehicle_id} is late")
    trips: list[PlannedTrip] = []
    aboard, first = set[str](), 0
    for index, visit in enumerate(route.visits):
        aboard = aboard | set(visit.orders) if visit.kind == "pickup" else aboard - set(visit.orders)
        if not aboard:
            trips.append(_trip(problem, route, times, (first, index + 1), trips))
            first = index + 1
    return trips


def _trip(
    problem: Problem, route: Route, times: Sequence[int], part: tuple[int, int], before: Sequence[PlannedTrip]
) -> PlannedTrip:
    """Return the trip of the visits from part[0] to part[1]."""
    vehicle, visits = route.vehicle, route.visits[part[0] : part[1]]
    start = before[-1].end if before else vehicle.start
    path = [start, *(visit.place for visit in visits)]
    if part[1] == len(route.visits):
        path.append(vehicle.home)
    legs = [problem.roads.leg(here, there) for here, there in pairwise(path)]
    starts_s = times[part[0]] - legs[0][1] if before else route.starts_s
    ends_s = times[part[1] - 1] + problem.sites[visits[-1].place].stop_s
    if part[1] == len(route.visits):
        ends_s += legs[-1][1]
    metres = sum(metres for metres, _ in legs)
    loads = {load.order_id: load for visit in visits for load in visit.loads}
    number = vehicle.number + len(before)
    return PlannedTrip(
        vehicle_id=vehicle.vehicle_id,
        number=number,
        temperature_class=regime(vehicle, {load.temperature_class for load in loads.values()}),
        load_g=sum(load.grams for load in loads.values()),
        distance_m=metres,
        cost_fen=cost_fen(vehicle, metres, ends_s - starts_s, first=number == 1),
        starts_s=starts_s,
        ends_s=ends_s,
        start=start,
        end=path[-1],
        stops=tuple(
            Stop(visit.kind, visit.place, at_s, visit.orders)
            for visit, at_s in zip(visits, times[part[0] : part[1]], strict=True)
        ),
    )


def cost_fen(vehicle: Vehicle, metres: int, seconds: int, *, first: bool) -> int:
    """Return the freight of a trip in fen: its km, its hours and, with the day's first trip, the day."""
    by_way = divide(metres * vehicle.fen_per_km, 1000) + divide(seconds * vehicle.fen_per_hour, 3600)
    return by_way + (vehicle.fen_per_day if first else 0)


def after(problem: Problem, route: Route) -> Vehicle:
    """Return the vehicle as it stands, free again, after a route that keeps its hours."""
    times = arrivals(problem, route.vehicle, route.visits, route.starts_s)
    if times is None:
        raise ValueError(f"the route of {route.vehicle.vehicle_id} is late")
    last, vehicle = route.visits[-1].place, route.vehicle
    return replace(
        vehicle,
        stands=last,
        free_s=times[-1] + problem.sites[last].stop_s,
        since_s=route.starts_s if vehicle.since_s is None else vehicle.since_s,
        number=vehicle.number + 1,
    )
