"""The rules of which dish may stand where, one dish and one place at a time."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum

from services.nutrition.dishes.domain import Recipe
from services.nutrition.foods.domain import Food
from services.nutrition.market.domain import PriceSource
from services.nutrition.planning.facts import Facts, Wishes

GAP_DAYS: Mapping[str, int] = {"staple": 2, "fruit": 1, "dairy": 1}
"""A staple may come every other school day, fruit and milk daily."""
USUAL_GAP_DAYS = 5
"""Any other dish comes at most once in five school days. An assumption of this project, not a rule of any standard."""
WITHOUT_MAIN_FOOD = frozenset({"staple", "fruit", "dairy"})


class LeftOut(StrEnum):
    """Why a dish of the library is in no plan of a canteen."""

    EXCLUDED = "excluded"
    RETIRED = "retired"
    NOT_ITS_LIBRARY = "not_its_library"
    BANNED_FOOD = "banned_food"
    UNKNOWN_FOOD = "unknown_food"
    CANNOT_BE_BOUGHT = "cannot_be_bought"
    NO_PRICE = "no_price"
    SPECIAL_DIET = "special_diet"
    NO_EQUIPMENT = "no_equipment"
    NOT_TO_BE_HAD = "not_to_be_had"
    NO_PLACE = "no_place"


def why_left_out(recipe: Recipe, facts: Facts, wishes: Wishes) -> LeftOut | None:
    """Return why a dish can stand on no day and in no place of the plan, None when it can."""
    foods = [facts.foods.get(part.food_code) for part in recipe.ingredients]
    known = [food for food in foods if food is not None]
    places = [place for pattern in facts.patterns.values() for place in pattern.places]
    pinned = any(pin.dish_code == recipe.dish_code and pin.slot is not None for pin in wishes.pins)
    reasons = (
        (LeftOut.EXCLUDED, recipe.dish_code in wishes.excluded_dishes),
        (LeftOut.UNKNOWN_FOOD, len(known) < len(foods)),
        (LeftOut.BANNED_FOOD, bool(recipe.banned) or any(_is_banned(food, facts) for food in known)),
        (LeftOut.SPECIAL_DIET, any(food.food_code in facts.avoided_foods for food in known)),
        (LeftOut.NO_EQUIPMENT, any(facts.equipment_limit.get(piece) == 0 for piece in recipe.equipment)),
        (LeftOut.RETIRED, recipe.retired),
        (LeftOut.NOT_ITS_LIBRARY, not recipe.is_open_to(facts.canteen_id, facts.county_code)),
        (LeftOut.CANNOT_BE_BOUGHT, not all(food.can_be_bought for food in known)),
        (LeftOut.NO_PRICE, any(food.food_code not in facts.quotes for food in known)),
        (LeftOut.NOT_TO_BE_HAD, not any(may_be_had(known, facts, day, wishes) for day in facts.days)),
        (LeftOut.NO_PLACE, not pinned and not any(place.suits(recipe) for place in places)),
    )
    return next((reason for reason, holds in reasons if holds), None)


def _is_banned(food: Food, facts: Facts) -> bool:
    return food.canteen_ban or food.food_code in facts.requirement.banned


def may_be_had(foods: Sequence[Food], facts: Facts, day: date, wishes: Wishes) -> bool:
    """Whether all foods can be had for a day.

    A food is on offer or in the store; else the market has it: what villages grow in its season, the rest all year.
    """
    for food in foods:
        quote = facts.quotes.get(food.food_code)
        if quote is None or quote.source is not PriceSource.REFERENCE or facts.stock_g.get(food.food_code):
            continue
        if wishes.only_offered or (food.farmed and not _in_season(food, day)):
            return False
    return True


def _in_season(food: Food, day: date) -> bool:
    return food.season is None or food.season.has(day.month)


def gap_days(recipe: Recipe) -> int:
    """Return how many school days after it was served a dish may come again."""
    return GAP_DAYS.get(recipe.category, USUAL_GAP_DAYS)


def main_food(recipe: Recipe) -> str | None:
    """Return the food a dish has most of by raw edible weight; None for staples, fruit and milk, which come daily."""
    if recipe.category in WITHOUT_MAIN_FOOD:
        return None
    return max(recipe.ingredients, key=lambda part: (part.portion_mg, part.food_code)).food_code
