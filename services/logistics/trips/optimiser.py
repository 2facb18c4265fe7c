"""Better routes by PyVRP (iterated local search), from the greedy ones or an earlier plan's on, within a budget."""

import time
import warnings
from collections.abc import Sequence

from pyvrp import (
    CostEvaluator,
    IteratedLocalSearchCallbacks,
    IteratedLocalSearchParams,
    PenaltyManager,
    ProblemData,
    RandomNumberGenerator,
    Solution,
    SolveParams,
    solve,
)
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.search import LocalSearch, NeighbourhoodParams, PerturbationParams, compute_neighbours

from services.logistics.trips.budget import Budget
from services.logistics.trips.formulation import Formulation
from services.logistics.trips.problem import Problem, Report, Route

_REPORT_S = 0.2
_PATIENCE, _PATIENCE_A_LOAD = 200, 20
# Smaller steps than PyVRP's own (50 neighbours, 25 perturbations): many more in the same time; and what is good enough
# is judged by what stood 50 steps ago, not 300 (decision 49).
_NEIGHBOURHOOD = NeighbourhoodParams(num_neighbours=30)
_PERTURBATION = PerturbationParams(max_perturbations=10)
_MEMORY = 50


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


def settings(callbacks: IteratedLocalSearchCallbacks | None = None) -> SolveParams:
    """Return how is searched: what was found by trial on made counties (decision 49)."""
    return SolveParams(
        ils=IteratedLocalSearchParams(history_length=_MEMORY, callbacks=callbacks or IteratedLocalSearchCallbacks()),
        neighbourhood=_NEIGHBOURHOOD,
        perturbation=_PERTURBATION,
    )


def improved(
    problem: Problem, first: Sequence[Route], before: Sequence[Route], budget: Budget, report: Report
) -> list[Route]:
    """Return the best routes PyVRP finds from `first` on, or from those of an earlier plan if they are better.

    Those of `before` may leave loads behind: they are put where they cost least. Loads it cannot place are on none of
    the routes. Raises ValueError where what was found cannot be driven as it says.
    """
    formulation = Formulation(problem)
    data = formulation.data
    watch = _Watch(budget, len(problem.loads), report)
    params = settings(watch)
    initial = Solution(data, formulation.encode(first))
    if before:
        evaluator = PenaltyManager(params.penalty.midpoint_penalties(data), params.penalty).cost_evaluator()
        resumed = _searched(Solution(data, formulation.encode(before)), data, params, evaluator, budget.seed)
        initial = min(initial, resumed, key=evaluator.penalised_cost)
    with warnings.catch_warnings():
        # It is said when an instance has hardly any feasible plan; ours may leave out what fits nowhere.
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        found = solve(data, watch, budget.seed, collect_stats=False, params=params, initial_solution=initial)
    return formulation.decode(found.best.routes())


def _searched(start: Solution, data: ProblemData, params: SolveParams, evaluator: CostEvaluator, seed: int) -> Solution:
    """Return what one local search makes of a start: it inserts what is missing."""
    search = LocalSearch(data, RandomNumberGenerator(seed), compute_neighbours(data, params.neighbourhood))
    for operator in params.operators:
        if operator.supports(data):
            search.add_operator(operator(data))
    return search(start, evaluator, exhaustive=True)
