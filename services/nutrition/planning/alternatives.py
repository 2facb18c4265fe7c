"""Clearly different menus, each as good as possible: annealing that may repeat only so much of the menus before.

A slot is different if the other menu does not serve its dish in that week: Monday's dishes on Tuesday are no other
menu. Slots where only one dish may stand cannot be different and do not count.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from services.nutrition.analysis.plates import Floats, Integers, Truths
from services.nutrition.planning.annealing import search
from services.nutrition.planning.encoding import Tables
from services.nutrition.planning.figures import choice_of
from services.nutrition.planning.model import Model
from services.nutrition.planning.problem import Problem
from services.nutrition.standards.domain import Per

SHARE_OF_MOVES = 0.35
"""How many moves an alternative gets, of those the best menu had."""
_UNLIMITED = 1e300


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many menus beside the best, and how different; the moves and the seed of the search for the best."""

    count: int
    different_permille: int
    moves: int
    seed: int


def clearly_different(
    model: Model, tables: Tables, best: Integers, wanted: Wanted, report: Callable[[float], None]
) -> list[Integers]:
    """Return menus (D: nothing), the best first, that differ from one another; fewer if none is so different.

    A menu found to be better than `best` takes its place. `report` is told the share done and may raise Cancelled.
    """
    menus, most = [best], wanted.count + 1
    for turn in range(most if wanted.count and has_choice(model.problem).any() else 0):
        if len(menus) == most:
            break
        found = search(
            unlike(model, tables, menus, wanted.different_permille),
            model.calendar.weeks,
            int(wanted.moves * SHARE_OF_MOVES),
            wanted.seed + turn + 1,
            partial(_part, report, turn / most, 1 / most),
        )
        if not np.isfinite(found.points[1]):
            break
        menus = _in_order(model, [*menus, found.best], wanted.different_permille)
    report(1.0)
    return menus


def _part(report: Callable[[float], None], begun: float, share: float, done: float) -> None:
    report(begun + share * done)


def _in_order(model: Model, menus: Sequence[Integers], different_permille: int) -> list[Integers]:
    """Return menus by their points, without those too like a better one."""
    kept: list[Integers] = []
    for menu in sorted(menus, key=lambda menu: choice_of(model, menu).objective):
        if all(_repeated(model, menu, other) <= most_repeated(model.problem, different_permille) for other in kept):
            kept.append(menu)
    return kept


def _repeated(model: Model, menu: Integers, other: Integers) -> int:
    """Return how many slots that have a choice hold what the other menu serves in their week."""
    week, choice = model.calendar.by_per[Per.WEEK].of_slot, has_choice(model.problem)
    return sum(int(np.isin(menu[choice & (week == of)], other[week == of]).sum()) for of in np.unique(week))


def most_repeated(problem: Problem, different_permille: int) -> int:
    """Return how many of the slots that have a choice may hold what another menu serves in their week."""
    choices = int(has_choice(problem).sum())
    return choices - -(-choices * different_permille // 1000)


def has_choice(problem: Problem) -> Truths:
    """Return which slots can hold one thing or another: two dishes, or a dish and nothing."""
    optional = np.array([slot.optional for slot in problem.slots], dtype=np.int64)
    choice: Truths = problem.allowed.sum(axis=1) + optional > 1
    return choice


def unlike(model: Model, tables: Tables, menus: Sequence[Integers], different_permille: int) -> Tables:
    """Return tables with limits on how many slots may hold what each of the menus (D: nothing) serves in their week.

    Values are counted from the empty menu, as all are: where the other menu leaves a slot empty, too, that begins with
    as many repeated slots, and each dish is one less.
    """
    week, choice = model.calendar.by_per[Per.WEEK].of_slot, has_choice(model.problem)
    most, amounts, states, bounds = most_repeated(model.problem, different_permille), [], [], []
    for number, menu in enumerate(menus):
        left = most
        for monday in range(model.calendar.weeks):
            counted = (week == monday) & choice
            repeated = np.zeros(len(tables.rules), dtype=np.int64)
            repeated[menu[week == monday]] = 1
            left -= int(repeated[-1] * counted.sum())
            amounts.append(repeated - repeated[-1])
            states.append(np.where(counted, 2 * number, 2 * number + 1))
        bounds += [[-_UNLIMITED, left, 0.0, 1.0], [-_UNLIMITED, _UNLIMITED, 0.0, 0.0]]
    return _with_limits(tables, np.stack(amounts, axis=1), np.stack(states, axis=1), np.array(bounds))


def _with_limits(tables: Tables, amount: Integers, state: Integers, bounds: Floats) -> Tables:
    """Return tables with more limits: columns behind those of the other limits, values behind theirs."""
    column, value = tables.sums + tables.hard, tables.hard_to
    states = np.where(tables.state >= value, tables.state + len(bounds), tables.state)
    return tables._replace(
        amount=_inserted(tables.amount, amount, column),
        state=_inserted(states, state + value, column),
        bounds=np.insert(tables.bounds, value, bounds, axis=0),
        missed_by_nothing=np.insert(tables.missed_by_nothing, value, np.maximum(0.0, -bounds[:, 1]) * bounds[:, 3]),
        hard=tables.hard + amount.shape[1],
        hard_to=value + len(bounds),
    )


def _inserted(columns: Integers, more: Integers, place: int) -> Integers:
    return np.ascontiguousarray(np.hstack([columns[:, :place], more, columns[:, place:]]))
