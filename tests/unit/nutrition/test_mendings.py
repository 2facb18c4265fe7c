"""Mendings: the cheapest small change that lifts a target the best menu misses."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.nutrition.planning.changes import changes_of
from services.nutrition.planning.checking import broken_rules, check
from services.nutrition.planning.clashing import Clashing
from services.nutrition.planning.judged import judged
from services.nutrition.planning.mending import mendings_of
from services.nutrition.planning.planner import PlanOptions, plan_menu
from services.nutrition.planning.problem import Choice, Mending, Plan, Problem, Unmendable, Unmended
from services.nutrition.standards.domain import Per, TargetKind
from tests.unit.nutrition import weeks as w
from tests.unit.nutrition.handmade import Dish, a_problem, menu
from tests.unit.nutrition.problems import a_random_problem

CALCIUM = w.a_target(TargetKind.NUTRIENT, "calcium_mg", low=400.0)
SODIUM = w.a_target(TargetKind.NUTRIENT, "sodium_mg", high=100.0)
RICE = Dish("staple", 0.40)
QUICK = PlanOptions(moves_per_slot=400, alternatives=0)


def dish_of(problem: Problem, mending: Mending) -> str | None:
    """The code of a mending's dish."""
    return problem.plates.kitchen.dish_codes[mending.dish] if mending.dish >= 0 else None


def test_milk_daily() -> None:
    """Milk daily for ¥2.00 more lifts calcium from nothing to half, and the budget of ¥1.00 is told to be short."""
    dishes = {"rice": RICE, "milk": Dish("milk", 2.0, {"calcium_mg": 200})}
    problem = a_problem(dishes, ["staple", "milk?"], 5, [CALCIUM], budget_mfen=500_000)
    found = mendings_of(problem, menu(problem, *["rice", None] * 5))
    assert found.unmended == ()
    (mending,) = found.found
    assert (dish_of(problem, mending), mending.slots) == ("milk", (1, 3, 5, 7, 9))
    assert [mending.value_before, mending.value_after] == pytest.approx([0.0, 200.0])
    assert [mending.miss_before, mending.miss_after] == pytest.approx([1.0, 0.5])
    assert mending.cost_mfen_per_day == 200_000
    assert mending.over_budget_mfen_per_day == 140_000


def test_a_dish_that_must_rest_is_no_daily_one() -> None:
    """What may come every other day only mends one day, not every day."""
    dishes = {"rice": RICE, "milk": Dish("milk", 2.0, {"calcium_mg": 200}, gap=2)}
    problem = a_problem(dishes, ["staple", "milk?"], 5, [CALCIUM])
    (mending,) = mendings_of(problem, menu(problem, *["rice", None] * 5)).found
    assert len(mending.slots) == 1
    assert mending.value_after == pytest.approx(40.0)


def test_days_that_have_something_better_keep_it() -> None:
    """Milk for the days without any leaves the yoghurt of the others where it is."""
    dishes = {
        "rice": RICE,
        "milk": Dish("milk", 1.0, {"calcium_mg": 200}),
        "yoghurt": Dish("milk", 1.0, {"calcium_mg": 300}, gap=5),
    }
    problem = a_problem(dishes, ["staple", "milk?"], 3, [CALCIUM])
    (mending,) = mendings_of(problem, menu(problem, "rice", "yoghurt", "rice", None, "rice", None)).found
    assert (dish_of(problem, mending), mending.slots) == ("milk", (3, 5))


def test_most_lift_for_the_money() -> None:
    """Of what lifts at least half as far as the best does, the one that lifts most per ¥; a crumb is not offered."""
    dishes = {
        "plain": Dish(yuan=1.0),
        "cheese": Dish(yuan=9.0, per_100g={"calcium_mg": 400}),
        "tofu": Dish(yuan=2.0, per_100g={"calcium_mg": 250}),
        "greens": Dish(yuan=1.1, per_100g={"calcium_mg": 100}),
    }
    problem = a_problem(dishes, ["main"], 1, [CALCIUM])
    (mending,) = mendings_of(problem, menu(problem, "plain")).found
    assert (dish_of(problem, mending), mending.cost_mfen_per_day) == ("tofu", 100_000)


def test_too_much_is_mended_by_leaving_out() -> None:
    """A target that is exceeded may be mended by an empty place, which costs less than nothing."""
    dishes = {"rice": RICE, "pickles": Dish("side", 0.3, {"sodium_mg": 500})}
    problem = a_problem(dishes, ["staple", "side?"], 1, [SODIUM])
    (mending,) = mendings_of(problem, menu(problem, "rice", "pickles")).found
    assert (mending.dish, mending.slots, mending.cost_mfen_per_day) == (-1, (1,), -30_000)


def test_what_no_dish_can_mend() -> None:
    """Where nothing in the library lifts a target it is said so."""
    problem = a_problem({"a": Dish(), "b": Dish()}, ["main"], 1, [CALCIUM])
    found = mendings_of(problem, menu(problem, "a"))
    assert found.found == ()
    assert found.unmended == (Unmended(CALCIUM.key, Unmendable.NOTHING_LIFTS),)


def test_nothing_is_mended_at_the_cost_of_others() -> None:
    """What lifts a target by less than it worsens another is no mending; it is said which one stands against it."""
    dishes = {"plain": Dish(), "brine": Dish(per_100g={"calcium_mg": 40, "sodium_mg": 200})}
    problem = a_problem(dishes, ["main"], 1, [CALCIUM, SODIUM])
    found = mendings_of(problem, menu(problem, "plain"))
    assert found.found == ()
    assert found.unmended == (Unmended(CALCIUM.key, Unmendable.AT_OTHERS_COST, SODIUM.key),)


def by_hand(problem: Problem, dishes: tuple[int, ...]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Every other dish in one slot, and every dish in all slots of a name or the empty ones, where no rule breaks."""
    exactly = np.floor(problem.food_cap_g * 1000) / 1000 - 1e-3 * len(dishes) + 5e-4  # the checker tolerates roundings
    free = replace(problem, budget_mfen=2**60, food_cap_g=exactly)
    names = {(slot.meal, slot.name) for slot in problem.slots}
    for dish in range(-1, len(problem.rating)):
        may = [
            place
            for place, slot in enumerate(problem.slots)
            if dishes[place] != dish and (slot.optional if dish < 0 else problem.allowed[place, dish])
        ]
        touched: set[tuple[int, ...]] = {(place,) for place in may}
        for name in names if dish < 0 or problem.gap_days[dish] <= 1 else ():
            of = [place for place in may if (problem.slots[place].meal, problem.slots[place].name) == name]
            touched |= {tuple(of), tuple(place for place in of if dishes[place] < 0)} - {()}
        for slots in touched:
            if not broken_rules(free, [dish if place in slots else old for place, old in enumerate(dishes)]):
                yield dish, slots


def a_plan(seed: int, **other: Any) -> tuple[Problem, Plan] | None:
    """A random problem and its plan, None where there is none."""
    problem = a_random_problem(seed, **other)
    try:
        return problem, plan_menu(problem, replace(QUICK, clashes=False), lambda _: None)
    except Clashing:
        return None


@settings(max_examples=40)
@given(st.integers(0, 10**6))
def test_all_changes_are_looked_at(seed: int) -> None:
    """The changes tried are exactly those that keep every rule but the budget."""
    made = a_plan(seed, days=3)
    if made is None:
        return
    problem, plan = made
    changes = changes_of(problem, np.array(plan.best.dishes))
    slots = [tuple(np.flatnonzero(touched).tolist()) for touched in changes.slots]
    found = list(zip(changes.dish.tolist(), slots, strict=True))
    assert len(found) == len(set(found))
    assert set(found) == set(by_hand(problem, plan.best.dishes))


@settings(max_examples=40)
@given(st.integers(0, 10**6))
def test_every_missed_target_is_answered_for(seed: int) -> None:
    """A missed target has a mending unless no change lifts it without worsening the whole; the checker agrees."""
    made = a_plan(seed, days=3)
    if made is None:
        return
    problem, plan = made
    assert check(problem, plan) == []
    weights = np.array([target.weight for target in problem.requirement.targets])
    before = judged(problem, np.array([plan.best.dishes])).misses[0]
    menus = [
        [dish if place in slots else old for place, old in enumerate(plan.best.dishes)]
        for dish, slots in by_hand(problem, plan.best.dishes)
    ]
    after = judged(problem, np.array(menus, dtype=np.int64).reshape(len(menus), len(problem.slots))).misses
    for unmended in plan.unmended:
        (place,) = [at for at, target in enumerate(problem.requirement.targets) if target.key == unmended.target]
        lifts = after[:, place] <= before[place] - min(0.0101, before[place])
        assert not (lifts & (after @ weights <= before @ weights - 1e-6)).any()
        assert lifts.any() <= (unmended.reason is Unmendable.AT_OTHERS_COST)


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"value_after": 250.0}, "value_after is said to be 250.0"),
        ({"miss_before": 0.9}, "miss_before is said to be 0.9"),
        ({"cost_mfen_per_day": 100_000}, "cost_mfen_per_day is said to be 100000"),
        ({"over_budget_mfen_per_day": 0}, "over_budget_mfen_per_day is said to be 0"),
        ({"dish": 0}, "not allowed there"),
        ({"slots": (0,)}, "not allowed there"),
        ({"dish": -1}, "stands there already"),
        ({"slots": ()}, "no slots"),
        ({"slots": (99,)}, "no slots"),
        ({"target": "happiness"}, "names no target"),
    ],
)
def test_the_checker_finds_false_mendings(wrong: dict[str, Any], fault: str) -> None:
    """Whatever is said of a mending is reckoned anew: what is false is found."""
    dishes = {"rice": RICE, "milk": Dish("milk", 2.0, {"calcium_mg": 200})}
    problem = a_problem(dishes, ["staple", "milk?"], 2, [CALCIUM], budget_mfen=200_000)
    best = menu(problem, "rice", None, "rice", None)
    (mending,) = mendings_of(problem, best).found
    assert check(problem, _plan_of(best, mending)) == []
    assert any(fault in found for found in check(problem, _plan_of(best, replace(mending, **wrong))))


def test_the_checker_misses_no_target() -> None:
    """A missed target told of twice, or a mending that worsens the whole, is found."""
    dishes = {"plain": Dish(), "brine": Dish(per_100g={"calcium_mg": 40, "sodium_mg": 200})}
    problem = a_problem(dishes, ["main"], 1, [CALCIUM, SODIUM])
    best = menu(problem, "plain")
    worse = Mending(CALCIUM.key, 1, (0,), 0.0, 40.0, 0, 1.0, 0.9)
    assert any("worsens the shortfall" in fault for fault in check(problem, _plan_of(best, worse)))
    twice = replace(_plan_of(best, worse), unmended=(Unmended(CALCIUM.key, Unmendable.NOTHING_LIFTS),))
    assert any("told of 2 times" in fault for fault in check(problem, twice))


def _plan_of(best: Choice, mending: Mending) -> Plan:
    return Plan(best, -9.0, 0.0, (mending,), (), 0, 0.0)


def test_weeks_are_judged_one_by_one() -> None:
    """Menus judged together are judged as alone; the mean of two weeks counts."""
    weekly = w.a_target(TargetKind.NUTRIENT, "calcium_mg", Per.WEEK, low=100.0)
    dishes = {"plain": Dish(), "milk": Dish(per_100g={"calcium_mg": 50})}
    days = a_problem(dishes, ["main"], 1).days[0]
    problem = a_problem(dishes, ["main"], 2, [weekly])
    apart = replace(problem, days=(days, days.replace(day=days.day - 7)))
    apart = replace(apart, days=tuple(sorted(apart.days)))
    together = judged(apart, np.array([[0, 1], [1, 1], [0, 0], [0, 1]]))
    assert together.misses[:, 0].tolist() == pytest.approx([0.75, 0.5, 1.0, 0.75])
    assert together.values[:, 0].tolist() == pytest.approx([25.0, 50.0, 0.0, 25.0])
