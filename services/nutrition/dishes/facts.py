"""What follows from a dish's ingredients for one portion: nothing of it is typed in, everything is reckoned live."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.nutrition.dishes.domain import Ingredient, Recipe
from services.nutrition.foods.domain import Food, Nutrient
from services.nutrition.market.domain import Quote
from shared.fields import AgeBand
from shared.quantities import divide

ALL_YEAR = tuple(range(1, 13))
_MG_IN_100_G = 100_000


@dataclass(frozen=True, slots=True)
class Amount:
    """1/1000 of a nutrient's unit in a portion, what is unknown left out; the share of the weight that is unknown."""

    amount: int
    unknown_permille: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What a portion's foods cost as bought, in 1/1000 fen; of it, what goes to the own county and to poor households.

    Foods nobody has a price for are not in it.
    """

    all_mfen: int
    local_mfen: int
    poor_mfen: int


def allergens(recipe: Recipe, foods: Mapping[str, Food]) -> list[str]:
    """Return the allergens its foods carry into a dish."""
    return sorted({name for part in recipe.ingredients for name in foods[part.food_code].allergens})


def banned(recipe: Recipe, foods: Mapping[str, Food]) -> list[str]:
    """Return the foods in a dish that must not be served in school canteens."""
    return [part.food_code for part in recipe.ingredients if foods[part.food_code].canteen_ban]


def months(recipe: Recipe, foods: Mapping[str, Food]) -> list[int]:
    """Return the months a dish is in season: those in which everything in it that villages grow is."""
    grown = [foods[part.food_code] for part in recipe.ingredients if foods[part.food_code].farmed]
    seasons = [food.season for food in grown if food.season is not None]
    return [month for month in ALL_YEAR if all(season.has(month) for season in seasons)]


def portion_mg(recipe: Recipe, band: AgeBand) -> int:
    """Return mg of raw edible food in a portion for an age band."""
    return divide(sum(part.portion_mg for part in recipe.ingredients) * recipe.portion_permille[band], 1000)


def amount_of(recipe: Recipe, foods: Mapping[str, Food], nutrient: Nutrient, band: AgeBand) -> Amount:
    """Return what a portion gives of a nutrient, and how much of its weight that says nothing about."""
    total = unknown = known = 0
    for part in recipe.ingredients:
        per_100_g = foods[part.food_code].composition.get(nutrient)
        total += part.portion_mg
        if per_100_g is None:
            unknown += part.portion_mg
        else:
            known += part.portion_mg * per_100_g
    amount = divide(known * recipe.portion_permille[band], 1000 * _MG_IN_100_G)
    return Amount(amount, divide(1000 * unknown, total))


def unknown_foods(recipe: Recipe, foods: Mapping[str, Food]) -> dict[Nutrient, list[str]]:
    """Return, by nutrient, the foods of a dish nobody has said that of; nutrients all is known of are left out."""
    lacking = {
        nutrient: [part.food_code for part in recipe.ingredients if nutrient not in foods[part.food_code].composition]
        for nutrient in Nutrient
    }
    return {nutrient: codes for nutrient, codes in lacking.items() if codes}


def part_mfen(part: Ingredient, foods: Mapping[str, Food], quote: Quote, permille: int) -> int:
    """Return 1/1000 fen for an ingredient as bought: net over edible fraction, times the price."""
    net = part.portion_mg * permille * quote.price_fen_per_kg
    return divide(net, foods[part.food_code].edible_permille * 1000)


def cost_of(recipe: Recipe, foods: Mapping[str, Food], quotes: Mapping[str, Quote], band: AgeBand) -> Cost:
    """Return what a portion costs."""
    costs = [
        (quotes[part.food_code], part_mfen(part, foods, quotes[part.food_code], recipe.portion_permille[band]))
        for part in recipe.ingredients
        if part.food_code in quotes
    ]
    return Cost(
        all_mfen=sum(mfen for _, mfen in costs),
        local_mfen=sum(divide(mfen * quote.local_permille, 1000) for quote, mfen in costs),
        poor_mfen=sum(divide(mfen * quote.poor_permille, 1000) for quote, mfen in costs),
    )


def unpriced(recipe: Recipe, quotes: Mapping[str, Quote]) -> list[str]:
    """Return the foods of a dish that nobody has a price for."""
    return [part.food_code for part in recipe.ingredients if part.food_code not in quotes]
