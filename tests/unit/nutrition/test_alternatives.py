"""Alternatives: menus that are clearly different from the best, and as good as they can be."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from services.nutrition.planning.alternatives import Wanted, clearly_different, has_choice
from services.nutrition.planning.checking import check
from services.nutrition.planning.encoding import tables_of
from services.nutrition.planning.model import model_of
from services.nutrition.planning.planner import PlanOptions, plan_menu
from services.nutrition.planning.problem import Plan, Problem
from tests.unit.nutrition.handmade import Dish, a_problem, menu

QUICK = PlanOptions(moves_per_slot=2000, mendings=False)


def plan_of(problem: Problem, **options: Any) -> Plan:
    """The plan of a problem, proved by the checker."""
    plan = plan_menu(problem, replace(QUICK, **options), lambda _: None)
    assert check(problem, plan) == []
    return plan


def codes(problem: Problem, plan: Plan) -> list[list[str]]:
    """The dishes of all menus, the best first."""
    names = [*problem.plates.kitchen.dish_codes, "-"]
    return [[names[dish] for dish in choice.dishes] for choice in (plan.best, *plan.alternatives)]


def test_the_next_best_that_differ() -> None:
    """Of one place and three dishes the cheapest is best, the others are the alternatives, the cheaper one first."""
    dishes = {"dear": Dish(yuan=3), "cheap": Dish(yuan=1), "middling": Dish(yuan=2)}
    problem = a_problem(dishes, ["main"])
    assert codes(problem, plan_of(problem)) == [["cheap"], ["middling"], ["dear"]]
    assert codes(problem, plan_of(problem, alternatives=1)) == [["cheap"], ["middling"]]
    assert codes(problem, plan_of(problem, alternatives=0)) == [["cheap"]]


def test_the_same_dishes_on_other_days_are_no_alternative() -> None:
    """Two dishes that may come once a week can only change days: there is no clearly different menu."""
    problem = a_problem({"a": Dish(gap=5), "b": Dish(gap=5)}, ["main"], 2)
    assert plan_of(problem).alternatives == ()


def test_half_of_the_places_may_stay() -> None:
    """Six dishes for four days make three menus that share no more than half of their dishes, and no fourth."""
    problem = a_problem({f"d{n}": Dish(yuan=1 + n, gap=5) for n in range(6)}, ["main"], 4, budget_mfen=10**7)
    menus = [set(of) for of in codes(problem, plan_of(problem, alternatives=3))]
    assert menus == [{"d0", "d1", "d2", "d3"}, {"d0", "d1", "d4", "d5"}, {"d2", "d3", "d4", "d5"}]
    assert plan_of(problem, different_permille=501).alternatives == ()
    assert len(plan_of(problem, different_permille=250).alternatives) == 2


def test_places_without_a_choice_do_not_count() -> None:
    """Rice that is the only staple stands in every menu; what can be chosen differs by half."""
    dishes = {"rice": Dish("staple"), **{f"d{n}": Dish(yuan=1 + n, gap=5) for n in range(4)}}
    problem = a_problem(dishes, ["staple", "main"], 2, budget_mfen=10**7)
    assert has_choice(problem).tolist() == [False, True] * 2
    menus = codes(problem, plan_of(problem, different_permille=1000))
    assert [set(of) for of in menus] == [{"rice", "d0", "d1"}, {"rice", "d2", "d3"}]
    only = a_problem({"rice": Dish("staple")}, ["staple"], 2)
    assert plan_of(only).alternatives == ()


def test_leaving_a_place_empty_is_a_choice() -> None:
    """Milk every day and milk on no day are clearly different menus."""
    dishes = {"rice": Dish("staple"), "milk": Dish("milk", 2.0)}
    problem = a_problem(dishes, ["staple", "milk?"], 2, budget_mfen=10**7)
    menus = codes(problem, plan_of(problem, different_permille=1000))
    assert menus == [["rice", "-"] * 2, ["rice", "milk"] * 2]


def test_a_week_is_compared_with_the_same_week() -> None:
    """What the best menu serves in its first week is different in the second."""
    dishes = {"a": Dish(yuan=1, gap=5), "b": Dish(yuan=1, gap=5)}
    problem = a_problem(dishes, ["main"], 2)
    problem = replace(problem, days=(problem.days[0], problem.days[0].replace(month=12, day=7)))
    first, second = codes(problem, plan_of(problem, alternatives=1))
    assert [set(pair) for pair in zip(first, second, strict=True)] == [{"a", "b"}] * 2


def test_a_better_one_takes_the_place_of_the_best() -> None:
    """Should the search have missed the best menu, an alternative that is better goes before it."""
    problem = a_problem({"dear": Dish(yuan=3), "cheap": Dish(yuan=1)}, ["main"])
    model = model_of(problem)
    missed = np.array(menu(problem, "dear").dishes)
    menus = clearly_different(model, tables_of(model), missed, Wanted(2, 500, 4000, 1), lambda _: None)
    assert [list(of) for of in menus] == [[1], [0]]


def test_the_same_seed_gives_the_same_alternatives() -> None:
    """Alternatives can be repeated like the menu they belong to."""
    problem = a_problem({f"d{n}": Dish(yuan=1 + n / 9, gap=5) for n in range(15)}, ["main"], 5, budget_mfen=10**8)
    first, again = (plan_of(problem, seed=7) for _ in range(2))
    assert len(first.alternatives) == 2
    assert first.alternatives == again.alternatives


def test_the_checker_finds_menus_that_are_alike() -> None:
    """An alternative too like the best, or better than it, is no alternative."""
    problem = a_problem({f"d{n}": Dish(yuan=1 + n, gap=5) for n in range(3)}, ["main"], 2, budget_mfen=10**7)
    best, near, same = menu(problem, "d0", "d1"), menu(problem, "d0", "d2"), menu(problem, "d1", "d0")
    assert check(problem, Plan(best, -9.0, 0.0, (), (near,), 0, 0.0)) == []
    assert "in 0 of 2 slots" in check(problem, Plan(best, -9.0, 0.0, (), (same,), 0, 0.0))[0]
    assert "in 1 of 2 slots" in check(problem, Plan(best, -9.0, 0.0, (), (near,), 0, 0.0, different_permille=501))[0]
    assert "better than that of the best" in check(problem, Plan(near, -9.0, 0.0, (), (best,), 0, 0.0))[0]


@pytest.mark.parametrize("asked", [{}, {"mendings": True}, {"alternatives": 0}, {"proof_seconds": 0.2}])
def test_progress_rises_to_the_end(asked: dict[str, Any]) -> None:
    """Search, proof, alternatives and mendings tell one progress, which never falls and ends at 1."""
    problem = a_problem({f"d{n}": Dish(yuan=1 + n) for n in range(4)}, ["main"], 2, budget_mfen=10**7)
    told: list[float] = []
    plan_menu(problem, replace(QUICK, **asked), told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
