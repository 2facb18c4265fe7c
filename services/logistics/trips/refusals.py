"""Why a load rides nowhere: which of its stops, and what about it."""

from dataclasses import replace

from services.logistics.trips.problem import (
    Load,
    Problem,
    Unplanned,
    Vehicle,
    Visit,
    carries,
    legs_of,
    may_stop,
    may_take,
)
from services.logistics.trips.timing import timed


def rested(problem: Problem) -> Problem:
    """Return the problem as if no vehicle had done anything yet, one of each kind: for asking what could be done."""
    pinned = {load.vehicle_id for load in problem.loads}
    fresh = [replace(one, free_s=0, since_s=None, stands=None, number=1) for one in problem.vehicles]
    kinds = [one if one.vehicle_id in pinned else replace(one, vehicle_id="") for one in fresh]
    return replace(problem, vehicles=tuple(dict.fromkeys(kinds)))


def hopeless(problem: Problem, load: Load) -> Unplanned | None:
    """Return why no vehicle of a `rested` problem could take a load if it did nothing else; None when one could."""
    places = [place for place in (load.origin, load.through, load.goal) if place is not None]
    for place in places:
        if place not in problem.sites:
            return Unplanned(load.order_id, "position-unknown", f"nobody has told where {place[0]} {place[1]} is")
    able = [one for one in problem.vehicles if carries(one, load.temperature_class)]
    if not able:
        detail = f"no vehicle of the day keeps {load.temperature_class} food"
        return Unplanned(load.order_id, "no-suitable-vehicle", detail)
    for place in places:
        if not any(may_stop(one, place, problem.sites[place]) for one in able):
            detail = f"no vehicle may take the {problem.sites[place].road} road to {place[1]}"
            return Unplanned(load.order_id, "no-road", detail)
    if not any(
        may_take(problem, replace(one, capacity_g=load.grams, chilled_g=None, frozen_g=None), load) for one in able
    ):
        return Unplanned(load.order_id, "no-suitable-vehicle", "the vehicle it is pinned to may not take it")
    if not any(may_take(problem, one, load) for one in able):
        detail = f"{load.grams} g, the largest vehicle that may take it has room for less"
        return Unplanned(load.order_id, "heavier-than-any-vehicle", detail)
    return _out_of_hours(problem, load)


def _out_of_hours(problem: Problem, load: Load) -> Unplanned | None:
    """Return why no vehicle could do it in time if it had all day."""
    if load.through is not None:
        to_it, from_it = legs_of(problem, load)
        return _out_of_hours(problem, to_it) or _out_of_hours(problem, from_it)
    visits = (Visit("pickup", load.origin, (load,)), Visit("delivery", load.goal, (load,)))
    able = [one for one in problem.vehicles if may_take(problem, one, load)]
    if any(timed(problem, one, visits) is not None for one in able):
        return None
    return Unplanned(load.order_id, "outside-hours", _hours(problem, load, able))


def _hours(problem: Problem, load: Load, vehicles: list[Vehicle]) -> str:
    _, seconds = problem.roads.leg(load.origin, load.goal)
    first = max(load.pickup[0], problem.sites[load.origin].hours[0])
    last = min(load.delivery[1], problem.sites[load.goal].hours[1])
    day_s = max(min(one.longest_s, one.until_s) for one in vehicles)
    return (
        f"{load.origin[1]} is open from {clock(first)}, {load.goal[1]} until {clock(last)}, the way between takes"
        f" {-(-seconds // 60)} min, a driver's day at most {day_s // 60} min"
    )


def clock(second: int) -> str:
    """Return a second of the day as school time, HH:MM."""
    minutes = 5 * 60 + second // 60
    return f"{minutes // 60:02}:{minutes % 60:02}"


def day_too_short(problem: Problem, load: Load) -> Unplanned:
    """Return the refusal of a load that a vehicle could take if it had nothing else to do."""
    count = sum(may_take(problem, one, load) for one in problem.vehicles)
    detail = f"the {count} vehicles that may take it have no hours or room left"
    return Unplanned(load.order_id, "day-too-short", detail)
