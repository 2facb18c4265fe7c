"""Days to plan, for tests of routing: three cooperatives, three schools, a depot, a collection point."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from services.logistics.roads.estimate import estimated
from services.logistics.trips.budget import Budget
from services.logistics.trips.problem import DAY_ENDS_S, Load, Place, Plan, Problem, Site, Vehicle
from services.logistics.trips.routing import Task, check, plan

DEPOT, POINT = ("depot", "dep-1"), ("point", "dep-2")
POSITIONS: dict[Place, tuple[float, float]] = {
    DEPOT: (28.15, 109.15),
    POINT: (28.18, 109.10),
    ("cooperative", "coop-1"): (28.10, 109.10),
    ("cooperative", "coop-2"): (28.20, 109.00),
    ("cooperative", "coop-3"): (28.45, 109.20),
    ("canteen", "sch-1"): (28.17, 109.20),
    ("canteen", "sch-2"): (28.05, 109.25),
    ("canteen", "sch-3"): (28.40, 109.05),
}
ROADS = estimated(POSITIONS)
SITES = {place: Site() for place in POSITIONS} | {POINT: Site(onward_s=3 * 3600)}
CLASSES = st.sampled_from(["ambient", "chilled", "frozen"])
QUICK, GREEDY = Budget(seconds=60.0, iterations=60, patience=30), Budget(seconds=0)


def a_load(order_id: str, grams: int = 100_000, temperature_class: str = "ambient", **more: Any) -> Load:
    """A consignment from coop-1 to sch-1."""
    places = {"origin": ("cooperative", "coop-1"), "goal": ("canteen", "sch-1")} | more
    return Load(order_id=order_id, grams=grams, temperature_class=temperature_class, **places)


def a_vehicle(vehicle_id: str = "veh-1", temperature_class: str = "ambient", **more: Any) -> Vehicle:
    """A vehicle that carries 1 t."""
    return replace(Vehicle(vehicle_id, DEPOT, 1_000_000, temperature_class), **more)


def a_problem(loads: list[Load], vehicles: list[Vehicle], sites: Mapping[Place, Site] | None = None) -> Problem:
    """A day of those loads and vehicles."""
    return Problem(tuple(loads), tuple(vehicles), {**SITES, **(sites or {})}, ROADS)


def planned(problem: Problem, budget: Budget = QUICK) -> Plan:
    """Plan, and prove the plan."""
    made = plan(Task(problem, budget), lambda _done: None)
    assert check(problem, made) == []
    return made


@st.composite
def windows(draw: st.DrawFn) -> tuple[int, int]:
    """Hours of a place: any, but not none at all."""
    opens = draw(st.integers(0, DAY_ENDS_S // 2))
    return opens, draw(st.integers(opens, DAY_ENDS_S))


@st.composite
def days(draw: st.DrawFn, most_loads: int = 20) -> Problem:
    """A day with consignments and up to 4 vehicles of any kind, places with hours and roads of any kind."""
    places = [place for place in POSITIONS if place[0] in ("cooperative", "canteen")]
    sites = {
        place: Site(draw(windows()), draw(st.integers(60, 1800)), draw(st.sampled_from(["paved", "gravel"])))
        for place in places
    }
    names = [f"veh-{number}" for number in range(draw(st.integers(0, 4)))]
    loads = [
        a_load(
            f"ord-{number}",
            draw(st.integers(1, 900_000)),
            draw(CLASSES),
            origin=("cooperative", draw(st.sampled_from(["coop-1", "coop-2", "coop-3", "coop-unknown"]))),
            goal=("canteen", draw(st.sampled_from(["sch-1", "sch-2", "sch-3"]))),
            through=draw(st.sampled_from([None, None, POINT])),
            vehicle_id=draw(st.sampled_from([None, None, None, *names])),
        )
        for number in range(draw(st.integers(0, most_loads)))
    ]
    return a_problem(loads, [_any_vehicle(draw, name) for name in names], sites)


def _any_vehicle(draw: st.DrawFn, name: str) -> Vehicle:
    temperature_class = draw(CLASSES)
    return a_vehicle(
        name,
        temperature_class,
        capacity_g=draw(st.integers(1_000, 2_000_000)),
        frozen_boxes=temperature_class == "chilled" and draw(st.booleans()),
        frozen_g=draw(st.sampled_from([None, 200_000])),
        free_s=draw(st.integers(0, DAY_ENDS_S // 2)),
        until_s=draw(st.integers(DAY_ENDS_S // 2, DAY_ENDS_S)),
        longest_s=draw(st.integers(1800, DAY_ENDS_S)),
        number=draw(st.integers(1, 3)),
        roads=draw(st.sampled_from(["paved", "track"])),
        canteens=draw(st.sampled_from([None, frozenset({"sch-1", "sch-2"})])),
        fen_per_km=draw(st.integers(0, 1000)),
        fen_per_hour=draw(st.integers(0, 5000)),
        fen_per_day=draw(st.integers(0, 20_000)),
    )
