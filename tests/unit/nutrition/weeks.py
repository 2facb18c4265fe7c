"""Foods, dishes, plates and weeks for tests: small, fictional, and reckoned with by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.nutrition.analysis.plates import Plates, kitchen_of, plates_of
from services.nutrition.dishes.domain import Ingredient, Recipe
from services.nutrition.foods.domain import Food, Nutrient
from services.nutrition.market.domain import PriceSource, Quote
from services.nutrition.standards.domain import Equivalent, Per, Requirement, Target, TargetKind
from shared.fields import AgeBand, Meal, TemperatureClass

ROOM = TemperatureClass.AMBIENT
NINE = {AgeBand.FROM_9_TO_11: 1}


def a_food(code: str, group: str = "vegetable", **other: Any) -> Food:
    """A food that can be eaten whole and of whose composition nothing is known."""
    values: dict[str, Any] = {
        "food_code": code,
        "food_group": group,
        "edible_permille": 1000,
        "temperature_class": ROOM,
        "shelf_life_days": 10,
        "farmed": True,
        "canteen_ban": False,
        "allergens": frozenset(),
        "dark_vegetable": None,
        "season": None,
        "reference_price_fen_per_kg": 400,
        "composition": {},
    }
    return Food(**(values | other))


def a_recipe(code: str, grams: Mapping[str, int], category: str = "mixed", version: int = 1) -> Recipe:
    """A dish of so many grams of each food, for ages 9 to 11."""
    parts = tuple(Ingredient(food, 1000 * g, 1000, ROOM, False) for food, g in grams.items())
    return Recipe(code, version, parts, category)


def a_target(kind: TargetKind, of: str = "", per: Per = Per.MEAN_DAY, **other: Any) -> Target:
    """A target of weight 1 without bounds."""
    values: dict[str, Any] = {"low": None, "high": None, "weight": 1.0, "verified": "test"}
    return Target(key=f"{kind}-{of}-{per}", kind=kind, of=of, per=per, **(values | other))


def a_requirement(*targets: Target, **other: Any) -> Requirement:
    """A requirement whose groups are the food groups, at full weight."""
    groups = ("cereal", "vegetable", "meat", "dairy")
    values: dict[str, Any] = {
        "standard_id": "test",
        "meals": (Meal.LUNCH,),
        "targets": targets,
        "by_food": {},
        "by_food_group": {group: Equivalent(group, 1000) for group in groups},
        "meal_groups": tuple(frozenset({group}) for group in groups),
        "kinds_exclude": frozenset({"oil"}),
    }
    return Requirement(**(values | other))


def a_quote(food: str, price: int = 400, local: int = 0, poor: int = 0) -> Quote:
    """A price in fen per kg, with the permille that stay in the county and reach poor households."""
    return Quote(food, price, PriceSource.REFERENCE, local, poor, None)


def plates_for(
    recipes: Sequence[Recipe],
    foods: Sequence[Food],
    requirement: Requirement,
    quotes: Sequence[Quote] = (),
    eaters: Mapping[AgeBand, int] = NINE,
) -> Plates:
    """Plates of dishes; what has no quote costs ¥4 a kg and comes from the market."""
    kitchen = kitchen_of(recipes, {food.food_code: food for food in foods}, requirement)
    priced = {food.food_code: a_quote(food.food_code) for food in foods}
    return plates_of(kitchen, eaters, priced | {quote.food_code: quote for quote in quotes})


def per_100g(**amounts: int) -> dict[Nutrient, int]:
    """Composition in whole units per 100 g edible."""
    return {Nutrient(name): 1000 * amount for name, amount in amounts.items()}
