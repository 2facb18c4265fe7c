"""What a menu needs to know of a dish."""

from dataclasses import dataclass

from shared.fields import TemperatureClass


@dataclass(frozen=True, slots=True)
class Ingredient:
    """Milligrams of raw edible food in a portion for ages 9 to 11, and what buying it means."""

    food_code: str
    portion_mg: int
    edible_permille: int
    temperature_class: TemperatureClass
    banned: bool


@dataclass(frozen=True, slots=True)
class Recipe:
    """A dish in one version."""

    dish_code: str
    version: int
    ingredients: tuple[Ingredient, ...]

    @property
    def banned(self) -> list[str]:
        """The foods in it that must not be served in school canteens (domain.md §3)."""
        return [ingredient.food_code for ingredient in self.ingredients if ingredient.banned]
