"""Planning problems made by hand, so small that the right answer can be seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np

from services.nutrition.planning.figures import choice_of
from services.nutrition.planning.model import model_of
from services.nutrition.planning.problem import Choice, Problem, Slot
from services.nutrition.standards.domain import Target
from shared.fields import Meal
from tests.unit.nutrition import weeks as w
from tests.unit.nutrition.problems import MONDAY


@dataclass(frozen=True)
class Dish:
    """100 g of a food of its own, which holds `per_100g` and costs `yuan`; it may stand where `place` says."""

    place: str = "main"
    yuan: float = 1.0
    per_100g: Mapping[str, int] = field(default_factory=dict)
    gap: int = 1
    main: int = -1
    steamed: bool = False


def a_problem(
    dishes: Mapping[str, Dish], places: Sequence[str], days: int = 1, targets: Sequence[Target] = (), **other: Any
) -> Problem:
    """Days of one lunch with these places (with a "?" behind it one may stay empty); each dish is its only food."""
    foods = [w.a_food(code, composition=w.per_100g(**dish.per_100g)) for code, dish in dishes.items()]
    recipes = [w.a_recipe(code, {code: 100}) for code in dishes]
    requirement = w.a_requirement(*targets)
    quotes = [w.a_quote(code, round(1000 * dish.yuan)) for code, dish in dishes.items()]
    plates = w.plates_for(recipes, foods, requirement, quotes)
    slots = [Slot(day, Meal.LUNCH, name.rstrip("?"), name[-1] == "?") for day in range(days) for name in places]
    of = list(dishes.values())
    values: dict[str, Any] = {
        "plates": plates,
        "requirement": requirement,
        "days": tuple(MONDAY + timedelta(days=day) for day in range(days)),
        "slots": tuple(slots),
        "allowed": np.array([[slot.name == dish.place for dish in of] for slot in slots]),
        "gap_days": np.array([dish.gap for dish in of]),
        "main_food": np.array([dish.main for dish in of]),
        "equipment": ("steamer",),
        "equipment_use": np.array([[int(dish.steamed) for dish in of]]),
        "equipment_limit": np.array([9]),
        "food_cap_g": np.full(plates.food_g.shape[1], np.inf),
        "budget_mfen": days * 1_000_000,
        "rating": np.full(len(of), 0.5),
        "before": np.full(len(slots), -1),
    }
    return Problem(**(values | other))


def menu(problem: Problem, *codes: str | None) -> Choice:
    """The menu with these dishes, None for an empty place."""
    place = list(problem.plates.kitchen.dish_codes)
    return choice_of(model_of(problem), [-1 if code is None else place.index(code) for code in codes])
