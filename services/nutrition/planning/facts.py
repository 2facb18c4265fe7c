"""What a canteen's plan is made from: facts of the database and wishes of the staff, before any of it is an array."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from services.nutrition.dishes.domain import Recipe
from services.nutrition.foods.domain import Food
from services.nutrition.market.domain import Quote
from services.nutrition.patterns.domain import Pattern
from services.nutrition.planning.problem import Weights
from services.nutrition.standards.domain import Requirement
from shared.fields import AgeBand, Meal


@dataclass(frozen=True, slots=True)
class Facts:
    """One canteen, some school days.

    `patterns` has one for each meal the canteen serves. `ratings` are 0–1 by dish. `equipment_limit` says how many
    dishes of a meal a piece of equipment can take, 0 that the kitchen lacks it; what is not named limits nobody.
    `avoided_foods` are in no dish of the common menu, for so many pupils keep a diet without them. `served_ago`
    counts, for each dish of the weeks before, the school days from when it was last served to the first of `days`.
    `stock_g` is free in the store, as bought; `usual_g` what its meals usually take of each food in these days, edible.
    `closed` are meals it does not serve on a day though it usually does.
    """

    canteen_id: str
    county_code: str
    eaters: Mapping[AgeBand, int]
    requirement: Requirement
    days: tuple[date, ...]
    patterns: Mapping[Meal, Pattern]
    recipes: tuple[Recipe, ...]
    foods: Mapping[str, Food]
    quotes: Mapping[str, Quote]
    budget_mfen: int
    ratings: Mapping[str, float] = field(default_factory=dict)
    equipment_limit: Mapping[str, int] = field(default_factory=dict)
    avoided_foods: frozenset[str] = frozenset()
    served_ago: Mapping[str, int] = field(default_factory=dict)
    stock_g: Mapping[str, int] = field(default_factory=dict)
    usual_g: Mapping[str, int] = field(default_factory=dict)
    closed: frozenset[tuple[date, Meal]] = frozenset()

    @property
    def heads(self) -> int:
        """Everybody who eats."""
        return sum(self.eaters.values())


@dataclass(frozen=True, slots=True)
class Pin:
    """A dish that must stand in a meal; in the place `slot`, or in the first that suits it."""

    day: date
    meal: Meal
    dish_code: str
    slot: str | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the staff ask for beyond what the standard does.

    With `only_offered` nothing comes from the market: each food is on offer in the county, due under a contract or in
    the canteen's store.
    `kept` is the dish of each place (day, meal, slot) of the plan this one should stay near to.
    """

    pins: tuple[Pin, ...] = ()
    excluded_dishes: frozenset[str] = frozenset()
    weights: Weights = field(default_factory=Weights)
    only_offered: bool = False
    kept: Mapping[tuple[date, Meal, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pool:
    """What a county can still plan on: g as bought of each food that is limited.

    `usual_g` is what the canteens it must do for usually take of each food, edible.
    """

    left_g: Mapping[str, int]
    usual_g: Mapping[str, int]
