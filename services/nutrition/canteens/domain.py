"""What a menu and a meal need to know of a canteen."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.fields import AgeBand, Meal, Sex

DEFAULT_STANDARD = "wst554-2017"


@dataclass(frozen=True, slots=True)
class Canteen:
    """A canteen with its pupils by age band; bands without pupils are left out."""

    canteen_id: str
    county_code: str
    meals: frozenset[Meal]
    enrolled: dict[AgeBand, int]

    @property
    def pupils(self) -> int:
        """All pupils."""
        return sum(self.enrolled.values())


class DietKind(StrEnum):
    """What a special diet leaves out: pork (清真), meat and fish, or the allergen it names."""

    NO_PORK = "no_pork"
    VEGETARIAN = "vegetarian"
    ALLERGEN_FREE = "allergen_free"


@dataclass(frozen=True, slots=True)
class Diet:
    """How many pupils keep a special diet, never who; `allergen` is empty but for ALLERGEN_FREE."""

    kind: DietKind
    allergen: str
    pupils: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What planning needs to know of a canteen; ages and sexes without pupils are left out, meals in the day's order.

    `equipment` says how many dishes of one meal can use a piece of equipment; one it does not name limits nothing.
    `flat_fen_per_pupil_day` is what there is to spend where no pupils are counted in funding classes.
    """

    canteen_id: str
    county_code: str
    meals: tuple[Meal, ...]
    heads: Mapping[tuple[AgeBand, Sex], int]
    standard_id: str
    diets: tuple[Diet, ...]
    equipment: Mapping[str, int]
    flat_fen_per_pupil_day: int

    @property
    def pupils(self) -> int:
        """All pupils."""
        return sum(self.heads.values())

    @property
    def enrolled(self) -> dict[AgeBand, int]:
        """Pupils by age band, in the order of the bands."""
        sums = {band: sum(n for (of, _), n in self.heads.items() if of is band) for band in AgeBand}
        return {band: pupils for band, pupils in sums.items() if pupils}
