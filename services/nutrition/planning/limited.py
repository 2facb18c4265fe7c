"""The linear program with limits on how often choices, and choices of a group, come; solved case after case."""

from dataclasses import dataclass, replace

import highspy
import numpy as np

from services.nutrition.analysis.plates import Floats, Truths
from services.nutrition.planning.bound import Certificate, certificate_of, certified, linear_program, solver
from services.nutrition.planning.relaxation import Relaxation, with_groups

_REFUTED = 1e4
"""Points that prices which refute a case are scaled to: more than any menu has."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What differs between the schools of a class: what choices cost, use of the budget, and their `room`."""

    cost: Floats
    used: Floats
    room: Floats


@dataclass(frozen=True, slots=True)
class Solved:
    """How often choices and then groups come in a solution, its points, what its prices prove, and the basis.

    Where there is no solution `often` is empty and the points are infinite; if prices prove that, the certificate is
    theirs, and it `is_never` if that does not depend on what a school's food costs.
    """

    often: Floats
    points: float
    certificate: Certificate | None
    basis: highspy.HighsBasis | None
    is_never: bool = False


class Limited:
    """A program, each of whose choices and groups of choices can be limited."""

    def __init__(self, relaxation: Relaxation, groups: Truths) -> None:
        self._choices, self._groups = len(relaxation.place), groups.astype(np.float64)
        self._relaxation, self._first = with_groups(relaxation, groups), len(relaxation.low)
        self.solved_so_far = 0
        self.width = self._choices + len(groups)
        self._highs = solver()
        self._highs.passModel(linear_program(self._relaxation))
        self._highs.setOptionValue("presolve", "off")
        self._columns = np.arange(self._choices, dtype=np.int32)
        self._rows = np.arange(self._first, self._first + len(groups), dtype=np.int32)

    def no_limits(self) -> tuple[Floats, Floats]:
        """Return how often choices and groups come at least and at most in any menu."""
        most = self._relaxation.upper[: self._choices]
        groups = np.full(len(self._rows), np.inf)
        return np.append(np.zeros(self._choices), -groups), np.append(most, groups)

    def charge(self, offer: Offer) -> None:
        """Let choices cost, and use of the budget, from now on what an offer says."""
        r, choices = self._relaxation, self._choices
        self._highs.changeColsCost(choices, self._columns, offer.cost)
        row = int(r.limit_rows[0])
        there = slice(r.starts[row], r.starts[row + 1])
        columns, values = r.columns[there], r.values.copy()
        values[there] = offer.used[columns]
        for column in columns[values[there] != r.values[there]].tolist():
            self._highs.changeCoeff(row, column, float(offer.used[column]))
        self._relaxation = replace(r, cost=np.append(offer.cost, r.cost[choices:]), values=values)

    def solved(self, least: Floats, most: Floats, room: Floats, basis: highspy.HighsBasis | None) -> Solved:
        """Return the solution within limits, which starts from a basis."""
        highs, n = self._highs, self._choices
        self.solved_so_far += 1
        highs.changeColsBounds(n, self._columns, least[:n], np.minimum(most[:n], room))
        if len(self._rows):
            highs.changeRowsBounds(len(self._rows), self._rows, least[n:], most[n:])
        if basis is not None:
            highs.setBasis(basis)
        highs.run()
        program = self._within(least, most)
        if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return self._refuted(program, least, most)
        solution = highs.getSolution()
        chosen = np.array(solution.col_value[:n])
        return Solved(
            often=np.append(chosen, self._groups @ chosen),
            points=float(highs.getInfo().objective_function_value),
            certificate=certificate_of(program, np.array(solution.row_dual)),
            basis=highs.getBasis(),
        )

    def _within(self, least: Floats, most: Floats) -> Relaxation:
        low, high = self._relaxation.low.copy(), self._relaxation.high.copy()
        low[self._first :], high[self._first :] = least[self._choices :], most[self._choices :]
        return replace(self._relaxation, low=low, high=high)

    def _refuted(self, program: Relaxation, least: Floats, most: Floats) -> Solved:
        """Return what refutes a case: prices at which even free choices cost something; HiGHS is not believed."""
        _, there, ray = self._highs.getDualRay()
        if not there:
            return Solved(np.zeros(0), np.inf, None, None)
        free = replace(program, cost=np.zeros(len(program.cost)))
        for prices in (np.array(ray), -np.array(ray)):
            size = certified(free, prices, least[: self._choices], most[: self._choices])
            if size > 1e-7 * max(1.0, float(np.abs(prices).max())):
                certificate = certificate_of(free, prices * (_REFUTED / size))
                return Solved(np.zeros(0), np.inf, certificate, None, is_never=certificate.budget == 0.0)
        return Solved(np.zeros(0), np.inf, None, None)
