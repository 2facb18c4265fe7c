"""A week composed by hand, next to which a planned one is shown: meal after meal the first dishes that break no rule.

A cook who minds money takes the cheapest dish of each slot's category, one who minds the pupils the best rated
of those that are not dear.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from statistics import fmean
from typing import Any

import numpy as np

from services.nutrition.analysis.plates import Floats
from services.nutrition.planning.checking import broken_rules
from services.nutrition.planning.figures import choice_of
from services.nutrition.planning.model import model_of
from services.nutrition.planning.planner import PlanOptions, plan_menu
from services.nutrition.planning.problem import Choice, Problem

_COST_WEIGHTS = (100.0, 50.0, 30.0, 20.0, 14.0, 10.0, 5.0, 2.0, 1.0)
_MOVES_PER_SLOT = 10_000


def composed(problem: Problem, order: Floats) -> Choice | None:
    """Return the week of a cook who prefers dishes low in `order`, meal after meal; None if rules leave nothing."""
    taken = [-1] * len(problem.slots)
    meals = groupby(range(len(taken)), key=lambda slot: (problem.slots[slot].day, problem.slots[slot].meal))
    if not all(_composed(problem, taken, list(slots), order) for _, slots in meals):
        return None
    return choice_of(model_of(problem), taken)


def _composed(problem: Problem, taken: list[int], slots: Sequence[int], order: Floats) -> bool:
    """Fill the slots of a meal; where nothing is left for one, think again of the one before."""
    if not slots:
        return True
    slot = slots[0]
    for dish in sorted(np.flatnonzero(problem.allowed[slot]), key=lambda dish: (order[dish], dish)):
        taken[slot] = int(dish)
        kept = all(fault.endswith("is empty") for fault in broken_rules(problem, taken))
        if kept and _composed(problem, taken, slots[1:], order):
            return True
    taken[slot] = -1
    return problem.slots[slot].optional and _composed(problem, taken, slots[1:], order)


def beside_hand_made(problems: Sequence[Problem]) -> dict[str, Any]:
    """Return mean figures of weeks made by hand and of weeks planned, for either cook."""
    return {
        "cheapest": _beside(problems, [problem.plates.cost_mfen.astype(np.float64) for problem in problems]),
        "best_rated": _beside(problems, [_best_rated(problem) for problem in problems]),
    }


def _best_rated(problem: Problem) -> Floats:
    """Order dishes by rating, those dearer than the middle of their category after all others."""
    category = np.array([recipe.category for recipe in problem.plates.kitchen.recipes])
    cost, dear = problem.plates.cost_mfen, np.zeros(len(category))
    for one in set(category.tolist()):
        dear[category == one] = cost[category == one] > np.median(cost[category == one])
    order: Floats = dear - problem.rating
    return order


def _beside(problems: Sequence[Problem], orders: Sequence[Floats]) -> dict[str, Any]:
    made = [composed(problem, order) for problem, order in zip(problems, orders, strict=True)]
    pairs = [(problem, hand) for problem, hand in zip(problems, made, strict=True) if hand is not None]
    if not pairs:
        return {"weeks": 0}
    pairs = [(_as_full(problem, hand), hand) for problem, hand in pairs]
    hands = [_figures(problem, hand) for problem, hand in pairs]
    planned = [_figures(problem, _planned(problem, problem.weights.cost)) for problem, _ in pairs]
    no_worse = [_figures(problem, _cheapest_no_worse(problem, hand)) for problem, hand in pairs]
    return {
        "weeks": len(pairs),
        "by_hand": _means(hands),
        "planned": _means(planned),
        "planned_at_no_worse_nutrition": _means(no_worse),
        "cost_percent": round(100 * fmean(p["cost"] / h["cost"] - 1 for p, h in zip(planned, hands, strict=True)), 1),
        "cost_percent_at_no_worse_nutrition": round(
            100 * fmean(p["cost"] / h["cost"] - 1 for p, h in zip(no_worse, hands, strict=True)), 1
        ),
    }


def _as_full(problem: Problem, hand: Choice) -> Problem:
    """Return a problem that may leave no place empty which the cook filled: fruit and milk are not saved on."""
    slots = zip(problem.slots, hand.dishes, strict=True)
    return replace(problem, slots=tuple(replace(slot, optional=slot.optional and dish < 0) for slot, dish in slots))


def _planned(problem: Problem, cost: float) -> Choice:
    of = replace(problem, weights=replace(problem.weights, cost=cost))
    # One program: nobody asks what is proved of these menus.
    options = PlanOptions(moves_per_slot=_MOVES_PER_SLOT, programs=1, alternatives=0, mendings=False)
    dishes = plan_menu(of, options, _nobody)
    return choice_of(model_of(problem), dishes.best.dishes)


def _cheapest_no_worse(problem: Problem, hand: Choice) -> Choice:
    """Return the cheapest of some plans, the dearer money the cheaper, that is fed no worse than by hand."""
    plans = (_planned(problem, cost) for cost in _COST_WEIGHTS if cost >= problem.weights.poor + problem.weights.local)
    fed = [plan for plan in plans if _shortfall(plan) <= _shortfall(hand)]
    return min(fed, key=lambda plan: plan.cost_mfen, default=hand)


def _shortfall(choice: Choice) -> float:
    return sum(choice.missed.values())


def _figures(problem: Problem, choice: Choice) -> dict[str, float]:
    """Return ¥ a child and day, points of nutrition missed, percent of the money that reaches poor households."""
    return {
        "cost": choice.cost_mfen / 100_000 / len(problem.days),
        "shortfall": _shortfall(choice),
        "poor_percent": 100 * choice.poor_mfen / max(choice.cost_mfen, 1),
    }


def _means(figures: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: round(fmean(of[name] for of in figures), 3) for name in figures[0]}


def _nobody(_: float) -> None:
    """Nobody looks at the progress."""
