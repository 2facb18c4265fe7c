"""From facts and wishes to the planner's problem. Pure: the same facts and wishes make the same problem."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from services.nutrition.analysis.plates import Integers, Kitchen, Truths, kitchen_of, plates_of
from services.nutrition.dishes.domain import Recipe
from services.nutrition.foods.domain import Food
from services.nutrition.planning.clashing import Clash, Clashing
from services.nutrition.planning.facts import Facts, Pool, Wishes
from services.nutrition.planning.pinning import pinned
from services.nutrition.planning.problem import Problem, Slot
from services.nutrition.planning.rules import LeftOut, gap_days, main_food, may_be_had, why_left_out
from services.nutrition.planning.sharing import food_caps, limited_g
from services.nutrition.standards.domain import Requirement

NOBODY_RATED = 0.5


@dataclass(frozen=True, slots=True)
class Prepared:
    """A canteen's problem, and the dishes of its library that cannot stand in it, with the reason."""

    problem: Problem
    left_out: Mapping[str, LeftOut]


@dataclass(slots=True)
class Kitchens:
    """Dish libraries as arrays, made once for all canteens that cook the same by the same standard."""

    _made: dict[tuple[str, tuple[tuple[str, int], ...]], Kitchen] = field(default_factory=dict)

    def of(self, recipes: Sequence[Recipe], foods: Mapping[str, Food], requirement: Requirement) -> Kitchen:
        """Return the kitchen of these recipes; `foods` must be the same at every call."""
        key = (requirement.standard_id, tuple((recipe.dish_code, recipe.version) for recipe in recipes))
        if key not in self._made:
            self._made[key] = kitchen_of(recipes, foods, requirement)
        return self._made[key]


def prepare(facts: Facts, wishes: Wishes, pool: Pool | None = None, kitchens: Kitchens | None = None) -> Prepared:
    """Return the problem of a canteen; without a pool all that is on offer is its own.

    Raises Clashing where the facts or wishes leave nothing to choose from.
    """
    reasons = {recipe.dish_code: why_left_out(recipe, facts, wishes) for recipe in facts.recipes}
    recipes = sorted((r for r in facts.recipes if reasons[r.dish_code] is None), key=lambda recipe: recipe.dish_code)
    left_out = {code: reason for code, reason in reasons.items() if reason is not None}
    slots = _slots(facts)
    _check(facts, slots, recipes)
    kitchen = (kitchens or Kitchens()).of(recipes, facts.foods, facts.requirement)
    plates = plates_of(kitchen, facts.eaters, facts.quotes)
    fixed = pinned(wishes.pins, facts, slots, recipes, left_out)
    slots = tuple(replace(slot, optional=slot.optional and at not in fixed) for at, slot in enumerate(slots))
    free = _allowed(facts, wishes, slots, recipes)
    allowed = _with_pins(free, fixed)
    _check_slots(facts, slots, allowed, left_out)
    equipment = sorted({piece for recipe in recipes for piece in recipe.equipment if piece in facts.equipment_limit})
    problem = Problem(
        plates=plates,
        requirement=facts.requirement,
        days=facts.days,
        slots=slots,
        allowed=allowed,
        gap_days=np.array([gap_days(recipe) for recipe in recipes], dtype=np.int64),
        main_food=_main_food(kitchen),
        equipment=tuple(equipment),
        equipment_use=_equipment_use(recipes, equipment),
        equipment_limit=np.array([facts.equipment_limit[piece] for piece in equipment], dtype=np.int64),
        food_cap_g=food_caps(
            plates, facts, pool or Pool(limited_g(facts.quotes), facts.usual_g), only_offered=wishes.only_offered
        ),
        budget_mfen=facts.budget_mfen,
        rating=np.array([facts.ratings.get(recipe.dish_code, NOBODY_RATED) for recipe in recipes]),
        before=_before(facts, wishes, slots, recipes),
        weights=wishes.weights,
        unpinned={slot: free[slot] | allowed[slot] for slot in fixed},
    )
    return Prepared(problem, left_out)


def _slots(facts: Facts) -> tuple[Slot, ...]:
    return tuple(
        Slot(day, meal, place.slot, place.optional)
        for day in range(len(facts.days))
        for meal, pattern in facts.patterns.items()
        if (facts.days[day], meal) not in facts.closed
        for place in pattern.places
    )


def _check(facts: Facts, slots: Sequence[Slot], recipes: Sequence[Recipe]) -> None:
    """There are days, mouths, places and dishes."""
    holes = (
        (not facts.days, "no-school-days", "there is no school on any of the days", "week_start"),
        (facts.heads <= 0, "headcount-zero", f"nobody eats at {facts.canteen_id}", "canteen_id"),
        (not slots, "no-meal-pattern", "no meal pattern says what the meals are made of", "canteen_id"),
        (not recipes, "no-dishes", "no dish of the library can be cooked", "canteen_id"),
    )
    for holds, rule, detail, where in holes:
        if holds:
            raise Clashing([Clash(rule, detail, where)])


def _allowed(facts: Facts, wishes: Wishes, slots: Sequence[Slot], recipes: Sequence[Recipe]) -> Truths:
    """Return slots × dishes: category, season and what was served before the first day."""
    allowed = np.zeros((len(slots), len(recipes)), dtype=np.bool_)
    foods = [[facts.foods[part.food_code] for part in recipe.ingredients] for recipe in recipes]
    had = np.array([[may_be_had(parts, facts, day, wishes) for parts in foods] for day in facts.days])
    rested = np.array([[_rested(recipe, facts, day) for recipe in recipes] for day in range(len(facts.days))])
    places = {(meal, place.slot): place for meal, pattern in facts.patterns.items() for place in pattern.places}
    suits = {key: np.array([place.suits(recipe) for recipe in recipes]) for key, place in places.items()}
    for index, slot in enumerate(slots):
        allowed[index] = suits[slot.meal, slot.name] & had[slot.day] & rested[slot.day]
    return allowed


def _with_pins(free: Truths, fixed: Mapping[int, int]) -> Truths:
    """Return slots × dishes with the one dish of each pinned slot."""
    allowed = free.copy()
    for slot, dish in fixed.items():
        allowed[slot] = False
        allowed[slot, dish] = True
    return allowed


def _rested(recipe: Recipe, facts: Facts, day: int) -> bool:
    """Whether a dish of the weeks before may come again on this day."""
    ago = facts.served_ago.get(recipe.dish_code)
    return ago is None or ago + day >= gap_days(recipe)


def _check_slots(facts: Facts, slots: Sequence[Slot], allowed: Truths, left_out: Mapping[str, LeftOut]) -> None:
    empty = [slot for slot, dishes in zip(slots, allowed, strict=True) if not slot.optional and not dishes.any()]
    if empty:
        names = sorted({f"{slot.meal} {slot.name}" for slot in empty})
        counts: dict[str, int] = {}
        for reason in left_out.values():
            counts[reason] = counts.get(reason, 0) + 1
        why = ", ".join(f"{count} {reason}" for reason, count in sorted(counts.items())) or "none"
        raise Clashing(
            [
                Clash("place-without-dish", f"no dish can stand as {name}; dishes left out: {why}", "canteen_id")
                for name in names
            ]
        )


def _main_food(kitchen: Kitchen) -> Integers:
    place = {food.food_code: index for index, food in enumerate(kitchen.foods)}
    mains = [main_food(recipe) for recipe in kitchen.recipes]
    return np.array([-1 if main is None else place[main] for main in mains], dtype=np.int64)


def _equipment_use(recipes: Sequence[Recipe], equipment: Sequence[str]) -> Integers:
    use = [[int(piece in recipe.equipment) for recipe in recipes] for piece in equipment]
    return np.array(use, dtype=np.int64).reshape(len(equipment), len(recipes))


def _before(facts: Facts, wishes: Wishes, slots: Sequence[Slot], recipes: Sequence[Recipe]) -> Integers:
    place = {recipe.dish_code: index for index, recipe in enumerate(recipes)}
    kept = [wishes.kept.get((facts.days[slot.day], slot.meal, slot.name), "") for slot in slots]
    return np.array([place.get(code, -1) for code in kept], dtype=np.int64)
