"""What a portion of each dish gives, costs and is made of, as arrays: planner and analysis reckon with the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.nutrition.dishes.domain import Recipe
from services.nutrition.foods.domain import PER_UNIT, Food, Nutrient
from services.nutrition.market.domain import Quote
from services.nutrition.standards.domain import Requirement
from shared.fields import AgeBand

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Truths = NDArray[np.bool_]
NUTRIENTS = tuple(Nutrient)
KCAL_PER_G = {Nutrient.FAT_G: 9.0, Nutrient.CARBOHYDRATE_G: 4.0, Nutrient.PROTEIN_G: 4.0}


@dataclass(frozen=True, slots=True)
class Kitchen:
    """A dish library as arrays, whoever eats and whatever it costs: D dishes, F foods, N nutrients, G groups.

    `portion_g[d, f]` is g of raw edible food in a portion for ages 9 to 11. `per_g[f, n]` is a nutrient's unit per g
    (0 where `unknown[f, n]`). `group_g[f, g]` is the g with which a g of food counts in a group of the standard.
    `bought_kg[f]` is kg as bought per edible g.
    """

    recipes: tuple[Recipe, ...]
    foods: tuple[Food, ...]
    groups: tuple[str, ...]
    portion_g: Floats
    per_g: Floats
    unknown: Truths
    group_g: Floats
    bought_kg: Floats
    is_kind: Truths

    @property
    def dish_codes(self) -> tuple[str, ...]:
        """The dishes in the order of the arrays."""
        return tuple(recipe.dish_code for recipe in self.recipes)

    def of_group(self, group: str) -> Truths:
        """Which foods count in a group of the standard, or belong to the food group where it has no such group.

        A food by itself is a group of one.
        """
        if group in self.groups:
            return self.group_g[:, self.groups.index(group)] > 0
        return np.array([group in (food.food_group, food.food_code) for food in self.foods], dtype=np.bool_)

    def of_any(self, groups: Iterable[str]) -> Truths:
        """Which foods count in one of the groups."""
        found = np.zeros(len(self.foods), dtype=np.bool_)
        for group in groups:
            found |= self.of_group(group)
        return found

    def dark_of(self, group: str) -> Truths:
        """Which foods of a group are dark; one nobody has called dark is not."""
        dark = np.array([food.dark_vegetable is True for food in self.foods], dtype=np.bool_)
        return self.of_group(group) & dark


@dataclass(frozen=True, slots=True)
class Plates:
    """What an average child of one canteen gets with a portion of each dish, and what that costs its county.

    `food_g` (D × F), `nutrients` (D × N, unknown counted as nothing), `unknown_g` (D × N, g whose value nobody knows),
    `groups` (D × G); costs in 1/1000 fen (D): all, what goes to the own county, what reaches poor households.
    """

    kitchen: Kitchen
    food_g: Floats
    nutrients: Floats
    unknown_g: Floats
    groups: Floats
    cost_mfen: Integers
    local_mfen: Integers
    poor_mfen: Integers

    def nutrient(self, nutrient: Nutrient) -> Floats:
        """What each dish holds of a nutrient, in its unit."""
        return self.nutrients[:, NUTRIENTS.index(nutrient)]

    def group_g(self, group: str) -> Floats:
        """g of a group of the standard in each dish; nothing of a group no food of the kitchen counts in."""
        if group not in self.kitchen.groups:
            return np.zeros(len(self.cost_mfen))
        return self.groups[:, self.kitchen.groups.index(group)]

    def grams_of(self, foods: Truths) -> Floats:
        """g of these foods in each dish."""
        return self.food_g @ foods.astype(np.float64)


def kitchen_of(recipes: Sequence[Recipe], foods: Mapping[str, Food], requirement: Requirement) -> Kitchen:
    """Return a dish library as arrays; every food of every dish must be among `foods`."""
    codes = sorted({part.food_code for recipe in recipes for part in recipe.ingredients})
    place = {code: index for index, code in enumerate(codes)}
    known = tuple(foods[code] for code in codes)
    portion_g = np.zeros((len(recipes), len(codes)))
    for index, recipe in enumerate(recipes):
        for part in recipe.ingredients:
            portion_g[index, place[part.food_code]] += part.portion_mg / 1000
    composition = [[food.composition.get(nutrient, -1) for nutrient in NUTRIENTS] for food in known]
    per_100g = np.array(composition, dtype=np.float64).reshape(len(known), len(NUTRIENTS))
    groups, group_g = _groups(known, requirement)
    return Kitchen(
        recipes=tuple(recipes),
        foods=known,
        groups=groups,
        portion_g=portion_g,
        per_g=np.where(per_100g < 0, 0.0, per_100g) / (100 * PER_UNIT),
        unknown=per_100g < 0,
        group_g=group_g,
        bought_kg=np.array([1.0 / food.edible_permille for food in known]),
        is_kind=np.array([requirement.is_a_kind(food) for food in known], dtype=np.bool_),
    )


def _groups(foods: Sequence[Food], requirement: Requirement) -> tuple[tuple[str, ...], Floats]:
    equivalents = [*requirement.by_food.values(), *requirement.by_food_group.values()]
    groups = tuple(sorted({equivalent.group for equivalent in equivalents}))
    group_g = np.zeros((len(foods), len(groups)))
    for index, food in enumerate(foods):
        equivalent = requirement.counts_as(food)
        if equivalent is not None:
            group_g[index, groups.index(equivalent.group)] = equivalent.permille / 1000
    return groups, group_g


def plates_of(kitchen: Kitchen, eaters: Mapping[AgeBand, int], quotes: Mapping[str, Quote]) -> Plates:
    """Return what an average child among `eaters` gets; every food of the kitchen must have a quote."""
    food_g = kitchen.portion_g * _portions(kitchen.recipes, eaters)[:, None]
    found = [quotes[food.food_code] for food in kitchen.foods]
    price = np.array([quote.price_fen_per_kg for quote in found], dtype=np.float64)
    local = np.array([quote.local_permille for quote in found], dtype=np.float64)
    poor = np.array([quote.poor_permille for quote in found], dtype=np.float64)
    spent = kitchen.bought_kg * price * 1000
    return Plates(
        kitchen=kitchen,
        food_g=food_g,
        nutrients=food_g @ kitchen.per_g,
        unknown_g=food_g @ kitchen.unknown.astype(np.float64),
        groups=food_g @ kitchen.group_g,
        cost_mfen=_whole(food_g @ spent),
        local_mfen=_whole(food_g @ (spent * local / 1000)),
        poor_mfen=_whole(food_g @ (spent * poor / 1000)),
    )


def _portions(recipes: Sequence[Recipe], eaters: Mapping[AgeBand, int]) -> Floats:
    """Return each dish's portion for the average child, as a share of the recipe."""
    heads = sum(eaters.values())
    return np.array([sum(n * recipe.portion_permille[band] for band, n in eaters.items()) for recipe in recipes]) / (
        1000 * heads
    )


def _whole(values: Floats) -> Integers:
    return np.rint(values).astype(np.int64)
