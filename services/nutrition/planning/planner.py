"""The menu planner: one question, one answer, the same on every machine for the same seed."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from services.nutrition.analysis.plates import Integers
from services.nutrition.planning.annealing import Schedule, anneal
from services.nutrition.planning.bound import gap_of, plain_bound
from services.nutrition.planning.clashes import refuse_the_impossible
from services.nutrition.planning.clashing import Clash, Clashing
from services.nutrition.planning.encoding import tables_of
from services.nutrition.planning.figures import choice_of
from services.nutrition.planning.model import Model, model_of
from services.nutrition.planning.problem import Plan, Problem


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What is asked of a run: its length is counted in moves, never in seconds, so that it can be repeated.

    `moves_per_slot` in each of `restarts`; `proof_seconds` above 0 asks for a tight proof, which takes as long as that.
    """

    seed: int = 1
    restarts: int = 4
    moves_per_slot: int = 4000
    proof_seconds: float = 0.0
    alternatives: int = 2


def plan_menu(problem: Problem, options: PlanOptions, report: Callable[[float], None]) -> Plan:
    """Return the best menu found, with a bound no menu can beat.

    `report` is told the share done in 0–1 and may raise Cancelled. Raises Clashing, which says which rules clash.
    """
    started = time.perf_counter()
    refuse_the_impossible(problem)
    model = model_of(problem)
    dishes, moves = _annealed(model, options, report)
    choice, bound = choice_of(model, dishes), plain_bound(model)
    report(1.0)
    return Plan(
        best=choice,
        bound=bound,
        gap=gap_of(choice.objective, bound),
        mendings=(),
        alternatives=(),
        moves=moves,
        seconds=time.perf_counter() - started,
    )


def _annealed(model: Model, options: PlanOptions, report: Callable[[float], None]) -> tuple[Integers, int]:
    """Return the best of several runs (of equals the first) and how many moves they took."""
    tables, slots = tables_of(model), len(model.problem.slots)
    schedule = Schedule(moves=max(1, options.moves_per_slot * slots))
    best, least = None, np.inf
    for run in range(options.restarts):
        told = partial(_part, report, run / options.restarts, 1 / options.restarts)
        found = anneal(tables, schedule, options.seed * options.restarts + run, np.full(slots, -1), told)
        if found.points[1] < least:
            best, least = found.best, float(found.points[1])
    if best is None:
        raise Clashing([Clash("rules", "no menu that keeps all rules was found", "slots")])
    return best, schedule.moves * options.restarts


def _part(report: Callable[[float], None], first: float, share: float, done: float) -> None:
    report(first + share * done)
