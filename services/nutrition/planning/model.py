"""A problem made ready: what its dishes add to its targets, where those are judged, what a choice costs in points."""

from dataclasses import dataclass

import numpy as np

from services.nutrition.analysis.plates import Floats, Truths
from services.nutrition.planning.lanes import Lanes, lanes_of
from services.nutrition.planning.problem import Problem
from services.nutrition.planning.units import Calendar, calendar_of


@dataclass(frozen=True, slots=True)
class Model:
    """A problem, what its dishes add to its targets, where those are judged, and what may stand where at which points.

    `choices` and `points` are S × (D + 1); the last column is leaving the slot empty.
    """

    problem: Problem
    lanes: Lanes
    calendar: Calendar
    choices: Truths
    points: Floats


def model_of(problem: Problem) -> Model:
    """Return the model of a problem."""
    lanes = lanes_of(problem.plates, problem.requirement)
    return Model(problem, lanes, calendar_of(problem), open_choices(problem), points_of(problem))


def points_of(problem: Problem) -> Floats:
    """Return S × (D + 1) points of each dish in each slot for what adds up: cost, poor, local, rating, keep."""
    weights, plates, slots = problem.weights, problem.plates, len(problem.slots)
    budget = max(problem.budget_mfen, 1)
    spent = weights.cost * plates.cost_mfen - weights.poor * plates.poor_mfen - weights.local * plates.local_mfen
    of_dish = np.append(
        spent / budget + (1.0 - problem.rating) * (weights.rating / slots), 0.5 * weights.rating / slots
    )
    points = np.repeat(of_dish[None, :], slots, axis=0)
    known = np.flatnonzero(problem.before >= 0)
    if len(known):
        points[known] += weights.keep / len(known)
        points[known, problem.before[known]] -= weights.keep / len(known)
    return points


def open_choices(problem: Problem) -> Truths:
    """Return S × (D + 1): what may stand in each slot; the last column is leaving it empty."""
    affordable = np.append(problem.plates.cost_mfen <= problem.budget_mfen, True)
    choices: Truths = choices_at_any_price(problem) & affordable
    return choices


def choices_at_any_price(problem: Problem) -> Truths:
    """Return what might stand in each slot if the budget could buy it."""
    optional = np.array([slot.optional for slot in problem.slots], dtype=np.bool_)
    return np.hstack([problem.allowed, optional[:, None]])
