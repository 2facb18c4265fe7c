"""What a menu needs to know of a dish."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.errors import DomainError
from shared.fields import AgeBand, TemperatureClass

PORTION_PERMILLE: dict[AgeBand, int] = {
    AgeBand.FROM_6_TO_8: 850,
    AgeBand.FROM_9_TO_11: 1000,
    AgeBand.FROM_12_TO_14: 1150,
    AgeBand.FROM_15_TO_17: 1300,
}
"""Portions in 1/1000 of the recipe for ages 9 to 11. An assumption of this project, not a figure of any standard."""


@dataclass(frozen=True, slots=True)
class Ingredient:
    """Milligrams of raw edible food in a portion for ages 9 to 11, and what buying it means.

    `temperature_class` is None where nobody knows how the food travels and keeps: it can be analysed, not bought.
    """

    food_code: str
    portion_mg: int
    edible_permille: int
    temperature_class: TemperatureClass | None
    banned: bool

    @property
    def travels(self) -> TemperatureClass:
        """How it has to travel; DomainError food-not-buyable where nobody knows."""
        if self.temperature_class is None:
            detail = f"nobody has said how {self.food_code} travels and keeps"
            raise DomainError("food-not-buyable", detail, field="days")
        return self.temperature_class


@dataclass(frozen=True, slots=True)
class Recipe:
    """A dish in one version."""

    dish_code: str
    version: int
    ingredients: tuple[Ingredient, ...]
    category: str
    portion_permille: Mapping[AgeBand, int] = field(default_factory=lambda: PORTION_PERMILLE)

    @property
    def banned(self) -> list[str]:
        """The foods in it that must not be served in school canteens (domain.md §3)."""
        return [ingredient.food_code for ingredient in self.ingredients if ingredient.banned]

    @property
    def not_buyable(self) -> list[str]:
        """The foods in it that nobody knows how to bring: it can be analysed, not put on a menu that is published."""
        return [ingredient.food_code for ingredient in self.ingredients if ingredient.temperature_class is None]
