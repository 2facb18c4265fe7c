"""Where a target is judged: over which slots its values are taken and how much each of them counts."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.nutrition.analysis.plates import Floats, Integers
from services.nutrition.planning.problem import Problem
from services.nutrition.standards.domain import Per, Target, TargetKind


@dataclass(frozen=True, slots=True)
class Units:
    """The U units a target is judged over: `of_slot[s]` is the unit of a slot, `week[u]` the week of a unit.

    A unit's value is its sum divided by `days[u]` (1 but for the mean day); `share[u]` of the target's miss is its own.
    """

    of_slot: Integers
    week: Integers
    days: Floats
    share: Floats


@dataclass(frozen=True, slots=True)
class Calendar:
    """The weeks, days and meals of a problem. Weeks begin on Monday and all count the same, whatever days they have."""

    weeks: int
    meals: int
    day_of_slot: Integers
    meal_of_slot: Integers
    by_per: Mapping[Per, Units]


def calendar_of(problem: Problem) -> Calendar:
    """Return the calendar of a problem; its meals are those with a slot."""
    mondays = [day.toordinal() - day.weekday() for day in problem.days]
    order = sorted(set(mondays))
    week_of_day = np.array([order.index(monday) for monday in mondays], dtype=np.int64)
    day_of_slot = np.array([slot.day for slot in problem.slots], dtype=np.int64)
    places = sorted({(slot.day, slot.meal) for slot in problem.slots})
    meal_of_slot = np.array([places.index((slot.day, slot.meal)) for slot in problem.slots], dtype=np.int64)
    week_of_slot = week_of_day[day_of_slot]
    week_of_meal = np.array([week_of_day[day] for day, _ in places], dtype=np.int64)
    weeks = len(order)
    days_of_week = np.bincount(week_of_day, minlength=weeks).astype(np.float64)
    whole = np.ones(weeks)
    return Calendar(
        weeks=weeks,
        meals=len(places),
        day_of_slot=day_of_slot,
        meal_of_slot=meal_of_slot,
        by_per={
            Per.WEEK: Units(week_of_slot, np.arange(weeks), whole, whole / weeks),
            Per.MEAN_DAY: Units(week_of_slot, np.arange(weeks), days_of_week, whole / weeks),
            Per.DAY: _single(day_of_slot, week_of_day, weeks),
            Per.MEAL: _single(meal_of_slot, week_of_meal, weeks),
        },
    )


def _single(of_slot: Integers, week_of_unit: Integers, weeks: int) -> Units:
    """Return units that are days or meals: each counts as its share of its week's."""
    in_week = np.bincount(week_of_unit, minlength=weeks)
    return Units(of_slot, week_of_unit, np.ones(len(week_of_unit)), 1.0 / (weeks * in_week[week_of_unit]))


def counting_units(by_per: Mapping[Per, Units], target: Target) -> tuple[Units, Units]:
    """Return the units things are counted in and those the target is judged over.

    They differ on the mean day: kinds are counted each day and averaged; a meal group that stands in any meal counts.
    """
    judged = by_per[target.per]
    if target.per is not Per.MEAN_DAY:
        return judged, judged
    if target.kind is TargetKind.GROUPS_IN_MEAL:
        return by_per[Per.WEEK], by_per[Per.WEEK]
    return by_per[Per.DAY], judged
