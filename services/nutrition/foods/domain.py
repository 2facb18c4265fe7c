"""What is known of a food: its composition, how it is bought, when it grows. Blank is unknown, never zero."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.fields import TemperatureClass

PER_UNIT = 1000
"""Composition is kept in 1/1000 of the unit in the nutrient's name, per 100 g edible."""


class Nutrient(StrEnum):
    """What composition tables say of 100 g edible food, the unit in the name; the order is that of the arrays."""

    ENERGY_KCAL = "energy_kcal"
    PROTEIN_G = "protein_g"
    FAT_G = "fat_g"
    CARBOHYDRATE_G = "carbohydrate_g"
    FIBRE_G = "fibre_g"
    CALCIUM_MG = "calcium_mg"
    IRON_MG = "iron_mg"
    ZINC_MG = "zinc_mg"
    SODIUM_MG = "sodium_mg"
    VITAMIN_A_UG_RAE = "vitamin_a_ug_rae"
    THIAMIN_MG = "thiamin_mg"
    RIBOFLAVIN_MG = "riboflavin_mg"
    VITAMIN_C_MG = "vitamin_c_mg"


@dataclass(frozen=True, slots=True)
class Season:
    """The months (1 to 12) a food is harvested in, both included; a season may run over the new year."""

    from_month: int
    to_month: int

    def has(self, month: int) -> bool:
        """Whether the food is in season in `month`."""
        if self.from_month <= self.to_month:
            return self.from_month <= month <= self.to_month
        return month >= self.from_month or month <= self.to_month


@dataclass(frozen=True, slots=True)
class Food:
    """A food as one county knows it: the shared table's values, overridden where the county knows better.

    `composition` is 1/1000 of each nutrient's unit per 100 g edible; a nutrient it lacks is unknown, not zero.
    `dark_vegetable` is None where nobody has said; `season` None is all year.
    """

    food_code: str
    food_group: str
    edible_permille: int
    temperature_class: TemperatureClass
    shelf_life_days: int
    farmed: bool
    canteen_ban: bool
    allergens: frozenset[str]
    dark_vegetable: bool | None
    season: Season | None
    reference_price_fen_per_kg: int | None
    composition: Mapping[Nutrient, int]
