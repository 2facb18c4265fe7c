"""The dish library of the seed data: complete, sensible, and good enough that a lunch can meet the standard."""

from collections import Counter
from functools import cache

import numpy as np
import pytest

from services.generator.reference import DATA
from services.loading import REFERENCE, Loaded
from services.nutrition.dishes.domain import PORTION_PERMILLE, REFERENCE_BAND, Ingredient, Method, PortionRule, Recipe
from services.nutrition.dishes.facts import amount_of, banned, cost_of, portion_mg
from services.nutrition.dishes.schemas import DishRow
from services.nutrition.foods.domain import PER_UNIT, Food, Nutrient
from services.nutrition.foods.schemas import FoodRow
from services.nutrition.market.domain import Quote, quote_of_reference
from services.nutrition.standards.library import standard
from services.nutrition.standards.requirement import requirement_of
from shared.fields import AgeBand, Meal, Sex, TemperatureClass
from tests.unit.nutrition import weeks as w

EQUIPMENT = {"steamer", "wok", "stock_pot", "griddle", "oven"}
NEEDED = (Nutrient.CALCIUM_MG, Nutrient.IRON_MG, Nutrient.VITAMIN_A_UG_RAE)


@cache
def foods() -> dict[str, Food]:
    """The foods of the seed data that somebody knows how to bring."""
    rows = [FoodRow.model_validate(row) for _, row in REFERENCE[0].rows(DATA, Loaded())]
    return {
        row.food_code: w.a_food(
            row.food_code,
            row.food_group,
            edible_permille=row.edible_permille,
            canteen_ban=row.canteen_ban,
            reference_price_fen_per_kg=row.reference_price_fen_per_kg,
            composition=row.composition,
            dark_vegetable=row.dark_vegetable,
            farmed=row.farmed,
        )
        for row in rows
        if row.temperature_class is not None
    }


@cache
def dishes() -> dict[str, DishRow]:
    """The dishes of the seed data, as they are loaded."""
    rows = [DishRow.model_validate(row) for _, row in REFERENCE[1].rows(DATA, Loaded())]
    return {row.dish_code: row for row in rows}


@cache
def recipes() -> dict[str, Recipe]:
    """The dishes as recipes."""
    room = TemperatureClass.AMBIENT
    return {
        code: Recipe(
            code,
            1,
            tuple(Ingredient(part.food_code, part.portion_mg, 1000, room, False) for part in row.ingredients),
            row.category,
        )
        for code, row in dishes().items()
    }


@cache
def quotes() -> dict[str, Quote]:
    """What foods cost at reference prices."""
    found = {code: quote_of_reference(food) for code, food in foods().items()}
    return {code: quote for code, quote in found.items() if quote is not None}


def test_the_library_is_whole() -> None:
    """155 dishes, each with a name of its own, method and known equipment; only raw fruit and cartons need none."""
    assert len(dishes()) == 155
    for name in ("name_zh", "name_en"):
        assert max(Counter(getattr(row, name) for row in dishes().values()).values()) == 1
    for code, row in dishes().items():
        assert row.method is not None, code
        assert set(row.equipment) <= EQUIPMENT, code
        assert bool(row.equipment) == (row.method is not Method.NONE), code
        assert row.method is not Method.NONE or row.category in ("fruit", "dairy"), code
    assert {row.category for row in dishes().values()} == {
        *("staple", "meat", "mixed", "vegetable", "soup", "fruit", "dairy")
    }


def test_what_is_handed_out_whole_is_the_same_for_everybody() -> None:
    """Cartons, eggs, chicken legs, cobs and pieces of fruit are fixed; dumplings are counted by age."""
    fixed = {code for code, row in dishes().items() if row.portion_rule is PortionRule.FIXED}
    assert fixed == {
        *("D01", "D02", "X20", "X36", "M13", "M24", "S13", "F01", "F02", "F03", "F04", "F05", "F07"),
    }
    counted = {code: row.portion_permille for code, row in dishes().items() if row.portion_permille is not None}
    assert list(counted) == ["S23"]
    assert all(abs(counted["S23"][band] - PORTION_PERMILLE[band]) <= 250 for band in AgeBand)


@pytest.mark.parametrize(
    ("category", "grams", "kcal"),
    [
        *(("staple", (45, 250), (80, 510)), ("meat", (60, 220), (80, 300)), ("mixed", (45, 200), (70, 260))),
        *(("vegetable", (95, 150), (30, 160)), ("soup", (25, 180), (15, 160)), ("fruit", (70, 120), (30, 90))),
        ("dairy", (140, 220), (80, 200)),
    ],
)
def test_portions_are_a_childs(category: str, grams: tuple[int, int], kcal: tuple[int, int]) -> None:
    """Raw grams and energy of a portion are what a child of 9 to 11 can eat."""
    for code, recipe in recipes().items():
        if recipe.category == category:
            assert grams[0] <= portion_mg(recipe, REFERENCE_BAND) / 1000 <= grams[1], code
            energy = amount_of(recipe, foods(), Nutrient.ENERGY_KCAL, REFERENCE_BAND)
            assert kcal[0] <= energy.amount / PER_UNIT <= kcal[1], code


def test_every_dish_can_be_bought_and_served() -> None:
    """No food is banned, all have a price, and no dish costs more than ¥3.50 or is saltier than 1.2 g sodium."""
    for code, recipe in recipes().items():
        assert banned(recipe, foods()) == [], code
        assert cost_of(recipe, foods(), quotes(), REFERENCE_BAND).all_mfen <= 350_000, code
        sodium = amount_of(recipe, foods(), Nutrient.SODIUM_MG, REFERENCE_BAND)
        assert sodium.amount <= 1_200 * PER_UNIT, code


def _lunches() -> tuple[dict[Nutrient, np.ndarray], np.ndarray]:
    """Return amounts and fen of every lunch of staple, main, vegetable and soup."""
    groups = [("staple",), ("meat", "mixed"), ("vegetable",), ("soup",)]
    courses = [[one for one in recipes().values() if one.category in group] for group in groups]

    def summed(values: list[list[float]]) -> np.ndarray:
        total = np.zeros(1)
        for course in values:
            total = np.add.outer(total, np.array(course)).ravel()
        return total

    amounts = {
        nutrient: summed(
            [[amount_of(one, foods(), nutrient, REFERENCE_BAND).amount / PER_UNIT for one in c] for c in courses]
        )
        for nutrient in (*NEEDED, Nutrient.PROTEIN_G, Nutrient.ENERGY_KCAL)
    }
    fen = [[cost_of(one, foods(), quotes(), REFERENCE_BAND).all_mfen / 1000 for one in c] for c in courses]
    return amounts, summed(fen)


def test_calcium_iron_and_vitamin_a_can_be_reached() -> None:
    """One lunch in ten costs ¥5 at most and gives of all three what the standard asks, without a carton of milk."""
    heads = {(REFERENCE_BAND, sex): 1 for sex in Sex}
    asked = {target.of: target for target in requirement_of(standard("wst554-2017"), heads, [Meal.LUNCH]).targets}
    amounts, fen = _lunches()
    enough = fen <= 500
    for nutrient in NEEDED:
        low = asked[nutrient.value].low
        assert low is not None
        enough &= amounts[nutrient] >= low
    assert enough.sum() > 100_000
    assert enough.mean() > 0.1
