"""Weeks of many canteens at once come to what each comes to by itself."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest

from services.nutrition.analysis.judging import layout_of
from services.nutrition.analysis.many import REFERENCE, Weeks, analyse_all
from services.nutrition.analysis.plates import NUTRIENTS
from services.nutrition.analysis.week import Served, WeekAnalysis, analyse
from services.nutrition.dishes.domain import PORTION_PERMILLE, Recipe
from services.nutrition.foods.domain import Season
from services.nutrition.standards.domain import Requirement
from services.nutrition.standards.library import standard
from services.nutrition.standards.requirement import requirement_of
from shared.fields import AgeBand, Meal, Sex
from tests.unit.nutrition import weeks as w
from tests.unit.nutrition.test_dish_data import foods, quotes, recipes

MONDAY = date(2026, 11, 30)
DAYS = [MONDAY + timedelta(days=number) for number in range(5)]
PLACES = [(day, Meal.LUNCH) for day in range(5) for _ in range(4)]


def _library() -> list[Recipe]:
    return [one for one in recipes().values() if all(part.food_code in quotes() for part in one.ingredients)]


def _heads(luck: random.Random) -> dict[tuple[AgeBand, Sex], int]:
    return {(band, sex): luck.randint(0, 90) + 1 for band in AgeBand for sex in Sex}


def _eaters(heads: dict[tuple[AgeBand, Sex], int]) -> dict[AgeBand, int]:
    return {band: sum(n for (of, _), n in heads.items() if of is band) for band in AgeBand}


def _alone(dishes: Sequence[int], eaters: dict[AgeBand, int], requirement: Requirement) -> WeekAnalysis:
    plates = w.plates_for(_library(), list(foods().values()), requirement, list(quotes().values()), eaters)
    served = [
        Served(day, Meal.LUNCH, tuple(dish for dish in dishes[4 * place : 4 * place + 4] if dish >= 0))
        for place, day in enumerate(DAYS)
    ]
    return analyse(plates, requirement, DAYS, served)


@pytest.mark.parametrize("seed", range(3))
def test_many_weeks_are_judged_as_each_alone(seed: int) -> None:
    """Values, misses, score, cost and unknown shares of every canteen are those of its own analysis."""
    luck = random.Random(seed)
    library = _library()
    heads = [_heads(luck) for _ in range(12)]
    rows = [[luck.choice([-1, *range(len(library))]) for _ in PLACES] for _ in heads]
    for row in rows:
        row[::4] = [luck.randrange(len(library)) for _ in range(5)]
    asked = [requirement_of(standard("wst554-2017"), one, [Meal.LUNCH]) for one in heads]
    plates = w.plates_for(library, list(foods().values()), asked[0], list(quotes().values()), REFERENCE)
    eaters = [_eaters(one) for one in heads]
    found = analyse_all(Weeks(plates, layout_of(PLACES, 5), DAYS, np.array(rows), eaters, asked))
    for place, row in enumerate(rows):
        alone = _alone(row, eaters[place], asked[place])
        assert found.scores[place] == alone.score
        for at, met in enumerate(alone.met):
            assert found.judged.values[at][place].mean() == pytest.approx(met.value)
            assert found.judged.misses[place, at] == pytest.approx(met.miss)
        assert found.cost_mfen[place].tolist() == pytest.approx([day.cost_mfen for day in alone.days], abs=10)
        assert found.poor_mfen[place].tolist() == [day.poor_mfen for day in alone.days] == [0] * 5
        unknown = {met.target.of: met.unknown_permille for met in alone.met}
        for at, nutrient in enumerate(NUTRIENTS):
            if nutrient.value in unknown:
                assert abs(int(found.unknown_permille[place, at]) - unknown[nutrient.value]) <= 1


def test_food_out_of_season_is_found_in_each_week() -> None:
    """A farmed food served in a month in which nobody around harvests it is named in the week it stands in alone."""
    known = [w.a_food("peach", season=Season(6, 8)), w.a_food("cabbage", season=Season(10, 3)), w.a_food("tea")]
    dishes = [w.a_recipe(food.food_code, {food.food_code: 50}) for food in known]
    requirement = w.a_requirement()
    plates = w.plates_for(dishes, known, requirement)
    rows = np.array([[0, 1], [1, 2], [2, -1]])
    layout = layout_of([(0, Meal.LUNCH), (1, Meal.LUNCH)], 2)
    found = analyse_all(Weeks(plates, layout, DAYS[:2], rows, [w.NINE] * 3, [requirement] * 3))
    names = [food.food_code for food in plates.kitchen.foods]
    ripe = [sorted(np.array(names)[row].tolist()) for row in found.out_of_season]
    assert ripe == [["peach"], [], []]


def test_a_portion_follows_who_eats() -> None:
    """Youngest and oldest get 85 and 130 % of a recipe for ages 9 to 11, and pay as much of its price."""
    dish, food = w.a_recipe("d", {"rice": 100}), w.a_food("rice", "cereal")
    requirement = w.a_requirement()
    plates = w.plates_for([dish], [food], requirement)
    eaters = [{AgeBand.FROM_6_TO_8: 3}, {AgeBand.FROM_15_TO_17: 7}]
    layout = layout_of([(0, Meal.LUNCH)], 1)
    found = analyse_all(Weeks(plates, layout, DAYS[:1], np.array([[0], [0]]), eaters, [requirement] * 2))
    assert found.cost_mfen.tolist() == [[40 * PORTION_PERMILLE[AgeBand.FROM_6_TO_8]], [40 * 1300]]
