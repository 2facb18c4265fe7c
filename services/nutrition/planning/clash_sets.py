"""Which rules leave no menu: a set of rules that clash, none of which can be left out of it (deletion filter).

One rule after the other is lifted; what can be lifted without a menu becoming possible has no part in the clash. The
first asked are those people can do least about, so that of several clashes the one is told that they can.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

import numpy as np

from services.nutrition.analysis.plates import Integers
from services.nutrition.planning.possible import Oracle, Verdict, of_slots
from services.nutrition.planning.problem import Problem

T = TypeVar("T")


class Kind(StrEnum):
    """The kinds of rules that can clash; that some places must be filled, and a dish comes once in a meal, always hold.

    FOOD, EQUIPMENT and PIN come once for each food, piece of equipment and pinned slot.
    """

    FOOD = "food-cap"
    EQUIPMENT = "equipment"
    MAIN_FOOD = "main-food"
    GAP = "gap"
    BUDGET = "budget"
    PIN = "pin"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a problem; `which` food, piece of equipment or slot."""

    kind: Kind
    which: int = 0


@dataclass(frozen=True, slots=True)
class ClashSet:
    """Rules that clash on some slots: where they are about the sum of all, on all that must be filled."""

    rules: tuple[Rule, ...]
    slots: tuple[int, ...]


def rules_of(problem: Problem) -> list[Rule]:
    """Return the rules that can be lifted, those first that people can do least about."""
    food = problem.plates.food_g.max(axis=0, initial=0.0) * len(problem.slots) > problem.food_cap_g
    rules = [Rule(Kind.FOOD, int(which)) for which in np.flatnonzero(food)]
    rules += [Rule(Kind.EQUIPMENT, which) for which in range(len(problem.equipment))]
    rules += [Rule(Kind.MAIN_FOOD), Rule(Kind.GAP), Rule(Kind.BUDGET)]
    return rules + [Rule(Kind.PIN, slot) for slot in sorted(problem.unpinned)]


def with_only(problem: Problem, rules: Sequence[Rule]) -> Problem:
    """Return a problem in which no other rules hold than these."""
    held = {kind: [rule.which for rule in rules if rule.kind is kind] for kind in Kind}
    cap, limit, allowed = np.full_like(problem.food_cap_g, np.inf), problem.equipment_limit.copy(), problem.allowed
    cap[held[Kind.FOOD]] = problem.food_cap_g[held[Kind.FOOD]]
    for which in range(len(limit)):
        limit[which] = limit[which] if which in held[Kind.EQUIPMENT] else len(problem.slots)
    allowed = allowed.copy()
    for slot, row in problem.unpinned.items():
        allowed[slot] = allowed[slot] if slot in held[Kind.PIN] else row
    dearest = int(problem.plates.cost_mfen.max(initial=0)) * len(problem.slots) + 1
    return replace(
        problem,
        food_cap_g=cap,
        equipment_limit=limit,
        allowed=allowed,
        main_food=problem.main_food if held[Kind.MAIN_FOOD] else np.full_like(problem.main_food, -1),
        gap_days=problem.gap_days if held[Kind.GAP] else np.zeros_like(problem.gap_days),
        budget_mfen=problem.budget_mfen if held[Kind.BUDGET] else max(dearest, problem.budget_mfen),
    )


def clash_set(problem: Problem, oracle: Oracle) -> ClashSet:
    """Return rules that clash in a problem without a menu; what is proved to have no part is left out."""
    kept = least(rules_of(problem), _kinds, lambda rules: oracle.ask(with_only(problem, rules)))
    filled = [place for place, slot in enumerate(problem.slots) if not slot.optional]
    if not any(rule.kind in (Kind.BUDGET, Kind.FOOD) for rule in kept):
        only = with_only(problem, kept)
        filled = least(
            filled,
            lambda slots: _days(problem, slots),
            lambda slots: oracle.ask(of_slots(only, np.array(slots, dtype=np.int64))),
        )
    return ClashSet(tuple(kept), tuple(filled))


def least(members: list[T], grouped: Callable[[list[T]], list[list[T]]], ask: Callable[[list[T]], Verdict]) -> list[T]:
    """Return what is left of members when first whole groups and then ever smaller parts are left out where proved.

    A part that can be left out at once could be left out one by one, so that the answer is that of asking for each
    member in turn; but where few of n clash it takes about log n questions for each of them, not n.
    """
    kept = members
    for group in grouped(members):
        rest = _without(kept, group, ask)
        kept = kept if rest is None else rest
    parts = [kept]
    while parts:
        part = parts.pop()
        rest = _without(kept, part, ask)
        if rest is not None:
            kept = rest
        elif len(part) > 1:
            middle = len(part) // 2
            parts += [part[middle:], part[:middle]]
    return kept


def _without(kept: list[T], part: list[T], ask: Callable[[list[T]], Verdict]) -> list[T] | None:
    """Return what stays when a part is left out, None where it is not proved that this still clashes."""
    rest = [member for member in kept if member not in part]
    return rest if ask(rest) is Verdict.IMPOSSIBLE else None


def suspects(problem: Problem, oracle: Oracle) -> list[Kind]:
    """Return the kinds of rules, any of which need only be lifted for annealing to find a menu."""
    rules = rules_of(problem)
    return [
        kind
        for kind in reversed(Kind)
        if any(rule.kind is kind for rule in rules)
        and oracle.cheapest(with_only(problem, [rule for rule in rules if rule.kind is not kind])) is not None
    ]


def _kinds(rules: list[Rule]) -> list[list[Rule]]:
    groups = [[rule for rule in rules if rule.kind is kind] for kind in Kind]
    return [group for group in groups if len(group) > 1]


def _days(problem: Problem, slots: list[int]) -> list[list[int]]:
    """Return slots by day, the last days first: of days that are alike the first clash is told."""
    days: Integers = np.array([problem.slots[slot].day for slot in slots], dtype=np.int64)
    return [[slot for slot in slots if problem.slots[slot].day == day] for day in np.unique(days)[::-1]]
