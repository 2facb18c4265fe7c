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


class Match(StrEnum):
    """How well the food of the composition table fits the one the canteen buys; `none` where no table has it."""

    EXACT = "exact"
    CLOSE = "close"
    PROXY = "proxy"
    NONE = "none"


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
    None is unknown everywhere: `dark_vegetable`, `farmed` and the rest where nobody has said, `season` None counts
    as all year. A food of which nobody has said how it travels and keeps can be analysed, not bought.
    """

    food_code: str
    food_group: str
    edible_permille: int
    temperature_class: TemperatureClass | None
    shelf_life_days: int | None
    farmed: bool | None
    canteen_ban: bool
    allergens: frozenset[str]
    dark_vegetable: bool | None
    season: Season | None
    reference_price_fen_per_kg: int | None
    composition: Mapping[Nutrient, int]

    @property
    def can_be_bought(self) -> bool:
        """Whether somebody has said how it travels and keeps (both or neither): without that, nobody can bring it."""
        return self.temperature_class is not None


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something said of a food that may well be wrong and is taken all the same."""

    field: str
    rule: str
    detail: str


def doubts(composition: Mapping[Nutrient, int]) -> list[Doubt]:
    """Return what in a composition asks for a second look.

    Energy is compared with 4 kcal/g of protein and carbohydrate and 9 kcal/g of fat, fibre counting from nothing to
    full; beyond a fifth and 20 kcal something is misread, or the food holds alcohol or acids.
    """
    if not composition:
        return [Doubt("energy_kcal", "composition-unknown", "nobody has said what it holds; an analysis says so")]
    values = [composition.get(one) for one in (Nutrient.PROTEIN_G, Nutrient.FAT_G, Nutrient.CARBOHYDRATE_G)]
    energy = composition.get(Nutrient.ENERGY_KCAL)
    protein, fat, carbohydrate = values
    if energy is None or protein is None or fat is None or carbohydrate is None:
        return []
    most = 4 * (protein + carbohydrate) + 9 * fat
    least = most - 4 * min(composition.get(Nutrient.FIBRE_G, 0), carbohydrate)
    low, high = min(4 * least // 5, least - 20 * PER_UNIT), max(6 * most // 5, most + 20 * PER_UNIT)
    if low <= energy <= high:
        return []
    detail = f"{energy / PER_UNIT:g} kcal where protein, fat and carbohydrate make about {most / PER_UNIT:g}"
    return [Doubt("energy_kcal", "energy-unlikely", detail)]
