"""Whole menus judged as analysis and checker judge them: week by week, the weeks' mean counting."""

from dataclasses import dataclass

import numpy as np

from services.nutrition.analysis.judging import judge, layout_of
from services.nutrition.analysis.plates import Floats, Integers
from services.nutrition.planning.problem import Problem

_AT_ONCE = 2048
"""Weeks judged in one piece: more would only take memory."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What M menus hold: of T targets the value (mean of days, meals or weeks, its own unit) and the miss, M × T."""

    values: Floats
    misses: Floats


def judged(problem: Problem, menus: Integers) -> Judged:
    """Judge M × S menus (dish of each slot, −1 for none) by every target; weeks that are alike are judged once."""
    mondays = np.array([day.toordinal() - day.weekday() for day in problem.days])
    day_of_slot = np.array([slot.day for slot in problem.slots], dtype=np.int64)
    weeks, targets = np.unique(mondays), len(problem.requirement.targets)
    values, misses = np.zeros((len(menus), targets)), np.zeros((len(menus), targets))
    for monday in weeks:
        days = np.flatnonzero(mondays == monday)
        slots = np.flatnonzero(np.isin(day_of_slot, days))
        places = [(problem.slots[slot].day - int(days[0]), problem.slots[slot].meal) for slot in slots]
        layout = layout_of(places, len(days))
        different, of_menu = np.unique(menus[:, slots], axis=0, return_inverse=True)
        for first in range(0, len(different), _AT_ONCE):
            part = judge(problem.plates, problem.requirement, layout, different[first : first + _AT_ONCE])
            mean = np.stack([value.mean(axis=1) for value in part.values], axis=1) if targets else part.misses
            chosen = np.flatnonzero((of_menu >= first) & (of_menu < first + _AT_ONCE))
            values[chosen] += mean[of_menu[chosen] - first] / len(weeks)
            misses[chosen] += part.misses[of_menu[chosen] - first] / len(weeks)
    return Judged(values, misses)
