"""How canteens share what a county has on offer: by what their meals usually take of each food."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from services.nutrition.analysis.plates import Floats, Plates
from services.nutrition.dishes.domain import PORTION_PERMILLE, Recipe
from services.nutrition.market.domain import Quote
from services.nutrition.patterns.domain import Pattern
from services.nutrition.planning.facts import Facts, Pool
from shared.fields import AgeBand, Meal

Usual = Mapping[Meal, Mapping[str, float]]
"""Edible g of each food in a day's meal of a child of 9 to 11, if every dish that suits a place is as likely."""

HAIR_G = 0.01
"""Who may have one portion may have it whole: the planner reckons in whole milligrams."""


def usual_of(recipes: Sequence[Recipe], patterns: Iterable[Pattern]) -> Usual:
    """Return what meals usually take; a place that may stay empty counts half."""
    usual: dict[Meal, dict[str, float]] = {}
    for pattern in patterns:
        foods = usual.setdefault(pattern.meal, {})
        for place in pattern.places:
            suiting = [recipe for recipe in recipes if place.suits(recipe)]
            often = (0.5 if place.optional else 1.0) / max(1, len(suiting))
            for part in (part for recipe in suiting for part in recipe.ingredients):
                foods[part.food_code] = foods.get(part.food_code, 0.0) + often * part.portion_mg / 1000
    return usual


def usual_g(usual: Usual, eaters: Mapping[AgeBand, int], meals: Iterable[Meal], days: int) -> dict[str, int]:
    """Return the edible g of each food that children usually eat at some meals in so many days."""
    portions = sum(pupils * PORTION_PERMILLE[band] for band, pupils in eaters.items()) * days / 1000
    grams: dict[str, float] = {}
    for meal in meals:
        for food, in_meal in usual.get(meal, {}).items():
            grams[food] = grams.get(food, 0.0) + in_meal * portions
    return {food: round(g) for food, g in sorted(grams.items())}


def added(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return grams by food, added up."""
    total: dict[str, int] = {}
    for part in parts:
        for food, grams in part.items():
            total[food] = total.get(food, 0) + grams
    return total


def limited_g(quotes: Mapping[str, Quote], planned_on_permille: int = 1000) -> dict[str, int]:
    """Return the g as bought of each food on offer that are planned on: not every promise is kept."""
    limited = {code: quote.available_g for code, quote in quotes.items() if quote.available_g is not None}
    return {code: grams * planned_on_permille // 1000 for code, grams in limited.items()}


def food_caps(plates: Plates, facts: Facts, pool: Pool, *, only_offered: bool = False) -> Floats:
    """Return the edible g of each food an average child can have over all the days, infinite where nothing limits it.

    A canteen may plan on its share of what is left; where that is less than one portion, on one portion as long as
    what is left is enough for it: a little for everybody would be cooked by nobody. What lies free in its own store
    comes on top. With `only_offered` that is all there is: nothing comes from the market.
    """
    foods = plates.kitchen.foods
    largest_g = plates.food_g.max(axis=0)
    caps = np.full(len(foods), np.inf)
    for index, food in enumerate(foods):
        left_g = pool.left_g.get(food.food_code, 0 if only_offered else None)
        if left_g is not None:
            each_g = left_g * food.edible_permille / 1000 / facts.heads
            share_g = each_g * _share(food.food_code, facts, pool)
            stock_g = facts.stock_g.get(food.food_code, 0) * food.edible_permille / 1000 / facts.heads
            portion_g = largest_g[index] + HAIR_G
            caps[index] = (max(share_g, portion_g) if each_g >= portion_g else share_g) + stock_g
    return caps


def _share(food: str, facts: Facts, pool: Pool) -> float:
    """Return which part of what is left of a food is a canteen's: all of it where nobody else usually eats it."""
    own = facts.usual_g.get(food, 0)
    return min(1.0, own / max(1, pool.usual_g.get(food, own)))


def after(pool: Pool, used_g: Mapping[str, int], usual: Mapping[str, int]) -> Pool:
    """Return what is left of a pool when a canteen that usually eats so much has planned to buy `used_g`."""
    left = {code: max(0, grams - used_g.get(code, 0)) for code, grams in pool.left_g.items()}
    return Pool(left, {code: max(0, grams - usual.get(code, 0)) for code, grams in pool.usual_g.items()})


def bought_g(plates: Plates, facts: Facts, dishes: Sequence[int]) -> dict[str, int]:
    """Return the g as bought of each food that a menu takes for all who eat, beyond what lies free in the store."""
    served = [dish for dish in dishes if dish >= 0]
    edible_g = plates.food_g[served].sum(axis=0)
    grams = np.ceil(edible_g * plates.kitchen.bought_kg * 1000 * facts.heads - 1e-6).astype(np.int64)
    beyond = {
        food.food_code: int(g) - facts.stock_g.get(food.food_code, 0)
        for food, g in zip(plates.kitchen.foods, grams, strict=True)
    }
    return {code: g for code, g in beyond.items() if g > 0}
