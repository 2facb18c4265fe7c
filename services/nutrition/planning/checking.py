"""The planner's checker: reckons every rule and figure of a plan anew, knowing nothing of how it was found."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from services.nutrition.analysis.judging import judge, layout_of
from services.nutrition.planning.problem import Choice, Plan, Problem

TOLERANCE = 1e-6
"""Points by which a figure may differ from what is reckoned here: sums of floats in another order."""


def check(problem: Problem, plan: Plan) -> list[str]:
    """Return everything wrong with a plan: broken hard rules and false figures; nothing wrong, nothing returned."""
    wrong = [f"best: {fault}" for fault in check_choice(problem, plan.best)]
    for place, choice in enumerate(plan.alternatives):
        wrong += [f"alternatives[{place}]: {fault}" for fault in check_choice(problem, choice)]
        if choice.objective < plan.bound - TOLERANCE:
            wrong.append(f"alternatives[{place}]: objective {choice.objective} lies below the bound {plan.bound}")
    if plan.best.objective < plan.bound - TOLERANCE:
        wrong.append(f"best: objective {plan.best.objective} lies below the bound {plan.bound}")
    return wrong


def check_choice(problem: Problem, choice: Choice) -> list[str]:
    """Return everything wrong with one menu and its figures."""
    dishes = choice.dishes
    if len(dishes) != len(problem.slots) or any(not -1 <= dish < len(problem.rating) for dish in dishes):
        return ["it does not name one dish, or none, for each slot"]
    return [*broken_rules(problem, dishes), *_figures(problem, choice)]


def broken_rules(problem: Problem, dishes: Sequence[int]) -> list[str]:
    """Return every hard rule that the dishes of the slots (−1 for none) break."""
    wrong = [*_filling(problem, dishes), *_repeats(problem, dishes)]
    return [*wrong, *_equipment(problem, dishes), *_amounts(problem, dishes)]


def _filling(problem: Problem, dishes: Sequence[int]) -> Iterator[str]:
    for place, (slot, dish) in enumerate(zip(problem.slots, dishes, strict=True)):
        if dish < 0 and not slot.optional:
            yield f"slots[{place}] is empty"
        elif dish >= 0 and not problem.allowed[place, dish]:
            yield f"slots[{place}] holds dish {dish}, which is not allowed there"


def _repeats(problem: Problem, dishes: Sequence[int]) -> Iterator[str]:
    taken = [(slot, dish) for slot, dish in zip(problem.slots, dishes, strict=True) if dish >= 0]
    for (slot, dish), (other, that) in combinations(taken, 2):
        apart = abs(slot.day - other.day)
        if dish == that and apart == 0 and slot.meal == other.meal:
            yield f"dish {dish} comes twice in {slot.meal} of day {slot.day}"
        elif dish == that and apart < problem.gap_days[dish]:
            yield f"dish {dish} comes on days {slot.day} and {other.day}, fewer than {problem.gap_days[dish]} apart"
        main = problem.main_food[dish]
        if main >= 0 and main == problem.main_food[that] and apart <= 1:
            yield f"main food {main} comes on days {slot.day} and {other.day}"


def _equipment(problem: Problem, dishes: Sequence[int]) -> Iterator[str]:
    for piece, name in enumerate(problem.equipment):
        used: Counter[tuple[int, str]] = Counter()
        for slot, dish in zip(problem.slots, dishes, strict=True):
            used[slot.day, slot.meal] += int(problem.equipment_use[piece, dish]) if dish >= 0 else 0
        for (day, meal), count in used.items():
            if count > problem.equipment_limit[piece]:
                yield f"{count} dishes of {meal} of day {day} need {name}, there are {problem.equipment_limit[piece]}"


def _amounts(problem: Problem, dishes: Sequence[int]) -> Iterator[str]:
    filled = [dish for dish in dishes if dish >= 0]
    cost = sum(int(problem.plates.cost_mfen[dish]) for dish in filled)
    if cost > problem.budget_mfen:
        yield f"it costs {cost}, the budget is {problem.budget_mfen}"
    used = problem.plates.food_g[filled].sum(axis=0)
    for food in np.flatnonzero(used > problem.food_cap_g + 1e-3 * len(dishes)):
        yield f"it needs {used[food]} g of food {food}, there are {problem.food_cap_g[food]}"


def _figures(problem: Problem, choice: Choice) -> Iterator[str]:
    plates, weights, dishes = problem.plates, problem.weights, choice.dishes
    filled = [dish for dish in dishes if dish >= 0]
    cost, poor, local = (
        sum(int(of[dish]) for dish in filled) for of in (plates.cost_mfen, plates.poor_mfen, plates.local_mfen)
    )
    loved = [float(problem.rating[dish]) if dish >= 0 else 0.5 for dish in dishes]
    kept = [dish == int(old) for dish, old in zip(dishes, problem.before, strict=True) if old >= 0]
    parts = {
        "cost": weights.cost * cost / problem.budget_mfen,
        "poor": -weights.poor * poor / problem.budget_mfen,
        "local": -weights.local * local / problem.budget_mfen,
        "rating": weights.rating * (1 - sum(loved) / len(loved)),
        "keep": weights.keep * (1 - sum(kept) / len(kept)) if kept else 0.0,
    }
    missed = _missed(problem, dishes)
    told: dict[str, tuple[float, float]] = {
        "cost_mfen": (choice.cost_mfen, cost),
        "poor_mfen": (choice.poor_mfen, poor),
        "local_mfen": (choice.local_mfen, local),
    }
    told |= {f"parts.{name}": (choice.parts.get(name, np.nan), value) for name, value in parts.items()}
    told |= {f"missed.{key}": (choice.missed.get(key, np.nan), value) for key, value in missed.items()}
    told["objective"] = (choice.objective, sum(parts.values()) + sum(missed.values()))
    for name, (said, found) in told.items():
        if not abs(said - found) <= TOLERANCE:
            yield f"{name} is said to be {said}, it is {found}"


def _missed(problem: Problem, dishes: Sequence[int]) -> dict[str, float]:
    """Return weight × miss of every target, the mean of the weeks, as the analysis of menus judges them."""
    mondays = [day.toordinal() - day.weekday() for day in problem.days]
    targets, weeks = problem.requirement.targets, sorted(set(mondays))
    found = np.zeros(len(targets))
    for monday in weeks:
        days = [place for place, other in enumerate(mondays) if other == monday]
        slots = [place for place, slot in enumerate(problem.slots) if slot.day in days]
        layout = layout_of([(problem.slots[at].day - days[0], problem.slots[at].meal) for at in slots], len(days))
        week = np.array([[dishes[at] for at in slots]], dtype=np.int64)
        found += judge(problem.plates, problem.requirement, layout, week).misses[0] / len(weeks)
    return {target.key: target.weight * float(miss) for target, miss in zip(targets, found, strict=True)}
