"""From facts to the planner's problem: which dish may stand where, and how much of the county's food may be used."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from services.nutrition.canteens.domain import Diet, DietKind, Profile
from services.nutrition.foods.domain import Food, Season
from services.nutrition.market.domain import PriceSource, Quote
from services.nutrition.patterns.domain import Pattern, Place
from services.nutrition.planning.building import Prepared, prepare
from services.nutrition.planning.clashing import Clashing
from services.nutrition.planning.diets import avoided_foods
from services.nutrition.planning.facts import Facts, Pin, Wishes
from services.nutrition.planning.rules import LeftOut
from shared.fields import AgeBand, Meal, Sex
from tests.unit.nutrition.weeks import a_food, a_recipe, a_requirement

MONDAY = date(2026, 11, 30)
WEEK = tuple(MONDAY + timedelta(days=n) for n in range(5))
LUNCH = Pattern(
    Meal.LUNCH,
    (
        Place("staple", frozenset({"staple"}), frozenset()),
        Place("main", frozenset({"meat", "mixed"}), frozenset()),
        Place("fruit", frozenset({"fruit"}), frozenset(), optional=True),
    ),
)
FOODS = (
    a_food("rice", "cereal"),
    a_food("wheat", "cereal", farmed=False),
    a_food("pork", "meat"),
    a_food("egg", "egg", allergens=frozenset({"egg"})),
    a_food("cucumber", season=Season(4, 10)),
    a_food("apple", "fruit"),
)
RECIPES = (
    a_recipe("S1", {"rice": 100}, "staple"),
    a_recipe("S2", {"wheat": 80}, "staple"),
    a_recipe("X1", {"pork": 40, "cucumber": 60}),
    a_recipe("X2", {"egg": 50}),
    a_recipe("M1", {"pork": 60, "rice": 5}, "meat"),
    a_recipe("F1", {"apple": 150}, "fruit"),
)


def offered(food: str, kg: int = 1000, price: int = 400) -> Quote:
    """So many kg of a food on offer in the county."""
    return Quote(food, price, PriceSource.OFFER, 1000, 600, kg * 1000)


def bought_in(food: str, price: int = 400) -> Quote:
    """A food from the licensed market supplier."""
    return Quote(food, price, PriceSource.REFERENCE, 0, 0, None)


def some_facts(**other: Any) -> Facts:
    """100 children of 9 to 11 who have lunch in one week of winter."""
    quotes = {food.food_code: offered(food.food_code) for food in FOODS if food.farmed}
    values: dict[str, Any] = {
        "canteen_id": "sch-1",
        "county_code": "520628",
        "eaters": {AgeBand.FROM_9_TO_11: 100},
        "requirement": a_requirement(),
        "days": WEEK,
        "patterns": {Meal.LUNCH: LUNCH},
        "recipes": RECIPES,
        "foods": {food.food_code: food for food in FOODS},
        "quotes": quotes | {"wheat": bought_in("wheat")},
        "budget_mfen": 5 * 500_000,
    }
    return Facts(**(values | other))


def with_food(food: Food) -> dict[str, Food]:
    """The foods with one of them changed."""
    return {each.food_code: each for each in FOODS} | {food.food_code: food}


def codes(prepared: Prepared, day: int, slot: str) -> set[str]:
    """Which dishes may stand in a place of a day's lunch."""
    problem = prepared.problem
    (index,) = [n for n, each in enumerate(problem.slots) if (each.day, each.name) == (day, slot)]
    return {problem.plates.kitchen.dish_codes[dish] for dish in np.flatnonzero(problem.allowed[index])}


def the_clash(facts: Facts, wishes: Wishes) -> tuple[str, str]:
    """The one rule that leaves no menu, and its field."""
    with pytest.raises(Clashing) as caught:
        prepare(facts, wishes)
    (clash,) = caught.value.clashes
    return clash.rule, clash.field


def test_every_place_takes_the_dishes_of_its_categories() -> None:
    """A meal pattern makes one slot a place and day; a dish stands where its category suits."""
    prepared = prepare(some_facts(), Wishes())
    assert len(prepared.problem.slots) == 15
    assert {slot.name for slot in prepared.problem.slots if slot.optional} == {"fruit"}
    assert codes(prepared, 0, "staple") == {"S1", "S2"}
    assert codes(prepared, 4, "main") == {"X1", "X2", "M1"}
    assert codes(prepared, 2, "fruit") == {"F1"}
    assert prepared.left_out == {}


def test_a_place_may_name_its_dishes() -> None:
    """A place can take single dishes, whatever their category."""
    breakfast = Pattern(Meal.BREAKFAST, (Place("egg", frozenset(), frozenset({"X2"})),))
    prepared = prepare(some_facts(patterns={Meal.BREAKFAST: breakfast}), Wishes())
    assert codes(prepared, 0, "egg") == {"X2"}
    assert prepared.left_out["S1"] is LeftOut.NO_PLACE


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"foods": with_food(a_food("pork", "meat", canteen_ban=True))}, LeftOut.BANNED_FOOD),
        ({"avoided_foods": frozenset({"pork"})}, LeftOut.SPECIAL_DIET),
        ({"foods": with_food(a_food("pork", "meat", temperature_class=None))}, LeftOut.CANNOT_BE_BOUGHT),
        ({"foods": {food.food_code: food for food in FOODS if food.food_code != "pork"}}, LeftOut.UNKNOWN_FOOD),
        ({"quotes": {f.food_code: offered(f.food_code) for f in FOODS if f.food_code != "pork"}}, LeftOut.NO_PRICE),
        ({"recipes": (*RECIPES[:4], replace(RECIPES[4], retired=True), RECIPES[5])}, LeftOut.RETIRED),
    ],
)
def test_what_keeps_a_dish_out(other: dict[str, Any], reason: LeftOut) -> None:
    """A banned, avoided, unknown or unpriced food keeps its dish out of every plan; so does retiring it."""
    prepared = prepare(some_facts(**other), Wishes())
    assert prepared.left_out["M1"] is reason
    assert "M1" not in prepared.problem.plates.kitchen.dish_codes


def test_a_dish_of_another_canteen_is_not_cooked_here() -> None:
    """A library holds the province's dishes, the county's and the canteen's own."""
    scope = type(RECIPES[4].scope)
    foreign = replace(RECIPES[4], scope=scope.CANTEEN, owner="sch-2")
    assert prepare(some_facts(recipes=(*RECIPES[:4], foreign)), Wishes()).left_out == {"M1": LeftOut.NOT_ITS_LIBRARY}


def test_what_grows_is_on_offer_or_in_season() -> None:
    """The market has what is in season or grown by no village; asked for offers alone, food is on offer or in store."""
    cucumber = {"cucumber": bought_in("cucumber")}
    winter = some_facts(quotes={**some_facts().quotes, **cucumber})
    summer = replace(winter, days=tuple(date(2026, 6, 1) + timedelta(days=n) for n in range(5)))
    assert prepare(winter, Wishes()).left_out == {"X1": LeftOut.NOT_TO_BE_HAD}
    assert prepare(replace(winter, stock_g={"cucumber": 1}), Wishes()).left_out == {}
    assert prepare(summer, Wishes()).left_out == {}
    only = {"X1": LeftOut.NOT_TO_BE_HAD, "S2": LeftOut.NOT_TO_BE_HAD}
    assert prepare(summer, Wishes(only_offered=True)).left_out == only
    assert prepare(replace(summer, stock_g={"wheat": 1}), Wishes(only_offered=True)).left_out.keys() == {"X1"}


def test_a_season_ends_within_a_plan() -> None:
    """A food whose season ends in the week is on the menu until then."""
    days = (date(2026, 10, 30), date(2026, 11, 2))
    facts = some_facts(days=days, quotes={**some_facts().quotes, "cucumber": bought_in("cucumber")})
    prepared = prepare(facts, Wishes())
    assert ("X1" in codes(prepared, 0, "main"), "X1" in codes(prepared, 1, "main")) == (True, False)


def test_equipment_a_kitchen_lacks() -> None:
    """A dish whose equipment the kitchen lacks is left out; what it has limits how many dishes of a meal use it."""
    steamed, fried = (replace(RECIPES[n], equipment=(piece,)) for n, piece in ((0, "steamer"), (4, "fryer")))
    facts = some_facts(recipes=(steamed, *RECIPES[1:4], fried, RECIPES[5]), equipment_limit={"steamer": 2, "fryer": 0})
    prepared = prepare(facts, Wishes())
    assert prepared.left_out == {"M1": LeftOut.NO_EQUIPMENT}
    problem = prepared.problem
    assert (problem.equipment, problem.equipment_limit.tolist()) == (("steamer",), [2])
    used = problem.equipment_use[0].tolist()
    assert [code for code, n in zip(problem.plates.kitchen.dish_codes, used, strict=True) if n] == ["S1"]


def test_how_often_a_dish_may_come() -> None:
    """Staples every other day, fruit daily, the rest once in five days; only the rest has a main food to vary."""
    problem = prepare(some_facts(), Wishes()).problem
    kitchen = problem.plates.kitchen
    gaps = dict(zip(kitchen.dish_codes, problem.gap_days.tolist(), strict=True))
    assert gaps == {"S1": 2, "S2": 2, "X1": 5, "X2": 5, "M1": 5, "F1": 1}
    mains = {
        code: kitchen.foods[food].food_code if food >= 0 else None
        for code, food in zip(kitchen.dish_codes, problem.main_food.tolist(), strict=True)
    }
    assert mains == {"S1": None, "S2": None, "X1": "cucumber", "X2": "egg", "M1": "pork", "F1": None}


def test_a_meal_it_is_closed_for_is_not_planned() -> None:
    """A canteen that serves no lunch on a day has no places to fill on it, and nothing is pinned there."""
    facts = some_facts(closed=frozenset({(WEEK[1], Meal.LUNCH)}))
    assert {slot.day for slot in prepare(facts, Wishes()).problem.slots} == {0, 2, 3, 4}
    assert the_clash(facts, Wishes((Pin(WEEK[1], Meal.LUNCH, "M1"),))) == ("meal-not-served", "pins.0.meal")


def test_what_was_served_last_week_rests() -> None:
    """A dish of last Friday may not come again before five school days are over."""
    prepared = prepare(some_facts(served_ago={"M1": 1, "S1": 1, "X2": 5}), Wishes())
    assert [("M1" in codes(prepared, day, "main")) for day in range(5)] == [False, False, False, False, True]
    assert [("S1" in codes(prepared, day, "staple")) for day in range(2)] == [False, True]
    assert "X2" in codes(prepared, 0, "main")


def test_a_pinned_dish_is_the_only_one_of_its_place() -> None:
    """A pin takes the first place that suits it, or the one it names, whatever its category."""
    pins = (Pin(WEEK[1], Meal.LUNCH, "M1"), Pin(WEEK[0], Meal.LUNCH, "S2", "fruit"))
    prepared = prepare(some_facts(), Wishes(pins))
    assert codes(prepared, 1, "main") == {"M1"}
    assert codes(prepared, 0, "fruit") == {"S2"}
    assert len(codes(prepared, 2, "main")) == 3


def test_a_pinned_place_is_filled() -> None:
    """A place that may stay empty may not where a dish is pinned to it; what else could stand there is kept in mind."""
    free = prepare(some_facts(), Wishes()).problem
    (at, *_) = [place for place, slot in enumerate(free.slots) if slot.optional]
    slot = free.slots[at]
    dish = free.plates.kitchen.dish_codes[int(free.allowed[at].argmax())]
    problem = prepare(some_facts(), Wishes((Pin(free.days[slot.day], slot.meal, dish, slot.name),))).problem
    assert not problem.slots[at].optional
    assert problem.allowed[at].sum() == 1
    assert list(problem.unpinned) == [at]
    assert problem.unpinned[at].tolist() == free.allowed[at].tolist()


@pytest.mark.parametrize(
    ("pins", "clash"),
    [
        ([Pin(MONDAY + timedelta(days=5), Meal.LUNCH, "M1")], ("pin-outside", "pins.0.day")),
        ([Pin(MONDAY, Meal.DINNER, "M1")], ("meal-not-served", "pins.0.meal")),
        ([Pin(MONDAY, Meal.LUNCH, "M9")], ("unknown-dish", "pins.0.dish_code")),
        ([Pin(MONDAY, Meal.LUNCH, "X1")], ("pin-left-out", "pins.0.dish_code")),
        ([Pin(MONDAY, Meal.LUNCH, "S1", "dessert")], ("pin-without-place", "pins.0.slot")),
        (
            [Pin(MONDAY, Meal.LUNCH, "S1"), Pin(MONDAY, Meal.LUNCH, "S2")],
            ("pin-without-place", "pins.1.slot"),
        ),
        ([Pin(MONDAY, Meal.LUNCH, "M1"), Pin(WEEK[4], Meal.LUNCH, "M1")], ("pins-clash", "pins.1.day")),
        ([Pin(MONDAY, Meal.LUNCH, "X2")], ("pin-too-soon", "pins.0.day")),
    ],
)
def test_pins_that_cannot_be(pins: list[Pin], clash: tuple[str, str]) -> None:
    """A pin outside the plan, of a dish left out, without a place or too soon after the same dish names its field."""
    foods = with_food(a_food("cucumber", canteen_ban=True))
    assert the_clash(some_facts(foods=foods, served_ago={"X2": 2}), Wishes(tuple(pins))) == clash


def test_nothing_to_choose_from() -> None:
    """No school days, no mouths, no pattern, no dish for a place: each says so."""
    assert the_clash(some_facts(days=()), Wishes()) == ("no-school-days", "week_start")
    assert the_clash(some_facts(eaters={}), Wishes()) == ("headcount-zero", "canteen_id")
    assert the_clash(some_facts(patterns={}), Wishes()) == ("no-meal-pattern", "canteen_id")
    assert the_clash(some_facts(recipes=()), Wishes()) == ("no-dishes", "canteen_id")
    mains = frozenset({"M1", "X1", "X2"})
    assert the_clash(some_facts(), Wishes(excluded_dishes=mains)) == ("place-without-dish", "canteen_id")


def test_a_plan_stays_near_the_one_before() -> None:
    """The dish a place had before is told to the planner where it can still be cooked."""
    wishes = Wishes(kept={(WEEK[0], Meal.LUNCH, "main"): "M1", (WEEK[1], Meal.LUNCH, "main"): "gone"})
    problem = prepare(some_facts(), wishes).problem
    before = {(s.day, s.name): dish for s, dish in zip(problem.slots, problem.before.tolist(), strict=True)}
    assert problem.plates.kitchen.dish_codes[before[0, "main"]] == "M1"
    assert {dish for key, dish in before.items() if key != (0, "main")} == {-1}


def test_diets_of_many_are_everybodys() -> None:
    """A diet a tenth of the pupils keep is kept by the common menu, one of fewer is not."""
    diets = (Diet(DietKind.NO_PORK, "", 10), Diet(DietKind.ALLERGEN_FREE, "egg", 9))
    heads = {(AgeBand.FROM_9_TO_11, Sex.FEMALE): 100}
    profile = Profile("sch-1", "520628", (Meal.LUNCH,), heads, "test", diets, {}, 500)
    assert avoided_foods(profile, FOODS) == {"pork"}
    assert avoided_foods(profile, FOODS, 90) == {"pork", "egg"}
    vegetarian = replace(profile, diets=(Diet(DietKind.VEGETARIAN, "", 100),))
    assert avoided_foods(vegetarian, FOODS) == {"pork"}
