"""The committed standards in the planner's hands: real dishes, real foods, judged alike by planner and checker."""

from datetime import date, timedelta

import numpy as np
import pytest

from services.nutrition.planning.checking import check
from services.nutrition.planning.planner import PlanOptions, plan_menu
from services.nutrition.planning.problem import Problem, Slot
from services.nutrition.standards.library import standard
from services.nutrition.standards.requirement import requirement_of
from shared.fields import AgeBand, Meal, Sex
from tests.unit.nutrition import weeks as w
from tests.unit.nutrition.test_dish_data import foods, quotes, recipes

NINE = {(AgeBand.FROM_9_TO_11, sex): 100 for sex in Sex}
MONDAY = date(2026, 11, 30)
PLACES = {
    "staple": ("staple",),
    "main": ("meat", "mixed"),
    "vegetable": ("vegetable",),
    "soup": ("soup",),
    "fruit": ("fruit",),
    "dairy": ("dairy",),
}


def _problem(standard_id: str, meals: list[Meal]) -> Problem:
    """Five days of meals from the whole library at reference prices, ¥6 a meal."""
    library = [
        recipe for recipe in recipes().values() if all(part.food_code in quotes() for part in recipe.ingredients)
    ]
    requirement = requirement_of(standard(standard_id), NINE, meals)
    plates = w.plates_for(library, list(foods().values()), requirement, list(quotes().values()))
    slots = tuple(
        Slot(day, meal, name, optional=name in ("fruit", "dairy"))
        for day in range(5)
        for meal in meals
        for name in PLACES
    )
    allowed = np.array([[recipe.category in PLACES[slot.name] for recipe in library] for slot in slots])
    once = np.array([1 if recipe.category in ("staple", "fruit", "dairy") else 5 for recipe in library])
    return Problem(
        plates=plates,
        requirement=requirement,
        days=tuple(MONDAY + timedelta(days=day) for day in range(5)),
        slots=slots,
        allowed=allowed,
        gap_days=once.astype(np.int64),
        main_food=np.full(len(library), -1, dtype=np.int64),
        equipment=(),
        equipment_use=np.zeros((0, len(library)), dtype=np.int64),
        equipment_limit=np.zeros(0, dtype=np.int64),
        food_cap_g=np.full(len(plates.kitchen.foods), np.inf),
        budget_mfen=600 * 1000 * 5 * len(meals),
        rating=np.full(len(library), 0.5),
        before=np.full(len(slots), -1, dtype=np.int64),
    )


@pytest.mark.parametrize(
    ("standard_id", "meals"),
    [
        ("wst554-2017", [Meal.LUNCH]),
        ("wst554-2017", [Meal.BREAKFAST, Meal.LUNCH, Meal.DINNER]),
        ("us-nslp-2024", [Meal.LUNCH]),
        ("br-pnae-2020", [Meal.LUNCH]),
    ],
)
def test_a_plan_by_a_committed_standard_is_proved(standard_id: str, meals: list[Meal]) -> None:
    """Whatever kinds of target a file uses, planner and judgement reckon them alike, for one meal or a whole day."""
    problem = _problem(standard_id, meals)
    plan = plan_menu(problem, PlanOptions(moves_per_slot=200), lambda _: None)
    assert check(problem, plan) == []
