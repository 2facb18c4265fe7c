"""The planner's checker: reckons every rule and figure of a plan anew, knowing nothing of how it was found."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from services.nutrition.analysis.judging import judge, layout_of
from services.nutrition.planning.problem import Choice, Mending, Plan, Problem
from shared.quantities import divide

TOLERANCE = 1e-6
"""Points by which a figure may differ from what is reckoned here: sums of floats in another order."""
MISSED = 0.005
"""Share of its bound by which a target is missed at least to be told of with its mending."""
Held = Mapping[str, tuple[float, float]]
"""Value and miss of each target, by its key."""


def check(problem: Problem, plan: Plan) -> list[str]:
    """Return everything wrong with a plan: broken hard rules and false figures; nothing wrong, nothing returned."""
    wrong = []
    for name, choice in _named(plan):
        wrong += [f"{name}: {fault}" for fault in check_choice(problem, choice)]
        if choice.objective < plan.bound - TOLERANCE:
            wrong.append(f"{name}: objective {choice.objective} lies below the bound {plan.bound}")
        if choice.objective < plan.best.objective - TOLERANCE:
            wrong.append(f"{name}: objective {choice.objective} is better than that of the best")
    return wrong or [*_alike(problem, plan), *_mendings(problem, plan)]


def _named(plan: Plan) -> list[tuple[str, Choice]]:
    return [("best", plan.best), *((f"alternatives[{at}]", choice) for at, choice in enumerate(plan.alternatives))]


def _alike(problem: Problem, plan: Plan) -> Iterator[str]:
    """Of two menus the later has, in enough slots that have a choice, what the other does not serve in that week."""
    week = [problem.days[slot.day].isocalendar()[:2] for slot in problem.slots]
    ways = [int(problem.allowed[place].sum()) + slot.optional for place, slot in enumerate(problem.slots)]
    choices = [place for place, count in enumerate(ways) if count > 1]
    for (name, first), (other, later) in combinations(_named(plan), 2):
        served = set(zip(week, first.dishes, strict=True))
        new = sum((week[place], later.dishes[place]) not in served for place in choices)
        if new == 0 or 1000 * new < plan.different_permille * len(choices):
            promised = f"{plan.different_permille} ‰ are promised"
            yield f"{other} differs from {name} in {new} of {len(choices)} slots that have a choice, {promised}"


def _mendings(problem: Problem, plan: Plan) -> Iterator[str]:
    """Every missed target has a mending or is said to have none; each mending is made, and all said of it reckoned."""
    before = _held(problem, plan.best.dishes)
    told = Counter([*(mending.target for mending in plan.mendings), *(other.target for other in plan.unmended)])
    for key, (_, miss) in before.items() if told else ():
        if told[key] != (miss > MISSED) and abs(miss - MISSED) > TOLERANCE:
            yield f"mendings: {key} is missed by {miss}, and is told of {told[key]} times"
    for mending in plan.mendings:
        yield from (f"mending of {mending.target}: {fault}" for fault in _mending(problem, plan.best, mending, before))


def _mending(problem: Problem, best: Choice, mending: Mending, before: Held) -> Iterator[str]:
    places = set(mending.slots)
    if mending.target not in before or not places or not places <= set(range(len(best.dishes))):
        yield "it names no target of the requirement, or no slots of the menu"
        return
    if any(best.dishes[place] == mending.dish for place in places):
        yield "its dish stands there already"
    dishes = [mending.dish if place in places else dish for place, dish in enumerate(best.dishes)]
    yield from broken_rules(replace(problem, budget_mfen=2**62), dishes)
    after, days = _held(problem, dishes), len(problem.days)
    costs = [sum(int(problem.plates.cost_mfen[dish]) for dish in menu if dish >= 0) for menu in (best.dishes, dishes)]
    told = {
        "value_before": (mending.value_before, before[mending.target][0]),
        "value_after": (mending.value_after, after[mending.target][0]),
        "miss_before": (mending.miss_before, before[mending.target][1]),
        "miss_after": (mending.miss_after, after[mending.target][1]),
        "cost_mfen_per_day": (mending.cost_mfen_per_day, divide(costs[1] - costs[0], days)),
        "over_budget_mfen_per_day": (
            mending.over_budget_mfen_per_day,
            math.ceil(max(0, costs[1] - problem.budget_mfen) / days),
        ),
    }
    yield from _false(told)
    if after[mending.target][1] >= before[mending.target][1]:
        yield "it does not lift its target"
    shortfalls = [
        sum(target.weight * held[target.key][1] for target in problem.requirement.targets) for held in (before, after)
    ]
    if shortfalls[1] > shortfalls[0] + TOLERANCE:
        yield f"it worsens the shortfall from {shortfalls[0]} to {shortfalls[1]}"


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
    yield from _false(told)


def _false(told: Mapping[str, tuple[float, float]]) -> Iterator[str]:
    """Yield what is said to be one thing and found to be another."""
    for name, (said, found) in told.items():
        if not abs(said - found) <= TOLERANCE * max(1.0, abs(found)):
            yield f"{name} is said to be {said}, it is {found}"


def _missed(problem: Problem, dishes: Sequence[int]) -> dict[str, float]:
    """Return weight × miss of every target."""
    held = _held(problem, dishes)
    return {target.key: target.weight * held[target.key][1] for target in problem.requirement.targets}


def _held(problem: Problem, dishes: Sequence[int]) -> Held:
    """Return value and miss of every target, the mean of the weeks, as the analysis of menus judges them."""
    mondays = [day.toordinal() - day.weekday() for day in problem.days]
    targets, weeks = problem.requirement.targets, sorted(set(mondays))
    found = np.zeros((len(targets), 2))
    for monday in weeks:
        days = [place for place, other in enumerate(mondays) if other == monday]
        slots = [place for place, slot in enumerate(problem.slots) if slot.day in days]
        layout = layout_of([(problem.slots[at].day - days[0], problem.slots[at].meal) for at in slots], len(days))
        week = np.array([[dishes[at] for at in slots]], dtype=np.int64)
        judged = judge(problem.plates, problem.requirement, layout, week)
        found[:, 0] += [float(value.mean()) / len(weeks) for value in judged.values]
        found[:, 1] += judged.misses[0] / len(weeks)
    return {target.key: (float(of[0]), float(of[1])) for target, of in zip(targets, found, strict=True)}
