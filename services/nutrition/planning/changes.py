"""Every small change of a menu that people would think of: another dish in one slot, or the same dish every day."""

from dataclasses import dataclass

import numpy as np

from services.nutrition.analysis.plates import Floats, Integers, Truths
from services.nutrition.planning.problem import Problem

_DAILY = 1
"""Days between which a dish may come daily."""


@dataclass(frozen=True, slots=True)
class Changes:
    """C changes of a menu: change c puts `dish[c]` (−1: nothing) into `slots[c]` (C × S), all of which it changes.

    `cost_mfen` is what each adds to the cost of all the days.
    """

    dish: Integers
    slots: Truths
    cost_mfen: Integers

    def menus(self, dishes: Integers) -> Integers:
        """Return C × S: the menu after each change."""
        return np.where(self.slots, self.dish[:, None], dishes[None, :])


def changes_of(problem: Problem, dishes: Integers) -> Changes:
    """Return the changes of a menu after which it keeps every hard rule but the budget, in a fixed order.

    They are each other dish in each slot; and each dish that may come daily in all slots of one meal and name where it
    may stand, or in those of them that are empty.
    """
    may = _may_change(problem, dishes)
    slot, dish = np.nonzero(may)
    one = np.zeros((len(slot), len(dishes)), dtype=np.bool_)
    one[np.arange(len(slot)), slot] = True
    daily_dish, daily = _daily(problem, dishes, may)
    dish, slots = np.append(dish, daily_dish), np.concatenate([one, daily])
    dish = np.where(dish == len(problem.rating), -1, dish)
    kept = _keep_the_rules(problem, dishes, dish, slots)
    dish, slots = dish[kept], slots[kept]
    cost = np.append(problem.plates.cost_mfen, 0)
    lost = slots.astype(np.int64) @ cost[dishes]
    return Changes(dish, slots, slots.sum(axis=1) * cost[dish] - lost)


def _may_change(problem: Problem, dishes: Integers) -> Truths:
    """Return S × (D + 1): what else each slot may hold, the last column being nothing."""
    optional = np.array([slot.optional for slot in problem.slots], dtype=np.bool_)
    may: Truths = np.hstack([problem.allowed, optional[:, None]])
    may[np.arange(len(dishes)), dishes] = False
    return may


def _daily(problem: Problem, dishes: Integers, may: Truths) -> tuple[Integers, Truths]:
    """Return dish and slots of the changes that touch several slots of one meal and name."""
    places: dict[tuple[str, str], list[int]] = {}
    for number, slot in enumerate(problem.slots):
        places.setdefault((slot.meal, slot.name), []).append(number)
    everyday = np.append(problem.gap_days <= _DAILY, True)
    found: dict[tuple[int, bytes], Truths] = {}
    for of_place in places.values():
        inside = np.zeros(len(dishes), dtype=np.bool_)
        inside[of_place] = True
        for dish in np.flatnonzero(may[of_place].any(axis=0) & everyday):
            for touched in (inside & may[:, dish], inside & may[:, dish] & (dishes < 0)):
                if touched.sum() > 1:
                    found[int(dish), touched.tobytes()] = touched
    slots = np.array(list(found.values()), dtype=np.bool_).reshape(len(found), len(dishes))
    return np.array([dish for dish, _ in found], dtype=np.int64), slots


def _keep_the_rules(problem: Problem, dishes: Integers, dish: Integers, slots: Truths) -> Truths:
    """Return which changes of a menu that keeps every rule leave it so, whatever they cost."""
    after = np.where(slots, dish[:, None], dishes[None, :])
    kept = ~_come_too_soon(problem, dish, slots, after)
    meals = [(slot.day, slot.meal) for slot in problem.slots]
    numbers = {meal: number for number, meal in enumerate(dict.fromkeys(meals))}
    in_meal = np.zeros((len(meals), len(numbers)))
    in_meal[np.arange(len(meals)), [numbers[meal] for meal in meals]] = 1.0
    for use, limit in zip(problem.equipment_use, problem.equipment_limit, strict=True):
        kept &= (np.append(use, 0).astype(np.float64)[after] @ in_meal <= limit).all(axis=1)
    food_mg = np.rint(np.vstack([problem.plates.food_g, np.zeros(problem.plates.food_g.shape[1])]) * 1000)
    cap_mg = np.floor(problem.food_cap_g * 1000)
    scarce = np.flatnonzero(np.isfinite(cap_mg) & (food_mg[dish].max(axis=0, initial=0.0) > 0))
    now_mg = food_mg[dishes][:, scarce]
    used_mg = now_mg.sum(axis=0) + slots.sum(axis=1)[:, None] * food_mg[dish][:, scarce] - slots @ now_mg
    result: Truths = kept & (used_mg <= cap_mg[scarce]).all(axis=1)
    return result


def _come_too_soon(problem: Problem, dish: Integers, slots: Truths, after: Integers) -> Truths:
    """Return after which changes the dish or its main food comes again too soon, or twice in a meal."""
    day = np.array([slot.day for slot in problem.slots], dtype=np.int64)
    meal = [(slot.day, slot.meal) for slot in problem.slots]
    apart = np.abs(day[:, None] - day[None, :])
    others = ~np.eye(len(day), dtype=np.bool_)
    same_meal = np.array([[one == other for other in meal] for one in meal], dtype=np.bool_)
    again: Truths = (after == dish[:, None]) & (dish >= 0)[:, None]
    main = np.append(problem.main_food, -1)
    alike: Truths = (main[after] == main[dish][:, None]) & (main[dish] >= 0)[:, None]
    wrong = _near(alike, (apart <= 1) & others, slots)
    gaps = np.append(problem.gap_days, 0)[dish]
    for gap in np.unique(gaps):
        of = np.flatnonzero(gaps == gap)
        wrong[of] |= _near(again[of], ((apart < gap) | same_meal) & others, slots[of])
    return wrong


def _near(there: Truths, near: Truths, slots: Truths) -> Truths:
    """Return for which changes one of its slots has another `there` near it."""
    beside: Floats = there.astype(np.float64) @ near.astype(np.float64)
    found: Truths = np.any((beside > 0) & slots, axis=1)
    return found
