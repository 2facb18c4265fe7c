"""What follows from a dish's ingredients, and the rules of libraries, votes and leavings."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.nutrition.analysis.plates import NUTRIENTS
from services.nutrition.days import check_monday
from services.nutrition.dishes import facts
from services.nutrition.dishes.domain import (
    FIXED_PERMILLE,
    PORTION_PERMILLE,
    Feedback,
    Library,
    PortionRule,
    Scope,
    check_copy,
    check_told,
    liking,
    portions_of,
)
from services.nutrition.foods.domain import PER_UNIT, Food, Nutrient, Season
from shared.errors import DomainError
from shared.fields import AgeBand
from tests.unit.nutrition import weeks as w

NINE, SIX = AgeBand.FROM_9_TO_11, AgeBand.FROM_6_TO_8
FOODS = ("rice", "cabbage", "milk")
amounts = st.dictionaries(st.sampled_from(Nutrient), st.integers(0, 900_000), max_size=13)
compositions = st.fixed_dictionaries({code: amounts for code in FOODS})
recipes = st.dictionaries(st.sampled_from(FOODS), st.integers(1, 300), min_size=1)


def foods_of(compositions: Mapping[str, Mapping[Nutrient, int]], edible: int = 1000) -> dict[str, Food]:
    """Foods of these compositions."""
    return {code: w.a_food(code, composition=held, edible_permille=edible) for code, held in compositions.items()}


@given(recipes, compositions, st.integers(50, 1000), st.integers(1, 20_000), st.sampled_from(AgeBand))
def test_a_portion_is_what_planner_and_analysis_reckon_with(
    grams: dict[str, int], held: dict[str, dict[Nutrient, int]], edible: int, price: int, band: AgeBand
) -> None:
    """Amounts, unknown weight and cost are those of the plates, to the rounding of whole numbers."""
    foods, recipe = foods_of(held, edible), w.a_recipe("d", grams)
    quotes = [w.a_quote(code, price, local=700, poor=300) for code in foods]
    plates = w.plates_for([recipe], list(foods.values()), w.a_requirement(), quotes, {band: 1})
    for place, nutrient in enumerate(NUTRIENTS):
        one = facts.amount_of(recipe, foods, nutrient, band)
        assert one.amount / PER_UNIT == pytest.approx(plates.nutrients[0, place], abs=0.51 / PER_UNIT)
        unknown = plates.unknown_g[0, place] / plates.food_g[0].sum()
        assert one.unknown_permille == pytest.approx(1000 * unknown, abs=0.51)
    cost = facts.cost_of(recipe, foods, {quote.food_code: quote for quote in quotes}, band)
    assert cost.all_mfen == pytest.approx(plates.cost_mfen[0], abs=2)
    assert cost.local_mfen == pytest.approx(plates.local_mfen[0], abs=4)
    assert cost.poor_mfen == pytest.approx(plates.poor_mfen[0], abs=4)


def test_what_is_unknown_is_not_zero() -> None:
    """100 g of milk with 104 mg calcium and 50 g of something nobody analysed: 104 mg, a third of it unknown."""
    foods = foods_of({"milk": w.per_100g(calcium_mg=104, iron_mg=0), "coix": w.per_100g(iron_mg=4)})
    recipe = w.a_recipe("d", {"milk": 100, "coix": 50})
    assert facts.amount_of(recipe, foods, Nutrient.CALCIUM_MG, NINE) == facts.Amount(104_000, 333)
    assert facts.amount_of(recipe, foods, Nutrient.CALCIUM_MG, SIX) == facts.Amount(88_400, 333)
    assert facts.amount_of(recipe, foods, Nutrient.IRON_MG, NINE) == facts.Amount(2_000, 0)
    lacking = facts.unknown_foods(recipe, foods)
    assert lacking[Nutrient.CALCIUM_MG] == ["coix"]
    assert Nutrient.IRON_MG not in lacking
    assert lacking[Nutrient.ENERGY_KCAL] == ["milk", "coix"]


def test_a_dish_is_in_season_when_all_that_villages_grow_is() -> None:
    """Cabbage from October to May and tomato from May to November meet in May, October and November."""
    foods = {
        "cabbage": w.a_food("cabbage", season=Season(10, 5)),
        "tomato": w.a_food("tomato", season=Season(5, 11)),
        "salt": w.a_food("salt", farmed=False, season=Season(1, 1)),
        "moss": w.a_food("moss", farmed=None, season=Season(2, 2)),
        "rice": w.a_food("rice"),
    }
    assert facts.months(w.a_recipe("d", dict.fromkeys(foods, 10)), foods) == [5, 10, 11]
    assert facts.months(w.a_recipe("d", {"rice": 10, "salt": 1}), foods) == list(range(1, 13))


def test_food_without_a_price_costs_nobody_knows_what() -> None:
    """It is named, and the others' cost stands: 85 g cabbage at 85 % are 100 g bought at 4 yuan a kg, 40 fen."""
    foods = {"cabbage": w.a_food("cabbage", edible_permille=850), "gold": w.a_food("gold")}
    recipe, quotes = w.a_recipe("d", {"cabbage": 85, "gold": 1}), {"cabbage": w.a_quote("cabbage")}
    assert facts.cost_of(recipe, foods, quotes, NINE).all_mfen == 40_000
    assert facts.unpriced(recipe, quotes) == ["gold"]
    assert facts.portion_mg(recipe, SIX) == 73_100


def test_portions() -> None:
    """A dish scales by age, stays the same, or says itself; one that says it must."""
    own = {band: 900 + 10 * place for place, band in enumerate(AgeBand)}
    assert portions_of(PortionRule.PROPORTIONAL, own) == PORTION_PERMILLE
    assert portions_of(PortionRule.FIXED, own) == FIXED_PERMILLE
    assert portions_of(PortionRule.PER_BAND, own) == own
    with pytest.raises(DomainError) as caught:
        portions_of(PortionRule.PER_BAND, None)
    assert caught.value.rule == "portions-missing"


PROVINCE, COUNTY, OTHER = Library(Scope.PROVINCE), Library(Scope.COUNTY, "a"), Library(Scope.COUNTY, "b")
MINE, NEXT, FAR = (Library(Scope.CANTEEN, county, name) for county, name in (("a", "m"), ("a", "n"), ("b", "f")))


LIBRARIES = (PROVINCE, COUNTY, OTHER, MINE, NEXT, FAR)


@pytest.mark.parametrize(("source", "target"), list(product(LIBRARIES, repeat=2)))
def test_who_may_copy(source: Library, target: Library) -> None:
    """A dish is copied to where it may be cooked, and promoted to what its library lies in; never to a stranger."""
    strangers = [{COUNTY, OTHER}, {COUNTY, FAR}, {OTHER, MINE}, {OTHER, NEXT}, {MINE, NEXT}, {MINE, FAR}, {NEXT, FAR}]
    if {source, target} not in strangers:
        check_copy(source, target)
        return
    with pytest.raises(DomainError) as caught:
        check_copy(source, target)
    assert (caught.value.rule, caught.value.field) == ("foreign-dish", "scope")


def test_weeks_start_on_mondays() -> None:
    """Prices are those of a week, named by its Monday."""
    check_monday(date(2026, 11, 30))
    with pytest.raises(DomainError):
        check_monday(date(2026, 12, 1))


votes = st.integers(0, 5_000).flatmap(lambda n: st.tuples(st.integers(n, 5 * n), st.just(n)))


@given(st.dictionaries(st.sampled_from("abcd"), votes))
def test_liking_lies_between_the_extremes(told: dict[str, tuple[int, int]]) -> None:
    """It is 0 to 1, between a dish's own mean and the county's, and the county's mean where nobody voted."""
    found = liking(told, "abcde")
    points, number = (sum(column) for column in zip(*told.values(), strict=True)) if told else (0, 0)
    mean = ((points + 60) / (number + 20) - 1) / 4
    for code in "abcde":
        own, n = told.get(code, (0, 0))
        low, high = sorted((mean, (own / n - 1) / 4 if n else mean))
        assert low - 1e-9 <= found[code] <= high + 1e-9
        assert 0 <= found[code] <= 1


def test_three_enthusiasts_make_no_favourite() -> None:
    """300 votes of 4 are worth more than 3 votes of 5; with as many votes the higher mean wins."""
    assert liking({"few": (15, 3), "many": (1200, 300)}, ["few", "many"])["few"] < 0.8
    even = liking({"a": (900, 300), "b": (901, 300), "c": (1500, 300)}, "abc")
    assert even["a"] < even["b"] < even["c"]


def test_feedback_adds_up() -> None:
    """What is told is added; corrections are negative; votes outside 1 to 5 and more waste than plates are refused."""
    before = Feedback(rating_sum=40, ratings=10, waste_g=500, served_portions=20)
    assert before + Feedback(5, 1, 0, 0) == Feedback(45, 11, 500, 20)
    assert before + Feedback(-40, -10, -500, -20) == Feedback(0, 0, 0, 0)
    for fine in (Feedback(5, 1, 0, 0), Feedback(0, 0, 2_000, 1), Feedback(-35, 0, 0, 0), Feedback(0, 0, -501, 0)):
        check_told(fine)
    for rule, wrong in {"points": Feedback(6, 1, 0, 0), "waste": Feedback(0, 0, 2_001, 1)}.items():
        with pytest.raises(DomainError) as caught:
            check_told(wrong)
        assert caught.value.rule == rule


@given(recipes, compositions)
def test_a_fixed_portion_is_the_same_at_every_age(grams: dict[str, int], held: dict[str, dict[Nutrient, int]]) -> None:
    """A carton of milk gives a child of 6 what it gives one of 17."""
    recipe = replace(w.a_recipe("d", grams), portion_permille=FIXED_PERMILLE)
    found = {
        tuple(facts.amount_of(recipe, foods_of(held), nutrient, band) for nutrient in Nutrient) for band in AgeBand
    }
    assert len(found) == 1
