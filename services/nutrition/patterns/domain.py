"""What a meal is made of: places on the tray, each filled by one dish of certain categories."""

from dataclasses import dataclass

from services.nutrition.dishes.domain import Recipe
from shared.fields import Meal


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a meal: a dish of one of `categories`, or one of `dish_codes`; an optional one may stay empty."""

    slot: str
    categories: frozenset[str]
    dish_codes: frozenset[str]
    optional: bool = False

    def suits(self, recipe: Recipe) -> bool:
        """Whether a dish may stand here."""
        return recipe.category in self.categories or recipe.dish_code in self.dish_codes


@dataclass(frozen=True, slots=True)
class Pattern:
    """The places of a meal in the order they are read; each has a name of its own."""

    meal: Meal
    places: tuple[Place, ...]
