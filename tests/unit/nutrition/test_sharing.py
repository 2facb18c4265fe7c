"""How canteens share what a county has on offer."""

import numpy as np
import pytest

from services.nutrition.patterns.domain import Pattern, Place
from services.nutrition.planning.building import prepare
from services.nutrition.planning.facts import Facts, Pool, Wishes
from services.nutrition.planning.problem import Problem
from services.nutrition.planning.sharing import added, after, bought_g, limited_g, usual_g, usual_of
from shared.fields import AgeBand, Meal
from tests.unit.nutrition.test_building import LUNCH, RECIPES, bought_in, offered, some_facts, with_food
from tests.unit.nutrition.weeks import a_food


def _cap(problem: Problem, food: str) -> float:
    codes = [each.food_code for each in problem.plates.kitchen.foods]
    return float(problem.food_cap_g[codes.index(food)])


def _hundred(**other: object) -> Facts:
    """100 children who usually eat 10 kg of pork in these days."""
    return some_facts(usual_g={"pork": 10_000}, **other)


@pytest.mark.parametrize(
    ("left_kg", "others_kg", "cap_g"),
    [
        (100, 90, 100.0),  # a tenth of what is left
        (50, 90, 60.01),  # a portion, which is more than a tenth
        (5, 90, 5.0),  # all that is left is less than a portion for each
        (100, 0, 1000.0),  # nobody else
    ],
)
def test_a_share_of_what_is_left(left_kg: int, others_kg: int, cap_g: float) -> None:
    """A canteen plans on its share by what its meals usually take, or on one portion while there is enough for it."""
    pool = Pool({"pork": left_kg * 1000}, {"pork": (10 + others_kg) * 1000})
    problem = prepare(_hundred(), Wishes(), pool).problem
    expected = cap_g if left_kg != 5 else 5.0
    assert _cap(problem, "pork") == pytest.approx(expected)
    assert np.isinf(_cap(problem, "wheat"))


def test_the_own_store_comes_on_top() -> None:
    """What lies free in the store is added to the share; asked for offers alone, the store is all there is of salt."""
    facts = _hundred(stock_g={"pork": 1000, "wheat": 2000})
    pool = Pool({"pork": 100_000}, {"pork": 100_000})
    assert _cap(prepare(facts, Wishes(), pool).problem, "pork") == pytest.approx(100.0 + 10.0)
    assert np.isinf(_cap(prepare(facts, Wishes(), pool).problem, "wheat"))
    assert _cap(prepare(facts, Wishes(only_offered=True), pool).problem, "wheat") == pytest.approx(20.0)


def test_bones_are_bought_but_not_eaten() -> None:
    """Caps are in edible grams, offers in grams as bought."""
    facts = _hundred(foods=with_food(a_food("pork", "meat", edible_permille=500)))
    assert _cap(prepare(facts, Wishes(), Pool({"pork": 10_000}, {})).problem, "pork") == pytest.approx(50.0)


def test_what_one_canteen_plans_another_cannot() -> None:
    """The pool shrinks by what is bought beyond the store, and by what those who have a plan usually eat."""
    facts = _hundred(stock_g={"pork": 1000})
    problem = prepare(facts, Wishes()).problem
    codes = problem.plates.kitchen.dish_codes
    used = bought_g(problem.plates, facts, [codes.index("M1"), codes.index("S1"), -1])
    assert used == {"pork": 5000, "rice": 10_500}
    left = after(Pool({"pork": 20_000, "rice": 10_000, "egg": 500}, {"pork": 30_000}), used, facts.usual_g)
    assert left.left_g == {"pork": 15_000, "rice": 0, "egg": 500}
    assert left.usual_g == {"pork": 20_000}


def test_not_all_that_is_offered_is_planned_on() -> None:
    """Of the grams on offer a part is planned on; what nobody limits is in no pool."""
    quotes = {"pork": offered("pork", 10), "wheat": bought_in("wheat")}
    assert limited_g(quotes, 900) == {"pork": 9000}


def test_what_meals_usually_take() -> None:
    """Every dish that suits a place is as likely, a place that may stay empty counts half, older children eat more."""
    usual = usual_of(RECIPES, [LUNCH])
    assert usual[Meal.LUNCH]["rice"] == pytest.approx(100 / 2 + 5 / 3)
    assert usual[Meal.LUNCH]["apple"] == pytest.approx(150 / 2)
    eaters = {AgeBand.FROM_9_TO_11: 10, AgeBand.FROM_15_TO_17: 10}
    assert usual_g(usual, eaters, [Meal.LUNCH, Meal.DINNER], 5)["apple"] == (75 * 23 * 5)
    assert (
        usual_of(RECIPES, [Pattern(Meal.DINNER, (Place("soup", frozenset({"soup"}), frozenset()),))])[Meal.DINNER] == {}
    )
    assert added([{"a": 1}, {"a": 2, "b": 3}]) == {"a": 3, "b": 3}
