"""The menu planner: one question, one answer, the same on every machine for the same seed."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from services.nutrition.planning.annealing import better, search
from services.nutrition.planning.bound import bound_of, gap_of
from services.nutrition.planning.clashes import refuse_the_impossible
from services.nutrition.planning.clashing import Clash, Clashing
from services.nutrition.planning.encoding import tables_of
from services.nutrition.planning.figures import choice_of
from services.nutrition.planning.grain import coarse
from services.nutrition.planning.model import model_of
from services.nutrition.planning.problem import Plan, Problem
from services.nutrition.planning.proof import prove
from services.nutrition.planning.relaxation import relaxation_of

_SEARCH_SHARE = 0.3
"""Part of the progress told that a search takes where a proof follows."""


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What is asked of a run: its length is counted in moves, never in seconds, so that it can be repeated.

    `proof_seconds` above 0 asks for a tight proof, which takes so long (and betters the menu where it can): only then
    the answer depends on the machine.
    """

    seed: int = 1
    moves_per_slot: int = 40_000
    proof_seconds: float = 0.0
    alternatives: int = 2
    mendings: bool = True


def plan_menu(problem: Problem, options: PlanOptions, report: Callable[[float], None]) -> Plan:
    """Return the best menu found, with a bound no menu can beat.

    `report` is told the share done in 0–1 and may raise Cancelled. Raises Clashing, which says which rules clash.
    """
    started = time.perf_counter()
    refuse_the_impossible(problem)
    model, share = model_of(problem), _SEARCH_SHARE if options.proof_seconds > 0 else 1.0
    tables, moves = tables_of(model), options.moves_per_slot * len(problem.slots)
    found = search(tables, model.calendar.weeks, moves, options.seed, lambda done: report(share * done))
    if not np.isfinite(found.points[1]):
        raise Clashing([Clash("rules", "no menu that keeps all rules was found", "slots")])
    dishes, bound = found.best, bound_of(relaxation_of(model, coarse(model)))
    if options.proof_seconds > 0:
        proof = prove(model, dishes, options.proof_seconds, lambda done: report(share + (1 - share) * done))
        dishes, bound = better(tables, dishes, proof.dishes), max(bound, proof.bound)
    choice = choice_of(model, dishes)
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
