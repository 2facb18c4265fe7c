"""What a menu needs to know of a dish."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shared.errors import DomainError
from shared.fields import AgeBand, TemperatureClass

REFERENCE_BAND = AgeBand.FROM_9_TO_11
"""Recipes are written for one child of this age band."""

PORTION_PERMILLE: dict[AgeBand, int] = {
    AgeBand.FROM_6_TO_8: 850,
    AgeBand.FROM_9_TO_11: 1000,
    AgeBand.FROM_12_TO_14: 1150,
    AgeBand.FROM_15_TO_17: 1300,
}
"""Portions in 1/1000 of the recipe for ages 9 to 11. An assumption of this project, not a figure of any standard."""

LEAST_PERMILLE, MOST_PERMILLE = 100, 3000
"""Between a tenth and three times of the recipe: beyond that it is another dish."""


class Scope(StrEnum):
    """Whose library a dish stands in: everybody's in the province, a county's, or one canteen's own."""

    PROVINCE = "province"
    COUNTY = "county"
    CANTEEN = "canteen"


class PortionRule(StrEnum):
    """How a portion for other ages follows from the recipe for ages 9 to 11.

    PROPORTIONAL  by PORTION_PERMILLE
    FIXED         the same for everybody: a carton of milk, one egg, one piece of fruit
    PER_BAND      as the dish itself says
    """

    PROPORTIONAL = "proportional"
    FIXED = "fixed"
    PER_BAND = "per_band"


class Method(StrEnum):
    """How a dish is cooked, by its main step; NONE is handed out as it comes (fruit, a carton)."""

    STEAM = "steam"
    BOIL = "boil"
    SIMMER = "simmer"
    STEW = "stew"
    BRAISE = "braise"
    STIR_FRY = "stir_fry"
    PAN_FRY = "pan_fry"
    DEEP_FRY = "deep_fry"
    ROAST = "roast"
    BLANCH = "blanch"
    NONE = "none"


FIXED_PERMILLE: dict[AgeBand, int] = dict.fromkeys(AgeBand, 1000)


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
    """A dish in one version.

    `owner` is the county or canteen whose library it stands in, None for the province's. `method` is None where nobody
    has said; `equipment` are the codes of what it is cooked with, each once. A retired dish is in no new menu.
    """

    dish_code: str
    version: int
    ingredients: tuple[Ingredient, ...]
    category: str
    portion_permille: Mapping[AgeBand, int] = field(default_factory=lambda: PORTION_PERMILLE)
    scope: Scope = Scope.PROVINCE
    owner: str | None = None
    method: Method | None = None
    equipment: tuple[str, ...] = ()
    retired: bool = False

    @property
    def banned(self) -> list[str]:
        """The foods in it that must not be served in school canteens (domain.md §3)."""
        return [ingredient.food_code for ingredient in self.ingredients if ingredient.banned]

    @property
    def not_buyable(self) -> list[str]:
        """The foods in it that nobody knows how to bring: it can be analysed, not put on a menu that is published."""
        return [ingredient.food_code for ingredient in self.ingredients if ingredient.temperature_class is None]

    def is_open_to(self, canteen_id: str, county_code: str) -> bool:
        """Whether a canteen may cook it: the province's dishes, its county's and its own."""
        return self.owner == {Scope.PROVINCE: None, Scope.COUNTY: county_code, Scope.CANTEEN: canteen_id}[self.scope]


def portions_of(rule: PortionRule, given: Mapping[AgeBand, int] | None) -> Mapping[AgeBand, int]:
    """Return the portion of each age band in 1/1000 of the recipe; `given` is what a PER_BAND dish says itself."""
    if rule is PortionRule.PER_BAND:
        if given is None:
            raise DomainError("portions-missing", "the dish gives no portions", field="portion_permille")
        return given
    return FIXED_PERMILLE if rule is PortionRule.FIXED else PORTION_PERMILLE


LEAST_POINTS, MOST_POINTS = 1, 5
"""A vote gives a dish 1 to 5 points."""

SHRINKAGE_VOTES = 20
"""So many votes as the county's mean count beside a dish's own: three enthusiasts make no favourite."""


def liking(votes: Mapping[str, tuple[int, int]], codes: Collection[str]) -> dict[str, float]:
    """Return how much each dish of `codes` is liked, 0 (1 point from everybody) to 1 (5 points from everybody).

    `votes` are a county's (sum of points, number of votes) by dish. With k = SHRINKAGE_VOTES and 3 the middle:
    mean = (Σ points + 3k) / (Σ votes + k); of a dish ((points + k·mean) / (votes + k) − 1) / 4.
    """
    points, number = (sum(column) for column in zip(*votes.values(), strict=True)) if votes else (0, 0)
    middle = (LEAST_POINTS + MOST_POINTS) / 2
    mean = (points + SHRINKAGE_VOTES * middle) / (number + SHRINKAGE_VOTES)

    def shrunk(code: str) -> float:
        own, n = votes.get(code, (0, 0))
        return ((own + SHRINKAGE_VOTES * mean) / (n + SHRINKAGE_VOTES) - LEAST_POINTS) / (MOST_POINTS - LEAST_POINTS)

    return {code: shrunk(code) for code in codes}
