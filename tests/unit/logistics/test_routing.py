"""The router: any plan it makes passes the checker, whatever the day asks for."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings

from benchmarks.made_counties import Size, made_county
from services.logistics.roads.estimate import estimated
from services.logistics.trips import optimiser
from services.logistics.trips.budget import Budget
from services.logistics.trips.problem import DAY_ENDS_S, Load, Plan, Problem, Site, Unplanned, Vehicle
from services.logistics.trips.routing import Task, check, plan
from shared.workers import Cancelled
from tests.unit.logistics.days import DEPOT, GREEDY, POINT, QUICK, a_load, a_problem, a_vehicle, days, planned

SCHOOL, OTHER = ("canteen", "sch-1"), ("canteen", "sch-2")
NINE = 4 * 3600


@settings(max_examples=30, deadline=None)
@given(days())
def test_every_order_is_planned_once_or_named(problem: Problem) -> None:
    """Whatever the day, the checker finds nothing, and the same day gives the same plan."""
    made = planned(problem)
    assert made == planned(problem)


@settings(max_examples=60, deadline=None)
@given(days())
def test_the_greedy_planner_is_always_there(problem: Problem) -> None:
    """Without the optimiser there is a plan that passes, and the optimiser's leaves no more behind."""
    made = planned(problem, GREEDY)
    assert all("greedy" in note for note in made.notes)


def test_neighbours_share_a_vehicle() -> None:
    """Consignments between the same places ride together."""
    made = planned(a_problem([a_load(f"ord-{n}") for n in range(5)], [a_vehicle("veh-1"), a_vehicle("veh-2")]))
    assert [trip.load_g for trip in made.trips] == [500_000]


def test_a_vehicle_goes_again_when_it_is_empty() -> None:
    """What does not fit the first trip rides on the second; the last one ends at home, and all cost what they are."""
    made = planned(a_problem([a_load(f"ord-{n}", 600_000) for n in range(3)], [a_vehicle(fen_per_day=5_000)]))
    assert [trip.number for trip in made.trips] == [1, 2, 3]
    assert all(later.starts_s >= trip.ends_s for trip, later in pairwise(made.trips))
    assert [trip.end for trip in made.trips] == [SCHOOL, SCHOOL, DEPOT]
    first, second, _ = made.trips
    assert first.cost_fen == 5_000 + round(first.distance_m * 0.4) + round((first.ends_s - first.starts_s) / 1.44)
    assert second.cost_fen == round(second.distance_m * 0.4) + round((second.ends_s - second.starts_s) / 1.44)


def a_vehicle_and(**more: Any) -> list[Vehicle]:
    """One vehicle."""
    return [a_vehicle(**more)]


@pytest.mark.parametrize(
    ("load", "vehicles", "site", "reason"),
    [
        (a_load("ord-1", 1_000_001), a_vehicle_and(), Site(), "heavier-than-any-vehicle"),
        (a_load("ord-1", temperature_class="chilled"), a_vehicle_and(), Site(), "no-suitable-vehicle"),
        (a_load("ord-1", 9, "frozen"), a_vehicle_and(temperature_class="chilled"), Site(), "no-suitable-vehicle"),
        (a_load("ord-1", goal=("canteen", "sch-unknown")), a_vehicle_and(), Site(), "position-unknown"),
        (a_load("ord-1"), a_vehicle_and(free_s=DAY_ENDS_S), Site(), "day-too-short"),
        (a_load("ord-1"), a_vehicle_and(roads="gravel"), Site(road="track"), "no-road"),
        (a_load("ord-1"), a_vehicle_and(canteens=frozenset({"sch-2"})), Site(), "no-road"),
        (a_load("ord-1"), a_vehicle_and(), Site(hours=(0, 900)), "outside-hours"),
        (a_load("ord-1"), a_vehicle_and(longest_s=1800), Site(), "outside-hours"),
        (a_load("ord-1", vehicle_id="veh-2"), a_vehicle_and(), Site(), "no-suitable-vehicle"),
    ],
)
def test_what_cannot_ride_is_named(load: Load, vehicles: list[Vehicle], site: Site, reason: str) -> None:
    """What fits in no vehicle is left out with the reason, in words too, and the rest is planned."""
    rest = a_load("ord-2", goal=OTHER)
    made = planned(
        a_problem([load, rest], [*vehicles, a_vehicle("veh-9", canteens=frozenset({"sch-2"}))], {SCHOOL: site})
    )
    assert [(one.order_id, one.reason, bool(one.detail)) for one in made.unplanned] == [("ord-1", reason, True)]
    assert [stop.order_ids for trip in made.trips for stop in trip.stops] == [("ord-2",), ("ord-2",)]


def test_frozen_food_rides_frozen_or_in_boxes() -> None:
    """Frozen food rides in a frozen vehicle or in boxes of a chilled one; a frozen space takes nothing else with it."""
    loads = [a_load("ord-1", temperature_class="frozen"), a_load("ord-2")]
    boxed = planned(a_problem(loads, [a_vehicle("veh-1", "chilled", frozen_boxes=True)]))
    assert [trip.temperature_class for trip in boxed.trips] == ["chilled"]
    apart = planned(a_problem(loads, [a_vehicle("veh-1", "frozen")]))
    assert sorted(trip.temperature_class for trip in apart.trips) == ["ambient", "frozen"]
    narrow = planned(a_problem(loads[:1], [a_vehicle("veh-1", "chilled", frozen_boxes=True, frozen_g=90_000)]))
    assert [one.reason for one in narrow.unplanned] == ["heavier-than-any-vehicle"]


def test_schools_are_reached_in_their_hours() -> None:
    """A school is reached before it closes, or not at all."""
    told = {SCHOOL: Site(hours=(0, NINE))}
    assert planned(a_problem([a_load("ord-1")], [a_vehicle()], told)).trips[0].stops[-1].at_s <= NINE
    late = planned(a_problem([a_load("ord-1")], [a_vehicle(free_s=NINE)], told))
    assert (late.trips, [one.reason for one in late.unplanned]) == ((), ["day-too-short"])


def test_what_is_gathered_at_a_point_leaves_it_together() -> None:
    """Loads through a collection point are brought there first, and leave it for the schools when all is there."""
    loads = [
        a_load("ord-1", through=POINT),
        a_load("ord-2", origin=("cooperative", "coop-2"), through=POINT),
        a_load("ord-3", origin=("cooperative", "coop-2"), goal=OTHER, through=POINT),
    ]
    made = planned(a_problem(loads, [a_vehicle("veh-1"), a_vehicle("veh-2")]))
    at_point = [stop for trip in made.trips for stop in trip.stops if stop.place == POINT]
    assert {stop.kind for stop in at_point} == {"pickup", "delivery"}
    assert all(stop.at_s >= 3 * 3600 for stop in at_point if stop.kind == "pickup")
    assert all(stop.at_s <= 3 * 3600 - 600 for stop in at_point if stop.kind == "delivery")


def test_a_pinned_load_rides_with_its_vehicle() -> None:
    """What is pinned rides with that vehicle, at the hour asked for, though another would be cheaper."""
    load = a_load("ord-1", vehicle_id="veh-2", delivery=(7_200, 7_800))
    made = planned(a_problem([load], [a_vehicle("veh-1"), a_vehicle("veh-2", fen_per_km=900)]))
    assert [trip.vehicle_id for trip in made.trips] == ["veh-2"]
    assert 7_200 <= made.trips[0].stops[-1].at_s <= 7_800


def test_the_optimiser_is_cheaper_than_the_greedy_planner() -> None:
    """A county's morning of thirty consignments costs less by PyVRP than by the greedy planner."""
    problem = made_county(Size(schools=15, cooperatives=6, suppliers=2), seed=1, points=0)
    better, greedy = planned(problem, Budget(60.0, iterations=300, patience=300)), planned(problem, GREEDY)
    assert (better.unplanned, better.notes) == ((), ("direct: PyVRP",))
    assert better.cost_fen < greedy.cost_fen


def test_a_short_memory_finds_cheaper_routes_in_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counties of a hundred schools cost less after 400 steps than with what PyVRP remembers by itself."""
    budget = Budget(600.0, iterations=400, patience=400)
    counties = [made_county(Size(schools=100, cooperatives=75), seed) for seed in (1, 2)]
    ours = sum(planned(county, budget).cost_fen for county in counties)
    monkeypatch.setattr(optimiser, "_MEMORY", 300)
    assert ours < sum(planned(county, budget).cost_fen for county in counties)


def test_a_failing_optimiser_is_no_failing_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the optimiser fails, the greedy plan stands and says why; what is not wanted any more is not planned."""

    def fails(*_: object) -> None:
        raise OverflowError("too much")

    def unwanted(*_: object) -> None:
        raise Cancelled

    problem = a_problem([a_load("ord-1")], [a_vehicle()])
    monkeypatch.setattr(optimiser, "improved", fails)
    made = planned(problem)
    assert len(made.trips) == 1
    assert "too much" in made.notes[0]
    monkeypatch.setattr(optimiser, "improved", unwanted)
    with pytest.raises(Cancelled):
        plan(Task(problem, QUICK), lambda _done: None)


def test_the_checker_finds_what_is_wrong() -> None:
    """A plan with an order forgotten, doubled, set down first, overloaded, too fast or too cheap does not pass."""
    problem = a_problem([a_load("ord-1"), a_load("ord-2", goal=OTHER)], [a_vehicle()])
    made = planned(problem)
    (trip,) = made.trips
    pickup, *deliveries = trip.stops
    wrong = [
        replace(trip, stops=(*deliveries, pickup)),
        replace(trip, stops=(pickup, deliveries[0])),
        replace(trip, stops=(pickup, *deliveries, deliveries[0])),
        replace(trip, stops=(pickup, replace(deliveries[0], at_s=pickup.at_s), deliveries[1])),
        replace(trip, stops=(pickup, replace(deliveries[0], place=("canteen", "sch-3")), deliveries[1])),
        replace(trip, distance_m=1),
        replace(trip, cost_fen=1),
        replace(trip, load_g=1),
        replace(trip, ends_s=trip.starts_s),
        replace(trip, starts_s=-1),
        replace(trip, start=POINT),
        replace(trip, end=SCHOOL),
        replace(trip, vehicle_id="veh-9"),
        replace(trip, number=2),
    ]
    for one in wrong:
        assert check(problem, Plan((one,), ())), one
    assert check(problem, Plan(made.trips, (Unplanned("ord-9", "lost"),)))
    assert check(problem, Plan((*made.trips, *made.trips), ()))


@pytest.mark.parametrize(
    "changed",
    [
        {"vehicles": (a_vehicle(capacity_g=150_000),)},
        {"vehicles": (a_vehicle(longest_s=600),)},
        {"vehicles": (a_vehicle(until_s=600),)},
        {"vehicles": (a_vehicle(free_s=DAY_ENDS_S),)},
        {"vehicles": (a_vehicle(canteens=frozenset()),)},
        {"loads": (a_load("ord-1", 100_000, "chilled"), a_load("ord-2", goal=OTHER))},
        {"loads": (a_load("ord-1", vehicle_id="veh-2"), a_load("ord-2", goal=OTHER))},
        {"loads": (a_load("ord-1", through=POINT), a_load("ord-2", goal=OTHER))},
        {"loads": (a_load("ord-1", delivery=(0, 1)), a_load("ord-2", goal=OTHER))},
    ],
)
def test_a_plan_is_checked_against_what_was_asked(changed: dict[str, Any]) -> None:
    """A plan that was right for another day is not for one with less room, shorter hours, or other wishes."""
    problem = a_problem([a_load("ord-1"), a_load("ord-2", goal=OTHER)], [a_vehicle()])
    assert check(replace(problem, **changed), planned(problem))


def test_roads_are_longer_than_the_straight_line() -> None:
    """A degree of latitude is 111 km straight and 178 km by mountain road."""
    a, b = ("depot", "a"), ("depot", "b")
    metres, seconds = estimated({a: (28.0, 109.0), b: (29.0, 109.0)}).leg(a, b)
    assert (round(metres / 1000), round(seconds / 3600, 1)) == (178, 5.9)
