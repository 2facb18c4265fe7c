"""Which foods are cooked in the place of a missing one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.nutrition.analysis.plates import kitchen_of
from services.nutrition.analysis.setting import Setting
from services.nutrition.analysis.week import Served
from services.nutrition.canteens.domain import Diet, DietKind, Profile
from services.nutrition.foods.domain import Food, Nutrient, Season
from services.nutrition.market.domain import PriceSource, Quote
from services.nutrition.standards.domain import Equivalent, Requirement, TargetKind
from services.nutrition.substitution.finding import Lack
from services.nutrition.substitution.replacing import Replacement, Short, edible_permille, replacements, with_food
from shared.fields import AgeBand, Meal, Sex
from tests.unit.nutrition import weeks as w

MONDAY = date(2026, 11, 30)
CALCIUM = w.a_target(TargetKind.NUTRIENT, Nutrient.CALCIUM_MG.value, low=100.0)
CABBAGE = w.a_food("cabbage", composition=w.per_100g(calcium_mg=40))
SHORT = Short(Lack(MONDAY, "cabbage", frozenset({"cabbage"})), 10_000, 10_000)


def like(code: str, **other: Any) -> Food:
    """Return a vegetable with as much calcium as cabbage."""
    return w.a_food(code, **({"composition": w.per_100g(calcium_mg=40)} | other))


def offered(code: str, price: int = 400, available_g: int | None = 50_000) -> Quote:
    """Return a quote of cooperatives' offers."""
    return Quote(code, price, PriceSource.OFFER, 1000, 500, available_g)


def found(
    *others: Food,
    quotes: Mapping[str, Quote] | None = None,
    short: Short = SHORT,
    fen: int = 500,
    diets: tuple[Diet, ...] = (),
    requirement: Requirement | None = None,
) -> list[Replacement]:
    """Return what replaces cabbage in Monday's soup where others are on offer at the same price, unless told."""
    foods = {food.food_code: food for food in (w.a_food("rice", "cereal"), CABBAGE, *others)}
    asked = requirement or w.a_requirement(CALCIUM)
    recipes = (w.a_recipe("rice", {"rice": 100}), w.a_recipe("soup", {"cabbage": 100}))
    profile = Profile("c-1", "520628", (Meal.LUNCH,), {(AgeBand.FROM_9_TO_11, Sex.FEMALE): 100}, "s", diets, {}, 500)
    setting = Setting(
        profile=profile,
        requirement=asked,
        eaters=w.NINE,
        foods=foods,
        quotes={code: w.a_quote(code) for code in ("rice", "cabbage")},
        quotes_now={},
        budget_mfen={MONDAY: fen * 1000},
        kitchen=kitchen_of(recipes, foods, asked),
        days=(MONDAY,),
        served=(Served(MONDAY, Meal.LUNCH, (0, 1)),),
    )
    return replacements(
        setting, short, foods, {food.food_code: offered(food.food_code) for food in others} | dict(quotes or {})
    )


def codes(each: list[Replacement]) -> list[str]:
    """Return the foods proposed, in order."""
    return [one.food_code for one in each]


def test_what_keeps_the_score_comes_first_then_the_cheaper() -> None:
    """Kale gives more calcium; of radish and turnip, which give as much as cabbage, turnip costs less."""
    kale = like("kale", composition=w.per_100g(calcium_mg=90))
    best, *rest = found(like("radish"), like("turnip"), kale, quotes={"turnip": offered("turnip", 300)})
    assert (best.food_code, best.score_change, best.more_mfen) == ("kale", 500, 0)
    assert (best.dish_codes, best.needed_g, best.worst_target, best.worst_permille) == (("soup",), 10_000, "", 0)
    assert [(one.food_code, one.score_change, one.more_mfen) for one in rest] == [
        ("turnip", 0, -10_000),
        ("radish", 0, 0),
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"canteen_ban": True},
        {"temperature_class": None},
        {"allergens": frozenset({"peanut"})},
        {"food_group": "meat"},
        {"season": Season(6, 9)},
    ],
)
def test_nothing_banned_harmful_of_another_kind_or_out_of_season(other: dict[str, Any]) -> None:
    """Each of these alone keeps a food out that would do otherwise."""
    radish = like("radish")
    assert codes(found(radish)) == ["radish"]
    assert found(replace(radish, **other)) == []


def test_what_the_standard_bans_is_no_replacement() -> None:
    """The standard's list counts beside the food's own ban."""
    assert found(like("radish"), requirement=w.a_requirement(CALCIUM, banned=frozenset({"radish"}))) == []


def test_a_diet_kept_by_one_child_keeps_a_food_out() -> None:
    """Who ate the dish must be able to eat it with the other food; a diet that left it out before has no say."""
    pork = like("pork_leaf")
    assert found(pork, diets=(Diet(DietKind.NO_PORK, "", 1),)) == []
    assert codes(found(pork, diets=(Diet(DietKind.NO_PORK, "", 0), Diet(DietKind.VEGETARIAN, "", 1)))) == ["pork_leaf"]


def test_a_dark_vegetable_is_replaced_by_a_dark_one() -> None:
    """The other way round is no loss; nobody having said so counts as not dark."""
    dark, light, unsaid = like("a", dark_vegetable=True), like("b", dark_vegetable=False), like("c")
    asked = w.a_requirement(CALCIUM)
    assert edible_permille(dark, dark, asked) == edible_permille(dark, light, asked) == 1000
    assert edible_permille(light, dark, asked) is edible_permille(unsaid, dark, asked) is None


def test_grams_count_as_much_in_the_standards_group() -> None:
    """Of a food that counts twice half is enough; as bought more is needed where less can be eaten."""
    dried = like("dried", edible_permille=500)
    lenient = w.a_target(TargetKind.NUTRIENT, Nutrient.CALCIUM_MG.value, low=1.0)
    asked = w.a_requirement(lenient, by_food={"dried": Equivalent("vegetable", 2000)})
    (one,) = found(dried, requirement=asked)
    assert (one.edible_permille, one.needed_g) == (500, 10_000)
    soup = with_food(w.a_recipe("soup", {"cabbage": 100, "rice": 10}), "cabbage", dried, 500)
    assert [(part.food_code, part.portion_mg) for part in soup.ingredients] == [("dried", 50_000), ("rice", 10_000)]


def test_only_what_is_on_offer_for_all_who_lack_it() -> None:
    """The market supplier has the missing food, too; an offer for the school alone is none for the county."""
    market = {"radish": w.a_quote("radish")}
    assert found(like("radish"), quotes=market) == []
    assert codes(found(like("radish"), quotes={"radish": offered("radish", available_g=10_000)})) == ["radish"]
    assert found(like("radish"), quotes={"radish": offered("radish", available_g=9_999)}) == []
    assert found(like("radish"), short=replace(SHORT, county_g=50_001)) == []


def test_not_beyond_the_budget_nor_the_tolerance() -> None:
    """A day without money left takes what costs no more; a twentieth of what is asked may be lost, no more."""
    dear = {"radish": offered("radish", 500)}
    assert codes(found(like("radish"), quotes=dear, fen=90)) == ["radish"]
    assert found(like("radish"), quotes=dear, fen=89) == []
    assert codes(found(like("radish"), fen=1)) == ["radish"]
    (poorer,) = found(like("radish", composition=w.per_100g(calcium_mg=35)))
    assert (poorer.worst_target, poorer.worst_permille, poorer.score_change) == (CALCIUM.key, 50, -50)
    assert found(like("radish", composition=w.per_100g(calcium_mg=34))) == []


def test_five_at_most_and_none_where_nothing_is_missing() -> None:
    """A person chooses among few; a day without the food has nothing to replace; nor is what is missing besides."""
    many = [like(f"v{number}") for number in range(7)]
    assert codes(found(*many)) == ["v0", "v1", "v2", "v3", "v4"]
    assert found(like("radish"), short=replace(SHORT, lack=replace(SHORT.lack, food_code="leek"))) == []
    both = replace(SHORT.lack, without=frozenset({"cabbage", "radish"}))
    assert found(like("radish"), short=replace(SHORT, lack=both)) == []
