"""Whether any menu keeps the rules: asked of HiGHS as an integer program without targets.

A slot that may stay empty takes nothing away from the others: for this question there are only those to be filled.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import highspy
import numpy as np

from services.nutrition.analysis.plates import Floats, Integers
from services.nutrition.planning.annealing import search
from services.nutrition.planning.bound import linear_program, solver
from services.nutrition.planning.checking import broken_rules
from services.nutrition.planning.encoding import tables_of
from services.nutrition.planning.grain import fine
from services.nutrition.planning.model import model_of
from services.nutrition.planning.problem import Problem, Weights
from services.nutrition.planning.relaxation import Relaxation, relaxation_of

SECONDS = 10.0
"""Time for all questions of one plan together; most need a tenth of it."""
_NODES = 2000
_MOVES_PER_SLOT = 4000
_NONE = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)


class Verdict(StrEnum):
    """What is known of whether a menu is possible; UNKNOWN: none was found, and nothing is proved."""

    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict, and where a menu is possible one (the dish of each slot, −1 for nothing) and the least possible `sum`.

    `least` is proved: no menu has less; `is_reached` says that the menu has as much.
    """

    verdict: Verdict
    dishes: Integers | None = None
    least: float = 0.0
    is_reached: bool = False


class Oracle:
    """Answers within a time in all; when that is over, it knows nothing. `report` may raise Cancelled."""

    def __init__(self, report: Callable[[float], None], seconds: float = SECONDS) -> None:
        self._until, self._seconds, self._report = time.monotonic() + seconds, seconds, report

    def ask(self, problem: Problem) -> Verdict:
        """Return whether a menu keeps the rules of a problem, as far as HiGHS can prove it."""
        return self.least(problem, np.zeros(len(problem.rating))).verdict

    def cheapest(self, problem: Problem) -> int | None:
        """Return what the cheapest menu costs that annealing finds (1/1000 fen), None if it finds none."""
        thrifty = replace(_bare(problem), weights=Weights(cost=1.0, poor=0.0, local=0.0, rating=0.0, keep=0.0))
        model, moves = model_of(thrifty), _MOVES_PER_SLOT * len(problem.slots)
        found = search(tables_of(model), model.calendar.weeks, moves, 1, self._listen)
        if not np.isfinite(found.points[1]):
            return None
        return int(np.append(problem.plates.cost_mfen, 0)[found.best].sum())

    def least(self, problem: Problem, amount: Floats) -> Answer:
        """Return the menu that keeps the rules with the least sum over its dishes of `amount`, as far as is known."""
        self._listen(0.0)
        filled = np.array([place for place, slot in enumerate(problem.slots) if not slot.optional], dtype=np.int64)
        dishes = np.full(len(problem.slots), -1, dtype=np.int64)
        if not len(filled):
            return Answer(Verdict.POSSIBLE, dishes, 0.0, True)
        bare = of_slots(_bare(problem), filled)
        left = self._until - time.monotonic()
        if not bare.allowed.any(axis=1).all():
            return Answer(Verdict.IMPOSSIBLE)
        if left <= 0:
            return Answer(Verdict.UNKNOWN)
        model = model_of(bare)
        program = relaxation_of(model, fine(model))
        status, bound, taken = _solve(program, np.append(amount, 0.0)[program.dish], left)
        if status in _NONE:
            return Answer(Verdict.IMPOSSIBLE)
        if taken is None:
            return Answer(Verdict.UNKNOWN, None, bound)
        dishes[filled[program.place[taken]]] = program.dish[taken]
        if broken_rules(problem, dishes.tolist()):
            return Answer(Verdict.UNKNOWN, None, bound)
        return Answer(Verdict.POSSIBLE, dishes, bound, status == highspy.HighsModelStatus.kOptimal)

    def _listen(self, _: float) -> None:
        left = self._until - time.monotonic()
        self._report(min(1.0, max(0.0, 1.0 - left / max(self._seconds, 1e-3))))


def of_slots(problem: Problem, slots: Integers) -> Problem:
    """Return a problem with only some of its slots: what the others would take of anything is free."""
    return replace(
        problem,
        slots=tuple(problem.slots[slot] for slot in slots),
        allowed=problem.allowed[slots],
        before=problem.before[slots],
    )


def _bare(problem: Problem) -> Problem:
    """Return a problem of which only the hard rules are left."""
    return replace(problem, requirement=replace(problem.requirement, targets=()))


def _solve(
    relaxation: Relaxation, amount: Floats, seconds: float
) -> tuple[highspy.HighsModelStatus, float, Integers | None]:
    """Return HiGHS's status, its bound on the sum of `amount`, and the choices of its best solution, if it has one.

    Nodes are limited, so that answers depend on the machine only when the time runs out.
    """
    program = linear_program(relaxation)
    choices, columns = len(relaxation.place), len(relaxation.cost)
    program.col_cost_ = np.append(amount, np.zeros(columns - choices))
    program.integrality_ = [highspy.HighsVarType.kInteger] * columns
    highs = solver()
    highs.passModel(program)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", 0.5)
    highs.setOptionValue("mip_max_nodes", _NODES)
    highs.setOptionValue("time_limit", seconds)
    highs.run()
    solution = highs.getSolution()
    bound = float(highs.getInfo().mip_dual_bound)
    taken = np.flatnonzero(np.array(solution.col_value[:choices]) > 0.5) if solution.value_valid else None
    return highs.getModelStatus(), bound if np.isfinite(bound) else 0.0, taken
