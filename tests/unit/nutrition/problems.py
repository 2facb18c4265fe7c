"""Random planning problems, small and mean: every kind of target and rule comes up, some rules pinch."""

import math
import random
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product

import numpy as np

from services.nutrition.analysis.plates import NUTRIENTS, Plates
from services.nutrition.dishes.domain import Recipe
from services.nutrition.foods.domain import Food
from services.nutrition.market.domain import Quote
from services.nutrition.planning.checking import broken_rules
from services.nutrition.planning.figures import choice_of
from services.nutrition.planning.model import model_of
from services.nutrition.planning.problem import Problem, Slot, Weights
from services.nutrition.standards.domain import Equivalent, Per, Requirement, Target, TargetKind
from shared.fields import Meal
from tests.unit.nutrition import weeks as w

MONDAY = date(2026, 11, 30)
GROUPS = ("cereal", "vegetable", "meat", "dairy", "oil")
SLOT_NAMES = ("staple", "main", "vegetable", "milk")


def a_random_problem(seed: int, dishes: int = 14, days: int | None = None, meals: int | None = None) -> Problem:
    """A problem with `dishes` dishes; nobody promises that a menu is possible."""
    luck = random.Random(seed)
    foods = [_a_random_food(luck, place) for place in range(12)]
    recipes = [_a_random_recipe(luck, place, foods) for place in range(dishes)]
    requirement = _a_random_requirement(luck)
    plates = w.plates_for(recipes, foods, requirement, [_a_random_quote(luck, food) for food in foods])
    slots = _slots(luck, days or luck.randint(1, 7), meals or luck.randint(1, 2))
    count = max(slot.day for slot in slots) + 1
    return _with_rules(luck, plates, requirement, slots, _school_days(luck, count))


def every_menu(problem: Problem, at_most: int) -> list[tuple[int, ...]] | None:
    """Every way to fill the slots that breaks no rule; None if there are more than `at_most` ways to fill them."""
    choices = [
        [*np.flatnonzero(row).tolist(), *([-1] if slot.optional else [])]
        for slot, row in zip(problem.slots, problem.allowed, strict=True)
    ]
    if math.prod(len(of) for of in choices) > at_most:
        return None
    return [dishes for dishes in product(*choices) if not broken_rules(problem, dishes)]


def least_objective(problem: Problem, menus: Sequence[tuple[int, ...]]) -> float:
    """The points of the best of some menus, reckoned one by one."""
    model = model_of(problem)
    return min(choice_of(model, dishes).objective for dishes in menus)


def _school_days(luck: random.Random, count: int) -> tuple[date, ...]:
    """School days from a Monday to a Thursday on, weekends left out."""
    first = MONDAY + timedelta(days=luck.randint(0, 3))
    coming = (first + timedelta(days=ahead) for ahead in range(3 * count))
    return tuple(day for day in coming if day.weekday() < 5)[:count]


def _a_random_food(luck: random.Random, place: int) -> Food:
    amounts = {nutrient.value: luck.randint(0, 60) for nutrient in NUTRIENTS if luck.random() < 0.8}
    return w.a_food(
        f"f{place}",
        luck.choice(GROUPS),
        dark_vegetable=luck.choice((True, False, None)),
        composition=w.per_100g(**amounts),
    )


def _a_random_recipe(luck: random.Random, place: int, foods: Sequence[Food]) -> Recipe:
    made_of = luck.sample(foods, luck.randint(1, 4))
    return w.a_recipe(f"d{place}", {food.food_code: luck.randint(1, 150) for food in made_of})


def _a_random_quote(luck: random.Random, food: Food) -> Quote:
    poor = luck.randint(0, 500)
    return w.a_quote(food.food_code, luck.randint(100, 4000), local=poor + luck.randint(0, 500), poor=poor)


def _a_random_requirement(luck: random.Random) -> Requirement:
    targets = [
        *(_target(luck, TargetKind.NUTRIENT, luck.choice(NUTRIENTS), luck.choice(list(Per)), 40) for _ in range(4)),
        _target(luck, TargetKind.ENERGY_SHARE, "fat_g", luck.choice((Per.MEAN_DAY, Per.DAY)), 300),
        _target(luck, TargetKind.DARK_SHARE, "vegetable", luck.choice((Per.MEAN_DAY, Per.DAY)), 500),
        _target(luck, TargetKind.GROUP_G, luck.choice(GROUPS), luck.choice((Per.MEAN_DAY, Per.WEEK)), 90),
        _target(luck, TargetKind.FOOD_G, luck.choice(("f0", *GROUPS)), luck.choice(list(Per)), 60),
        _target(luck, TargetKind.FOOD_KINDS, "", luck.choice(list(Per)), 6),
        _target(luck, TargetKind.GROUP_KINDS, "vegetable", luck.choice(list(Per)), 3),
        _target(luck, TargetKind.GROUPS_IN_MEAL, "", luck.choice(list(Per)), 3),
    ]
    by_key = {target.key: target for target in luck.sample(targets, luck.randint(1, len(targets)))}
    return w.a_requirement(*by_key.values(), by_food={"f1": Equivalent("vegetable", 400)})


def _target(luck: random.Random, kind: TargetKind, of: str, per: Per, size: float) -> Target:
    low = round(size * luck.uniform(0.3, 1.5), 2) if luck.random() < 0.8 else None
    high = round((low or size) * luck.uniform(1.0, 1.6), 2) if low is None or luck.random() < 0.6 else None
    return w.a_target(kind, of, per, low=low, high=high, weight=round(luck.uniform(0.1, 2.0), 2))


def _slots(luck: random.Random, days: int, meals: int) -> tuple[Slot, ...]:
    served = (Meal.LUNCH, Meal.DINNER)[:meals]
    names = SLOT_NAMES[: luck.randint(2, 4)]
    return tuple(Slot(day, meal, name, name == "milk") for day in range(days) for meal in served for name in names)


def _with_rules(
    luck: random.Random, plates: Plates, requirement: Requirement, slots: tuple[Slot, ...], days: tuple[date, ...]
) -> Problem:
    dishes, foods = plates.food_g.shape
    role = [luck.randrange(4) for _ in range(dishes)]
    allowed = [[SLOT_NAMES.index(slot.name) == of or luck.random() < 0.2 for of in role] for slot in slots]
    typical = sorted(int(cost) for cost in plates.cost_mfen)[dishes * 2 // 3]
    scarce = [luck.uniform(50, 400) if luck.random() < 0.15 else np.inf for _ in range(foods)]
    return Problem(
        plates=plates,
        requirement=requirement,
        days=days,
        slots=slots,
        allowed=np.array(allowed, dtype=np.bool_),
        gap_days=np.array([luck.choice((0, 1, 2, 2, 3)) for _ in range(dishes)]),
        main_food=np.array([luck.choice((-1, -1, -1, 0, 1, 2)) for _ in range(dishes)]),
        equipment=("steamer",),
        equipment_use=np.array([[int(luck.random() < 0.3) for _ in range(dishes)]]),
        equipment_limit=np.array([luck.randint(1, 2)]),
        food_cap_g=np.array(scarce),
        budget_mfen=max(1, int(typical * len(slots) * luck.uniform(0.5, 1.3))),
        rating=np.array([luck.random() for _ in range(dishes)]),
        before=np.array([luck.randrange(-1, dishes) for _ in slots]),
        weights=Weights(keep=luck.choice((0.0, 0.3))),
    )
