"""What would lift a week: which dishes may come where, and in which order they are named."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from services.nutrition.analysis.lifting import Lift, Week, lifts, worst_of
from services.nutrition.analysis.week import Served, analyse
from services.nutrition.foods.domain import Nutrient
from services.nutrition.standards.domain import TargetKind
from shared.fields import Meal
from tests.unit.nutrition import weeks as w

DAYS = [date(2026, 11, 30) + timedelta(days=number) for number in range(2)]
FOODS = [
    w.a_food("rice", "cereal", composition=w.per_100g(calcium_mg=0)),
    w.a_food("milk", "dairy", composition=w.per_100g(calcium_mg=100)),
    w.a_food("tofu", composition=w.per_100g(calcium_mg=100)),
    w.a_food("kale", composition=w.per_100g(calcium_mg=50)),
]
LIBRARY = [
    w.a_recipe("rice", {"rice": 100}, "staple"),
    w.a_recipe("milk", {"milk": 200}, "dairy"),
    replace(w.a_recipe("tofu", {"tofu": 100}), equipment=("wok",)),
    w.a_recipe("kale", {"kale": 100}),
]
CALCIUM = w.a_target(TargetKind.NUTRIENT, Nutrient.CALCIUM_MG.value, low=400.0)
PRICES = [w.a_quote("milk", 1000), w.a_quote("tofu", 400), w.a_quote("kale", 400)]


def _week(*meals: tuple[int, ...], limits: Mapping[str, int] | None = None, fen: int = 500) -> Week:
    requirement = w.a_requirement(CALCIUM)
    return Week(
        plates=w.plates_for(LIBRARY, FOODS, requirement, PRICES),
        requirement=requirement,
        days=DAYS[: len(meals)],
        served=[Served(day, Meal.LUNCH, dishes) for day, dishes in zip(DAYS, meals, strict=False)],
        usable=frozenset(range(len(LIBRARY))),
        dishes_per_meal=limits or {},
        budget_mfen=dict.fromkeys(DAYS, fen * 1000),
    )


def _lifts(week: Week) -> list[Lift]:
    worst = worst_of(analyse(week.plates, week.requirement, week.days, week.served))
    assert worst is not None
    return lifts(week, worst, 10)


def _codes(week: Week) -> list[str]:
    return [LIBRARY[lift.change.dish].dish_code for lift in _lifts(week)]


def test_the_most_for_a_fen_comes_first() -> None:
    """100 mg of calcium for 40 fen, then 50 mg for 40, then 200 mg for 200; the figures are exact."""
    found = _lifts(_week((0,)))
    assert [LIBRARY[lift.change.dish].dish_code for lift in found] == ["tofu", "kale", "milk"]
    ratios = [lift.value / lift.more_mfen for lift in found]
    assert ratios == sorted(ratios, reverse=True)
    assert [(lift.value, lift.more_mfen, lift.miss) for lift in found if lift.change.dish == 1] == [(200, 200_000, 0.5)]


def test_what_costs_nothing_more_comes_before_all_else() -> None:
    """Tofu in the place of kale gives twice the calcium for the same money; nothing mends more cheaply."""
    first = _lifts(_week((0, 3)))[0]
    assert (first.change.dish, first.change.instead_of, first.more_mfen, first.value) == (2, 3, 0, 100)


def test_no_dish_comes_again_too_soon() -> None:
    """Tofu served on Monday comes on no day of the week again, milk comes daily but not twice in a meal."""
    assert "tofu" not in _codes(_week((0, 2), (0,)))
    milk = [lift for lift in _lifts(_week((0, 1), (0,))) if lift.change.dish == 1]
    assert [lift.change.meal for lift in milk] == [1]


def test_equipment_is_kept_to() -> None:
    """Without a wok there is no tofu."""
    assert "tofu" in _codes(_week((0,)))
    assert "tofu" not in _codes(_week((0,), limits={"wok": 0}))


def test_a_day_above_its_budget_is_marked() -> None:
    """Rice at 40 fen and milk at 200 are more than 100 fen, rice and tofu are not."""
    over = {LIBRARY[lift.change.dish].dish_code: lift.over_budget for lift in _lifts(_week((0,), fen=100))}
    assert (over["milk"], over["tofu"]) == (True, False)


def test_where_nothing_lacks_nothing_is_named() -> None:
    """A week that has all it needs has no worst nutrient."""
    week = _week((0, 1), (0, 1))
    plenty = w.a_requirement(replace(CALCIUM, low=150.0))
    assert worst_of(analyse(week.plates, plenty, week.days, week.served)) is None
