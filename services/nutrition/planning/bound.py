"""A bound no menu can beat, and how far an answer may be from the best: the certificate.

HiGHS solves the relaxation; what is believed are only the prices it puts on the rows (dual values). From whatever
prices the bound follows by adding up (`certified`): each slot takes the choice that is cheapest at those prices. An
inexact solver can make the bound lower, never too high, and anybody can check it without a solver.
"""

import highspy
import numpy as np

from services.nutrition.analysis.plates import Floats
from services.nutrition.planning.relaxation import Relaxation

LEAST_BOUND = 0.01
"""Points below which a bound is taken for this much, so that a gap stays a number when everything is free."""


def gap_of(objective: float, bound: float) -> float:
    """Return how much more points than the bound an answer has, as a share of the bound: objective / bound − 1."""
    return max(0.0, objective - bound) / max(bound, LEAST_BOUND)


def certified(relaxation: Relaxation, prices: Floats) -> float:
    """Return the bound that prices of the rows prove: Σ price × bound of the row + the cheapest choices less prices.

    A price above 0 counts for `low`, below 0 for `high`; where there is no such bound it counts for nothing.
    """
    r = relaxation
    usable = np.where(np.where(prices > 0, np.isfinite(r.low), np.isfinite(r.high)), prices, 0.0)
    rows = np.repeat(np.arange(len(usable)), np.diff(r.starts))
    reduced = r.cost - np.bincount(r.columns, weights=r.values * usable[rows], minlength=len(r.cost))
    sides = np.where(usable > 0, np.where(np.isfinite(r.low), r.low, 0), np.where(np.isfinite(r.high), r.high, 0))
    choices = len(r.place)
    others = np.minimum(reduced[choices:], 0.0) * r.upper[choices:]
    return float(usable @ sides + _cheapest(r, reduced[:choices]) + others.sum())


def _cheapest(relaxation: Relaxation, cost: Floats) -> float:
    """Return what filling every place costs, each with its cheapest choices, each as often as it can be taken."""
    r = relaxation
    order = np.lexsort((cost, r.place))
    place, room = r.place[order], r.upper[order]
    before = np.cumsum(room) - room
    before -= before[np.searchsorted(place, place)]
    taken = np.clip(r.grain.size[place] - before, 0.0, room)
    return float(cost[order] @ taken)


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


class Prices:
    """Prices of a program's rows, asked for again and again with other costs: each solution starts from the last.

    Rows stay as they were at first. Where they differ meanwhile (a budget's do with the prices of food), the prices
    are not the best ones, and prove a bound all the same.
    """

    def __init__(self, relaxation: Relaxation) -> None:
        self._highs = solver()
        self._highs.passModel(linear_program(relaxation))
        self._columns = np.arange(len(relaxation.cost), dtype=np.int32)

    def at(self, cost: Floats) -> Floats:
        """Return the prices of the rows in an optimum at other costs of the columns."""
        self._highs.changeColsCost(len(cost), self._columns, cost)
        self._highs.run()
        return np.array(self._highs.getSolution().row_dual)


def bound_of(relaxation: Relaxation) -> float:
    """Return a bound on the objective of every menu."""
    return certified(relaxation, prices_of(relaxation))
