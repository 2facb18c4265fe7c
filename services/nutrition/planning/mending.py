"""What each missed target would cost to mend: the change of the menu that lifts it most for its money.

A mending lifts its target by a noticeable amount and leaves the nutrition shortfall as a whole no worse. Of the changes
that lift it at least half as far as the best of them, it is the one with the most lift per ¥; what costs less than a
fen a child and day counts as costing that. It may cost more than the budget has: then it says by how much.
"""

from dataclasses import dataclass

import numpy as np

from services.nutrition.analysis.plates import Floats, Integers, Truths
from services.nutrition.planning.changes import Changes, changes_of
from services.nutrition.planning.judged import Judged, judged
from services.nutrition.planning.problem import Choice, Mending, Problem, Unmendable, Unmended
from shared.quantities import divide

MISSED = 0.005
"""Share of its bound by which a target is missed at least to need mending: below it rounds to 100 %."""
NOTICEABLE = 0.01
"""Share of its bound by which a mending lifts a target at least, or it lifts it to what is asked."""
NO_WORSE = 1e-9
_WORTH_SHOWING = 0.5
_LEAST_COST_MFEN = 1000


@dataclass(frozen=True, slots=True)
class Mendings:
    """For every missed target its mending, or why it has none."""

    found: tuple[Mending, ...]
    unmended: tuple[Unmended, ...]


def mendings_of(problem: Problem, best: Choice) -> Mendings:
    """Return what mends each target that a menu misses, or why nothing does."""
    dishes = np.array(best.dishes, dtype=np.int64)
    changes = changes_of(problem, dishes)
    menus = judged(problem, np.vstack([dishes[None, :], changes.menus(dishes)]))
    harm = (menus.misses[1:] - menus.misses[0]) * np.array([target.weight for target in problem.requirement.targets])
    no_worse = harm.sum(axis=1) <= NO_WORSE
    found, unmended = [], []
    for place in np.flatnonzero(menus.misses[0] > MISSED):
        lift = menus.misses[0, place] - menus.misses[1:, place]
        lifts = lift >= min(NOTICEABLE, menus.misses[0, place] - NO_WORSE)
        if (lifts & no_worse).any():
            chosen = _cheapest(problem, changes, lift, lifts & no_worse)
            found.append(_mending(problem, best, changes, chosen, menus, int(place)))
        else:
            unmended.append(_unmended(problem, int(place), harm[lifts]))
    return Mendings(tuple(found), tuple(unmended))


def _unmended(problem: Problem, place: int, harm: Floats) -> Unmended:
    """Return why a target has no mending; `harm` (changes × targets) is what those that lift it worsen, in points."""
    targets = problem.requirement.targets
    if not len(harm):
        return Unmended(targets[place].key, Unmendable.NOTHING_LIFTS)
    least = harm[int(np.argmin(np.round(harm.sum(axis=1), 9)))]
    return Unmended(targets[place].key, Unmendable.AT_OTHERS_COST, targets[int(np.argmax(least))].key)


def _cheapest(problem: Problem, changes: Changes, lift: Floats, possible: Truths) -> int:
    """Return which of the possible changes lifts most for its money; of equals the one that lifts most."""
    worth = np.flatnonzero(possible & (lift >= _WORTH_SHOWING * lift[possible].max()))
    rate = np.round(lift[worth] / _per_day(problem, changes)[worth], 12)
    first: Integers = np.lexsort((worth, changes.slots[worth].sum(axis=1), -np.round(lift[worth], 9), -rate))
    return int(worth[first[0]])


def _per_day(problem: Problem, changes: Changes) -> Floats:
    per_day: Floats = np.maximum(changes.cost_mfen / len(problem.days), _LEAST_COST_MFEN)
    return per_day


def _mending(problem: Problem, best: Choice, changes: Changes, chosen: int, menus: Judged, place: int) -> Mending:
    cost, days = int(changes.cost_mfen[chosen]), len(problem.days)
    values, misses = menus.values[:, place], menus.misses[:, place]
    return Mending(
        target=problem.requirement.targets[place].key,
        dish=int(changes.dish[chosen]),
        slots=tuple(int(slot) for slot in np.flatnonzero(changes.slots[chosen])),
        value_before=float(values[0]),
        value_after=float(values[chosen + 1]),
        cost_mfen_per_day=divide(cost, days),
        miss_before=float(misses[0]),
        miss_after=float(misses[chosen + 1]),
        over_budget_mfen_per_day=-(-max(0, best.cost_mfen + cost - problem.budget_mfen) // days),
    )
