"""The router: any plan it makes passes the checker, whatever the day asks for."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.logistics.trips.problem import DAY_ENDS_S, Load, Plan, Problem, Vehicle, road_m
from services.logistics.trips.routing import check, plan

COOPERATIVES = {"coop-1": (28.10, 109.10), "coop-2": (28.20, 109.00), "coop-3": (28.45, 109.20)}
CANTEENS = {"sch-1": (28.17, 109.20), "sch-2": (28.05, 109.25), "sch-3": (28.40, 109.05)}
DEPOT = (28.15, 109.15)
CLASSES = st.sampled_from(["ambient", "chilled", "frozen"])


def a_load(order_id: str, grams: int = 100_000, temperature_class: str = "ambient", **place: str) -> Load:
    """A consignment from coop-1 to sch-1."""
    places = {"cooperative_id": "coop-1", "canteen_id": "sch-1"} | place
    return Load(order_id=order_id, grams=grams, temperature_class=temperature_class, **places)


def a_vehicle(vehicle_id: str = "veh-1", temperature_class: str = "ambient", **more: int | bool) -> Vehicle:
    """A vehicle that carries 1 t."""
    made = Vehicle(vehicle_id, DEPOT, 1_000_000, temperature_class)
    return replace(made, **more)  # type: ignore[arg-type]


def planned(loads: list[Load], vehicles: list[Vehicle]) -> tuple[Problem, Plan]:
    """Plan, and prove the plan."""
    problem = Problem(tuple(loads), tuple(vehicles), COOPERATIVES, CANTEENS)
    made = plan(problem, lambda _done: None)
    assert check(problem, made) == []
    return problem, made


@st.composite
def days(draw: st.DrawFn) -> Problem:
    """A day with up to 25 consignments and 4 vehicles of any kind."""
    loads = [
        Load(
            f"ord-{n}",
            draw(st.sampled_from([*COOPERATIVES, "coop-unknown"])),
            draw(st.sampled_from(list(CANTEENS))),
            draw(st.integers(1, 900_000)),
            draw(CLASSES),
        )
        for n in range(draw(st.integers(0, 25)))
    ]
    vehicles = [
        Vehicle(
            f"veh-{n}",
            DEPOT,
            draw(st.integers(1_000, 2_000_000)),
            draw(CLASSES),
            draw(st.booleans()),
            draw(st.integers(0, DAY_ENDS_S)),
            draw(st.integers(1, 3)),
        )
        for n in range(draw(st.integers(0, 4)))
    ]
    boxed = [replace(one, frozen_boxes=one.frozen_boxes and one.temperature_class == "chilled") for one in vehicles]
    return Problem(tuple(loads), tuple(boxed), COOPERATIVES, CANTEENS)


@settings(max_examples=60, deadline=None)
@given(days())
def test_every_order_is_planned_once_or_named(problem: Problem) -> None:
    """Whatever the day, the checker finds nothing: every order once, capacity, cold, order of stops and time kept."""
    made = plan(problem, lambda _done: None)
    assert check(problem, made) == []
    assert made == plan(problem, lambda _done: None)


def test_neighbours_share_a_vehicle() -> None:
    """Consignments between the same places ride together."""
    _, made = planned([a_load(f"ord-{n}") for n in range(5)], [a_vehicle("veh-1"), a_vehicle("veh-2")])
    assert [trip.load_g for trip in made.trips] == [500_000]


def test_a_vehicle_goes_again_when_it_is_back() -> None:
    """What does not fit the first trip rides on the second, which starts when the first ends."""
    _, made = planned([a_load(f"ord-{n}", 600_000) for n in range(3)], [a_vehicle()])
    assert [trip.number for trip in made.trips] == [1, 2, 3]
    assert all(later.starts_s >= trip.ends_s for trip, later in pairwise(made.trips))


@pytest.mark.parametrize(
    ("load", "vehicle", "reason"),
    [
        (a_load("ord-1", 1_000_001), a_vehicle(), "heavier-than-any-vehicle"),
        (a_load("ord-1", temperature_class="chilled"), a_vehicle(), "no-suitable-vehicle"),
        (a_load("ord-1", temperature_class="frozen"), a_vehicle(temperature_class="chilled"), "no-suitable-vehicle"),
        (a_load("ord-1", canteen_id="sch-unknown"), a_vehicle(), "position-unknown"),
        (a_load("ord-1"), a_vehicle(free_s=DAY_ENDS_S), "day-too-short"),
    ],
)
def test_what_cannot_ride_is_named(load: Load, vehicle: Vehicle, reason: str) -> None:
    """What fits in no vehicle is left out with the reason."""
    _, made = planned([load], [vehicle])
    assert made.unplanned == (("ord-1", reason),)


def test_frozen_food_rides_frozen_or_in_boxes() -> None:
    """Frozen food rides in a frozen vehicle or in boxes of a chilled one; a frozen space takes nothing else with it."""
    frozen, ambient = a_load("ord-1", temperature_class="frozen"), a_load("ord-2")
    _, boxed = planned([frozen, ambient], [a_vehicle("veh-1", "chilled", frozen_boxes=True)])
    assert [trip.temperature_class for trip in boxed.trips] == ["chilled"]
    _, apart = planned([frozen, ambient], [a_vehicle("veh-1", "frozen")])
    assert sorted(trip.temperature_class for trip in apart.trips) == ["ambient", "frozen"]


def test_the_checker_finds_what_is_wrong() -> None:
    """A plan with an order forgotten, doubled, set down first, overloaded or too fast does not pass."""
    problem, made = planned([a_load("ord-1"), a_load("ord-2", canteen_id="sch-2")], [a_vehicle()])
    (trip,) = made.trips
    pickup, *deliveries = trip.stops
    wrong = [
        replace(trip, stops=(*deliveries, pickup)),
        replace(trip, stops=(pickup, deliveries[0])),
        replace(trip, stops=(pickup, *deliveries, deliveries[0])),
        replace(trip, stops=(pickup, replace(deliveries[0], at_s=pickup.at_s), deliveries[1])),
        replace(trip, stops=(pickup, replace(deliveries[0], place_id="sch-3"), deliveries[1])),
        replace(trip, distance_m=1),
        replace(trip, load_g=1),
        replace(trip, ends_s=trip.starts_s),
        replace(trip, starts_s=-1),
    ]
    for one in wrong:
        assert check(problem, Plan((one,), ())), one
    assert check(replace(problem, vehicles=(a_vehicle(capacity_g=150_000),)), made)
    assert check(problem, Plan(made.trips, (("ord-9", "lost"),)))
    assert check(problem, Plan((*made.trips, *made.trips), ()))


def test_roads_are_longer_than_the_straight_line() -> None:
    """A degree of latitude is 111 km straight and 178 km by mountain road."""
    assert round(road_m((28.0, 109.0), (29.0, 109.0)) / 1000) == 178
