"""Routes of an earlier plan as a start: the same way again is driven again, and any start gives a plan that passes."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from benchmarks.made_counties import Size, another_day, made_county, ridden
from services.logistics.trips import greedy
from services.logistics.trips.budget import Budget
from services.logistics.trips.problem import Problem, Ride
from services.logistics.trips.resuming import resumed, rides_of
from tests.unit.logistics.days import a_load, a_problem, a_vehicle, days, planned

COOPERATIVE, SCHOOL, OTHER = ("cooperative", "coop-1"), ("canteen", "sch-1"), ("canteen", "sch-2")


@settings(max_examples=30, deadline=None)
@given(days(), days())
def test_any_earlier_plan_is_a_start(today: Problem, yesterday: Problem) -> None:
    """Whatever was driven before, the plan made from it passes the checker, and is the same each time."""
    resuming = replace(today, rides=ridden(yesterday, planned(yesterday)))
    assert planned(resuming) == planned(resuming)


@pytest.mark.parametrize("points", [0, 1])
def test_the_same_day_again_is_driven_again(points: int) -> None:
    """From its own routes a day costs no more than it did, with hardly any search."""
    day = made_county(Size(schools=12, cooperatives=8), 3, points)
    searched = planned(day, Budget(60.0, 400, patience=400))
    again = planned(replace(day, rides=ridden(day, searched)), Budget(60.0, 1))
    cold = planned(day, Budget(60.0, 1))
    assert searched.cost_fen < cold.cost_fen
    assert again.cost_fen <= searched.cost_fen


def test_what_goes_the_same_way_rides_with_the_same_vehicle() -> None:
    """A vehicle sets down again in the order it did; what is new, pinned elsewhere or without its vehicle is left."""
    calls = [
        ("veh-1", "pickup", COOPERATIVE, ["ord-1", "ord-2"]),
        ("veh-1", "delivery", OTHER, ["ord-2"]),
        ("veh-1", "delivery", SCHOOL, ["ord-1"]),
        ("veh-2", "pickup", COOPERATIVE, ["ord-3"]),
        ("veh-2", "delivery", SCHOOL, ["ord-3"]),
    ]
    rides = rides_of(calls, {"ord-1": "ambient", "ord-2": "ambient", "ord-3": "chilled"})
    assert rides == (
        Ride(COOPERATIVE, OTHER, "ambient", "veh-1", 0, 1),
        Ride(COOPERATIVE, SCHOOL, "ambient", "veh-1", 0, 2),
        Ride(COOPERATIVE, SCHOOL, "chilled", "veh-2", 3, 4),
    )
    loads = [
        a_load("new-1"),
        a_load("new-2", goal=OTHER),
        a_load("new-3", temperature_class="chilled"),
        a_load("new-4", goal=("canteen", "sch-3")),
    ]
    (route,) = resumed(replace(a_problem(loads, [a_vehicle("veh-1")]), rides=rides))
    assert [(visit.place, visit.orders) for visit in route.visits] == [
        (COOPERATIVE, ("new-1", "new-2")),
        (OTHER, ("new-2",)),
        (SCHOOL, ("new-1",)),
    ]
    pinned = [replace(load, vehicle_id="veh-2") for load in loads]
    assert resumed(replace(a_problem(pinned, [a_vehicle("veh-1"), a_vehicle("veh-2")]), rides=rides)) == []


def test_the_greedy_routes_are_another_start() -> None:
    """Where rides say little, what the greedy planner makes is the better start and is taken."""
    day = another_day(made_county(Size(schools=12, cooperatives=8), 3, 0), 1)
    one = replace(day, loads=day.loads[:1], rides=())
    little = replace(day, rides=ridden(one, planned(one)))
    assert len(resumed(little)) <= 1 < len(greedy.routes_of(day, lambda _done: None))
    assert planned(little, Budget(60.0, 1)).cost_fen <= planned(day, Budget(seconds=0)).cost_fen
