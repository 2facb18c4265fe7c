"""Which dishes are served instead of those that need a food nobody has."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.nutrition.analysis.lifting import Week
from services.nutrition.analysis.week import Served
from services.nutrition.foods.domain import Nutrient, Season
from services.nutrition.menus.domain import Planned
from services.nutrition.standards.domain import TargetKind
from services.nutrition.substitution.finding import Lack, Substitute, substitutes
from services.nutrition.substitution.usecases import swapped
from shared.errors import DomainError
from shared.events.procurement import DishSwap
from shared.fields import AgeBand, Meal
from tests.unit.nutrition import weeks as w

MONDAY = date(2026, 11, 30)
DAYS = [MONDAY, MONDAY + timedelta(days=1)]
FOODS = {
    food.food_code: food
    for food in (
        w.a_food("rice", "cereal"),
        w.a_food("cabbage", composition=w.per_100g(calcium_mg=40)),
        w.a_food("radish", composition=w.per_100g(calcium_mg=30)),
        w.a_food("kale", composition=w.per_100g(calcium_mg=90)),
        w.a_food("melon", composition=w.per_100g(calcium_mg=90), season=Season(6, 9)),
        w.a_food("peanut", composition=w.per_100g(calcium_mg=90), allergens=frozenset({"peanut"})),
    )
}
LIBRARY = [
    w.a_recipe("rice", {"rice": 100}, "staple"),
    w.a_recipe("cabbage-soup", {"cabbage": 100}, "soup"),
    w.a_recipe("radish-soup", {"radish": 100}, "soup"),
    w.a_recipe("kale-soup", {"kale": 100}, "soup"),
    w.a_recipe("melon-soup", {"melon": 100}, "soup"),
    w.a_recipe("peanut-soup", {"peanut": 100}, "soup"),
    w.a_recipe("kale-rice", {"kale": 100, "rice": 50}, "staple"),
    w.a_recipe("two-soup", {"radish": 50, "cabbage": 50}, "soup"),
]
CALCIUM = w.a_target(TargetKind.NUTRIENT, Nutrient.CALCIUM_MG.value, low=100.0)
LACK = Lack(MONDAY, "cabbage", frozenset({"cabbage"}))


def a_week(*meals: tuple[int, ...], fen: int = 500) -> Week:
    """Return a week of lunches."""
    requirement = w.a_requirement(CALCIUM)
    return Week(
        plates=w.plates_for(LIBRARY, list(FOODS.values()), requirement, [w.a_quote("kale", 900)]),
        requirement=requirement,
        days=DAYS[: len(meals)],
        served=[Served(day, Meal.LUNCH, dishes) for day, dishes in zip(DAYS, meals, strict=False)],
        usable=frozenset(range(len(LIBRARY))),
        dishes_per_meal={},
        budget_mfen=dict.fromkeys(DAYS, fen * 1000),
    )


def found(week: Week, lack: Lack = LACK) -> list[Substitute]:
    """Return the substitutes of a week."""
    return substitutes(week, lack, FOODS)


def test_the_dish_that_keeps_the_score_comes_first() -> None:
    """Of the same category, without the food: kale gives more calcium than radish; two-soup needs cabbage, too."""
    first, second = found(a_week((0, 1)))
    assert [(one.instead_of, one.dish_code) for one in (first, second)] == [
        ("cabbage-soup", "kale-soup"),
        ("cabbage-soup", "radish-soup"),
    ]
    assert first.score_change > 0 > second.score_change
    assert (first.more_mfen, second.more_mfen) == (50_000, 0)


def test_a_dish_beyond_the_budget_comes_last() -> None:
    """Nutrients do not buy a dish the day has no money for."""
    assert [one.dish_code for one in found(a_week((0, 1), fen=100))] == ["radish-soup", "kale-soup"]
    assert found(a_week((0, 1), fen=100))[1].over_budget


def test_no_new_allergen_and_nothing_out_of_season() -> None:
    """Peanuts are no substitute for cabbage, melons none in November; in August melons are."""
    assert {"peanut-soup", "melon-soup"}.isdisjoint(one.dish_code for one in found(a_week((0, 1))))
    peanuts = Lack(MONDAY, "peanut", frozenset({"peanut"}))
    assert "cabbage-soup" in {one.dish_code for one in found(a_week((0, 5)), peanuts)}


def test_what_is_missing_besides_is_not_needed_either() -> None:
    """A dish that needs another food nobody has that day is no help."""
    lack = replace(LACK, without=frozenset({"cabbage", "kale"}))
    assert [one.dish_code for one in found(a_week((0, 1)), lack)] == ["radish-soup"]


def test_only_the_day_and_the_dishes_concerned_change() -> None:
    """Another day's cabbage is another question; a dish without cabbage stays; nothing comes back too soon."""
    assert found(a_week((0,), (0, 1))) == []
    assert {one.dish_code for one in found(a_week((0, 1), (0, 3)))} == {"radish-soup"}


def a_meal(day: date, *codes: str) -> Planned:
    """Return a meal as it was planned."""
    return Planned(day, Meal.LUNCH, {AgeBand.FROM_9_TO_11: 90}, tuple((code, 1) for code in codes), {})


def test_a_menu_is_asked_for_with_the_chosen_dishes() -> None:
    """Every meal is asked for as it stands, the one concerned with another dish, for those it is made for."""
    present = [a_meal(MONDAY, "rice", "cabbage-soup"), a_meal(DAYS[1], "cabbage-soup")]
    swap = DishSwap(meal=Meal.LUNCH, instead_of="cabbage-soup", dish_code="kale-soup")
    wishes = swapped(present, MONDAY, [swap])
    assert [wish.dish_codes for wish in wishes] == [("rice", "kale-soup"), ("cabbage-soup",)]
    assert wishes[0].headcounts == {AgeBand.FROM_9_TO_11: 90}
    with pytest.raises(DomainError) as gone:
        swapped([a_meal(MONDAY, "rice")], MONDAY, [swap])
    assert gone.value.rule == "dish-not-there"
