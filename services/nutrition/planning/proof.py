"""What is proved of a menu: week by week, case by case, until it is proved best or the effort is spent.

The first program is the linear one as it is. Then come rows that it breaks (`mixes`, `splits`), and cases.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from services.nutrition.analysis.plates import Floats, Integers, Truths
from services.nutrition.planning.bound import budget_of, certified, prices_of
from services.nutrition.planning.cases import Cases
from services.nutrition.planning.figures import misses
from services.nutrition.planning.grain import coarse
from services.nutrition.planning.groups import groups_of
from services.nutrition.planning.limited import Offer
from services.nutrition.planning.mixes import with_mixes
from services.nutrition.planning.model import Model
from services.nutrition.planning.relaxation import Relaxation, relaxation_of
from services.nutrition.planning.splits import with_splits
from services.nutrition.planning.weeks import weeks_apart

_ROUNDS = 3
_SOME = 1e-6


@dataclass(frozen=True, slots=True)
class Effort:
    """How many linear programs are solved at most, and for how many seconds: only these depend on the machine."""

    programs: float = np.inf
    seconds: float = np.inf


@dataclass(frozen=True, slots=True)
class Proof:
    """A bound on the objective of every menu, and what stands where (S × (D + 1)) in the cases that are left."""

    bound: float
    hints: Truths


def prove(model: Model, dishes: Integers, effort: Effort, report: Callable[[float], None]) -> Proof:
    """Return what can be proved, `dishes` (D: nothing) being the best menu known.

    `report` is told the share done and may raise Cancelled.
    """
    whole = relaxation_of(model, coarse(model))
    prices = prices_of(whole)
    bound = certified(whole, prices)
    if effort.programs <= 1:
        return Proof(bound, np.zeros_like(model.choices))
    apart = weeks_apart(model, whole, prices)
    bounds, spent, hints = [], _Spent(effort, len(apart.weeks), report), np.zeros_like(model.choices)
    for number, week in enumerate(apart.weeks):
        spent.week = number
        plain = relaxation_of(week.model, coarse(week.model))
        groups = groups_of(week.model, plain)
        program = with_mixes(with_splits(plain, groups, [offer_of(plain).cost], _ROUNDS))
        cases = Cases(program, groups)
        bounds.append(cases.bound(offer_of(program), _points(week.model, dishes[week.slots]), spent.more))
        often = np.zeros(program.grain.room.shape, dtype=np.bool_)
        often[program.place, program.dish] = cases.often > _SOME
        hints[week.slots] = often[program.grain.of_slot]
    return Proof(max(bound, apart.joined(bounds)), hints & model.choices)


def offer_of(relaxation: Relaxation) -> Offer:
    """Return what choices cost and use in a program, and where they may stand."""
    choices = len(relaxation.place)
    return Offer(relaxation.cost[:choices], budget_of(relaxation), relaxation.upper[:choices])


def _points(model: Model, dishes: Integers) -> float:
    """Return the points of a menu in a model, whose choices may cost more than in its problem."""
    taken = np.where(dishes == len(model.problem.rating), -1, dishes)
    missed = sum(lane.target.weight * miss for lane, miss in misses(model, taken))
    points: Floats = model.points[np.arange(len(dishes)), dishes]
    return float(missed + points.sum())


class _Spent:
    """Tells whoever asked for a proof how much of its effort is spent, and whether a week has any left."""

    def __init__(self, effort: Effort, weeks: int, report: Callable[[float], None]) -> None:
        self._effort, self._weeks, self._report, self._started = effort, weeks, report, time.monotonic()
        self.week = 0

    def more(self, programs: int) -> bool:
        """Whether one more program may be solved for the week, after so many for it."""
        by_count = self.week + min(1.0, programs / max(self._effort.programs / self._weeks, 1.0))
        by_time = self._weeks * (time.monotonic() - self._started) / self._effort.seconds
        self._report(min(1.0, max(by_count if np.isfinite(self._effort.programs) else 0.0, by_time) / self._weeks))
        return max(by_count, by_time) < self.week + 1
