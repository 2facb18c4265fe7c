"""Better routes by PyVRP (iterated local search), from the greedy ones on, within a budget."""

import time
import warnings
from collections.abc import Sequence

from pyvrp import (
    CostEvaluator,
    IteratedLocalSearchCallbacks,
    IteratedLocalSearchParams,
    Solution,
    SolveParams,
    solve,
)
from pyvrp.exceptions import PenaltyBoundWarning

from services.logistics.trips.budget import Budget
from services.logistics.trips.formulation import Formulation
from services.logistics.trips.problem import Problem, Report, Route

_REPORT_S = 0.2
_PATIENCE, _PATIENCE_A_LOAD = 200, 20


class _Watch(IteratedLocalSearchCallbacks):
    """Ends the search when the budget is spent, and says how far it is; saying so may raise that it is not wanted."""

    def __init__(self, budget: Budget, loads: int, report: Report) -> None:
        self._budget = budget
        self._report = report
        self._began = self._told = time.perf_counter()
        self._iterations = self._in_vain = 0
        self._patience = max(1, _PATIENCE + _PATIENCE_A_LOAD * loads if budget.patience is None else budget.patience)

    def on_iteration(
        self, current: Solution, candidate: Solution, best: Solution, cost_evaluator: CostEvaluator
    ) -> None:
        """Count, and say now and then how far it is."""
        self._iterations += 1
        self._in_vain += 1
        now = time.perf_counter()
        if now - self._told > _REPORT_S:
            self._told = now
            self._report(self._spent(now))

    def on_best(self, best: Solution) -> None:
        """Note that the search is not in vain."""
        self._in_vain = 0

    def _spent(self, now: float) -> float:
        budget = self._budget
        shares = (
            (now - self._began) / max(1e-3, budget.seconds),
            self._iterations / max(1, budget.iterations),
            self._in_vain / self._patience,
        )
        return min(1.0, max(shares))

    def __call__(self, best_cost: float) -> bool:
        """Whether the budget is spent."""
        return self._spent(time.perf_counter()) >= 1.0


def improved(problem: Problem, start: Sequence[Route], budget: Budget, report: Report) -> list[Route]:
    """Return the best routes PyVRP finds from `start` on; loads it cannot place are on none of them.

    Raises ValueError where what it found cannot be driven as it says.
    """
    formulation = Formulation(problem)
    watch = _Watch(budget, len(problem.loads), report)
    initial = Solution(formulation.data, formulation.encode(start))
    params = SolveParams(ils=IteratedLocalSearchParams(callbacks=watch))
    with warnings.catch_warnings():
        # It is said when an instance has hardly any feasible plan; ours may leave out what fits nowhere.
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        found = solve(
            formulation.data, watch, budget.seed, collect_stats=False, params=params, initial_solution=initial
        )
    return formulation.decode(found.best.routes())
