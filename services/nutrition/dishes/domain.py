"""What a menu needs to know of a dish."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
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
    def food_codes(self) -> frozenset[str]:
        """The foods it is made of."""
        return frozenset(ingredient.food_code for ingredient in self.ingredients)

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


@dataclass(frozen=True, slots=True)
class Library:
    """Whose dishes: `county_code` of a canteen's library is the county the canteen lies in."""

    scope: Scope
    county_code: str | None = None
    canteen_id: str | None = None

    @property
    def owner(self) -> str | None:
        """The county or canteen it belongs to, None for the province."""
        return self.canteen_id if self.scope is Scope.CANTEEN else self.county_code


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which dishes somebody looks for; None is no matter.

    With a county the province's and its own, with a canteen of it that one's, too; all words must be found; none of the
    allergens `free_of`; in season in `month`; a portion for ages 9 to 11 at most `cost_up_to_fen`.
    Prices are those of the week from Monday `week_start`, else of this week.
    """

    words: tuple[str, ...] = ()
    county_code: str | None = None
    canteen_id: str | None = None
    scope: Scope | None = None
    category: str | None = None
    method: Method | None = None
    free_of: frozenset[str] = frozenset()
    month: int | None = None
    cost_up_to_fen: int | None = None
    week_start: date | None = None
    retired: bool = False


def check_copy(source: Library, target: Library) -> None:
    """A dish is copied to whoever may cook it, or promoted to the county or province around its library."""
    counties = {library.county_code for library in (source, target)} - {None}
    both = source.scope is target.scope is Scope.CANTEEN and source.canteen_id != target.canteen_id
    if len(counties) > 1 or both:
        raise DomainError(
            "foreign-dish", f"it stands in the library of {source.owner}; promote it first", field="scope"
        )


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


OfDish = tuple[str, str]
"""A county and a dish: whom feedback is counted for."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What came back of a dish: votes of 1 to 5 points, and grams left of portions whose leavings were weighed."""

    rating_sum: int
    ratings: int
    waste_g: int
    served_portions: int

    def __add__(self, more: "Feedback") -> "Feedback":
        """Return both together."""
        return Feedback(
            self.rating_sum + more.rating_sum,
            self.ratings + more.ratings,
            self.waste_g + more.waste_g,
            self.served_portions + more.served_portions,
        )


MOST_WASTE_G = 2_000
"""A portion weighs at most 2 kg, and no more can be left of it."""


def check_told(told: Feedback) -> None:
    """Each vote gives 1 to 5 points, and what is left fits on the plates it was left on.

    Where a number is negative it corrects what was told before, and meals know whether it may.
    """
    if min(told.rating_sum, told.ratings, told.waste_g, told.served_portions) < 0:
        return
    if not 0 <= LEAST_POINTS * told.ratings <= told.rating_sum <= MOST_POINTS * told.ratings:
        detail = f"{told.ratings} votes of {LEAST_POINTS} to {MOST_POINTS} points do not make {told.rating_sum}"
        raise DomainError("points", detail, field="rating_sum")
    if not 0 <= told.waste_g <= MOST_WASTE_G * told.served_portions:
        detail = f"{told.waste_g} g cannot be left of {told.served_portions} portions"
        raise DomainError("waste", detail, field="waste_g")


def mean_points(votes: Iterable[tuple[int, int]]) -> float:
    """Return the mean of a county's votes, given as (sum of points, number): (Σ points + 3k) / (Σ votes + k).

    k is SHRINKAGE_VOTES and 3 the middle of 1 to 5, which is the mean where nobody voted.
    """
    points = number = 0
    for own, n in votes:
        points, number = points + own, number + n
    return (points + SHRINKAGE_VOTES * (LEAST_POINTS + MOST_POINTS) / 2) / (number + SHRINKAGE_VOTES)


def liking_of(points: int, votes: int, mean: float) -> float:
    """Return how much a dish is liked, from 0 (1 point from everybody) to 1 (5 points from everybody).

    It is ((points + k·mean) / (votes + k) − 1) / 4: with few votes near the county's mean, with many its own.
    """
    shrunk = (points + SHRINKAGE_VOTES * mean) / (votes + SHRINKAGE_VOTES)
    return (shrunk - LEAST_POINTS) / (MOST_POINTS - LEAST_POINTS)


def liking(votes: Mapping[str, tuple[int, int]], codes: Collection[str]) -> dict[str, float]:
    """Return how much each dish of `codes` is liked; `votes` are a county's (sum of points, number) by dish."""
    mean = mean_points(votes.values())
    return {code: liking_of(*votes.get(code, (0, 0)), mean) for code in codes}
