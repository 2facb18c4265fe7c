"""A problem of several weeks taken apart: what the weeks share is paid for, then each can be bounded by itself.

The weeks share the budget, scarce food and the gaps across Sunday. A price on budget and food (λ ≥ 0) instead of their
limits, and no gaps across Sunday, allow more menus and count none more than in truth: what the weeks' bounds sum to
is a bound on the whole (Lagrange).
"""

from dataclasses import dataclass, replace

import numpy as np

from services.nutrition.analysis.plates import Floats, Integers
from services.nutrition.planning.lanes import lanes_of
from services.nutrition.planning.model import Model
from services.nutrition.planning.relaxation import Relaxation, limits_of
from services.nutrition.planning.units import calendar_of
from services.nutrition.standards.domain import Per


@dataclass(frozen=True, slots=True)
class Week:
    """One week as a model of its own; `slots` are its slots' places in the whole problem."""

    model: Model
    slots: Integers


@dataclass(frozen=True, slots=True)
class Apart:
    """Weeks, each counting `1 / len(weeks)`, and the points to add to their bounds' mean for what they share."""

    weeks: tuple[Week, ...]
    constant: float

    def joined(self, bounds: list[float]) -> float:
        """Return the bound on the whole that bounds of the weeks prove."""
        return sum(bounds) / len(bounds) + self.constant


def weeks_apart(model: Model, relaxation: Relaxation, prices: Floats) -> Apart:
    """Return the weeks of a model, what they share priced as in a solution of a relaxation of the whole.

    A single week keeps its limits as they are.
    """
    units = model.calendar.by_per[Per.WEEK]
    if len(units.share) == 1:
        return Apart((Week(model, np.arange(len(units.of_slot))),), 0.0)
    points, constant = model.points, 0.0
    for (used, most), row in zip(limits_of(model.problem), relaxation.limit_rows, strict=True):
        price = max(0.0, -float(prices[row]))
        points = points + price * used
        constant -= price * most
    priced = replace(model, points=points)
    return Apart(tuple(_week(priced, week) for week in range(len(units.share))), constant)


def _week(model: Model, week: int) -> Week:
    problem = model.problem
    days = np.flatnonzero(model.calendar.by_per[Per.DAY].week == week)
    slots = np.flatnonzero(model.calendar.by_per[Per.WEEK].of_slot == week)
    alone = replace(
        problem,
        days=tuple(problem.days[day] for day in days),
        slots=tuple(replace(problem.slots[slot], day=problem.slots[slot].day - int(days[0])) for slot in slots),
        allowed=problem.allowed[slots],
        before=problem.before[slots],
        food_cap_g=np.full(len(problem.food_cap_g), np.inf),
    )
    weeks = len(model.calendar.by_per[Per.WEEK].share)
    return Week(
        Model(
            alone,
            lanes_of(problem.plates, problem.requirement),
            calendar_of(alone),
            model.choices[slots],
            model.points[slots] * weeks,
        ),
        slots,
    )
