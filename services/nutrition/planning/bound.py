"""A bound no menu can beat, and how far an answer may be from the best: the certificate.

HiGHS solves the relaxation; what is believed are only the prices it puts on the rows (dual values). From whatever
prices the bound follows by adding up (`certified`): each slot takes the choice that is cheapest at those prices. An
inexact solver can make the bound lower, never too high, and anybody can check it without a solver.
"""

from dataclasses import dataclass

import highspy
import numpy as np

from services.nutrition.analysis.plates import Floats
from services.nutrition.planning.cheapest import Pairs, proved
from services.nutrition.planning.relaxation import Relaxation

LEAST_BOUND = 0.01
"""Points below which a bound is taken for this much, so that a gap stays a number when everything is free."""


def gap_of(objective: float, bound: float) -> float:
    """Return how much more points than the bound an answer has, as a share of the bound: objective / bound − 1."""
    return max(0.0, objective - bound) / max(bound, LEAST_BOUND)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What prices of the rows prove, whatever choices cost and spend: they leave `constant` and the cheapest choices.

    Each is to be reckoned at its cost less what it has `spared`, and less `budget` for all it uses of the budget.
    """

    constant: float
    spared: Floats
    budget: float


def certificate_of(relaxation: Relaxation, prices: Floats) -> Certificate:
    """Return what prices of the rows prove: Σ price × side of the row + what is missed, as little as it can be.

    A price above 0 counts for `low`, below 0 for `high`; where there is no such side it counts for nothing.
    """
    r, choices = relaxation, len(relaxation.place)
    usable = np.where(np.where(prices > 0, np.isfinite(r.low), np.isfinite(r.high)), prices, 0.0)
    sides = np.where(usable > 0, np.where(np.isfinite(r.low), r.low, 0), np.where(np.isfinite(r.high), r.high, 0))
    budget, of_row = float(usable[r.limit_rows[0]]), usable.copy()
    of_row[r.limit_rows[0]] = 0.0
    entries = r.values * np.repeat(of_row, np.diff(r.starts))
    spared = np.bincount(r.columns, weights=entries, minlength=len(r.cost)).astype(np.float64)
    others = np.minimum(r.cost[choices:] - spared[choices:], 0.0) * r.upper[choices:]
    return Certificate(float(usable @ sides + others.sum()), spared[:choices], budget)


def certified(relaxation: Relaxation, prices: Floats, least: Floats | None = None, most: Floats | None = None) -> float:
    """Return the bound that prices of the rows prove, in which each choice comes from `least` to `most` times."""
    r, choices = relaxation, len(relaxation.place)
    certificate = certificate_of(relaxation, prices)
    low = np.zeros(choices) if least is None else least
    high = r.upper[:choices] if most is None else np.minimum(most, r.upper[:choices])
    told = np.array([[certificate.constant, certificate.budget]])
    one = np.zeros(1, dtype=np.int64)
    pair = Pairs(one, one, low[None, :], high[None, :], certificate.spared[None, :], told)
    starts = np.searchsorted(r.place, np.arange(len(r.grain.size) + 1))
    return float(proved(pair, r.cost[:choices], budget_of(relaxation), r.upper[:choices], starts, r.grain.size)[0])


def budget_of(relaxation: Relaxation) -> Floats:
    """Return which part of the budget each choice uses."""
    r, row = relaxation, relaxation.limit_rows[0]
    there, used = slice(r.starts[row], r.starts[row + 1]), np.zeros(len(relaxation.place))
    used[r.columns[there]] = r.values[there]
    return used


def linear_program(relaxation: Relaxation) -> highspy.HighsLp:
    """Return a relaxation as HiGHS takes it, passed as whole arrays."""
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(relaxation.cost), len(relaxation.low)
    program.col_cost_ = relaxation.cost
    program.col_lower_ = np.zeros(len(relaxation.cost))
    program.col_upper_ = relaxation.upper
    program.row_lower_, program.row_upper_ = relaxation.low, relaxation.high
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.num_col_, program.a_matrix_.num_row_ = program.num_col_, program.num_row_
    program.a_matrix_.start_ = relaxation.starts
    program.a_matrix_.index_ = relaxation.columns
    program.a_matrix_.value_ = relaxation.values
    return program


def solver() -> highspy.Highs:
    """Return a silent HiGHS on one thread, whose answers do not depend on the machine's cores."""
    highs = highspy.Highs()
    highs.silent()
    highs.setOptionValue("threads", 1)
    return highs


def prices_of(relaxation: Relaxation) -> Floats:
    """Return the prices (dual values) of the rows in an optimum."""
    highs = solver()
    highs.passModel(linear_program(relaxation))
    highs.run()
    return np.array(highs.getSolution().row_dual)


def bound_of(relaxation: Relaxation) -> float:
    """Return a bound on the objective of every menu."""
    return certified(relaxation, prices_of(relaxation))
