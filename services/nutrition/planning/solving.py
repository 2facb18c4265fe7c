"""Solving a menu problem: search, bound, alternatives, mendings, in this order. `planner.py` loads it when it plans."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from services.nutrition.analysis.plates import Integers, Truths
from services.nutrition.planning.alternatives import SHARE_OF_MOVES, Wanted, clearly_different
from services.nutrition.planning.annealing import search
from services.nutrition.planning.bound import gap_of
from services.nutrition.planning.clashes import menu_or_clashes
from services.nutrition.planning.clashing import Clash, Clashing
from services.nutrition.planning.encoding import Tables, tables_of
from services.nutrition.planning.figures import choice_of
from services.nutrition.planning.glance import refuse_the_impossible
from services.nutrition.planning.mending import Mendings, mendings_of
from services.nutrition.planning.model import Model, model_of
from services.nutrition.planning.planner import PlanOptions
from services.nutrition.planning.problem import Plan, Problem
from services.nutrition.planning.proof import Effort, prove

_PROOF_PART = 2.3
_PROGRAM_PART = 0.006
_MENDINGS_PART = 0.1
"""Parts of the progress told that a proof, a program and mendings take where the search for the best menu takes 1."""


def solve(problem: Problem, options: PlanOptions, report: Callable[[float], None]) -> Plan:
    """Return what :func:`services.nutrition.planning.planner.plan_menu` promises."""
    started = time.perf_counter()
    refuse_the_impossible(problem)
    model, tell = model_of(problem), _tellers(options, report)
    tables, moves = tables_of(model), options.moves_per_slot * len(problem.slots)
    dishes = _found(model, tables, options, moves, tell[0])
    effort = Effort(seconds=options.proof_seconds) if options.proof_seconds > 0 else Effort(programs=options.programs)
    proof = prove(model, dishes, effort, tell[1])
    if options.proof_seconds > 0:
        dishes = _among(model, proof.hints, dishes, moves, options.seed)
    wanted = Wanted(options.alternatives, options.different_permille, moves, options.seed)
    best, *others = (choice_of(model, menu) for menu in clearly_different(model, tables, dishes, wanted, tell[2]))
    mendings = mendings_of(problem, best) if options.mendings else Mendings((), ())
    report(1.0)
    return Plan(
        best=best,
        bound=proof.bound,
        gap=gap_of(best.objective, proof.bound),
        mendings=mendings.found,
        alternatives=tuple(others),
        moves=moves,
        seconds=time.perf_counter() - started,
        unmended=mendings.unmended,
        different_permille=options.different_permille,
    )


def _found(model: Model, tables: Tables, options: PlanOptions, moves: int, report: Callable[[float], None]) -> Integers:
    """Return the best menu found. Raises Clashing where there is none, or none is found."""
    found = search(tables, model.calendar.weeks, moves, options.seed, report)
    if np.isfinite(found.points[1]):
        return found.best
    ended = partial(_part, report, 1.0, 0.0)
    dishes = menu_or_clashes(model.problem, ended, explain=options.clashes)
    known = np.where(dishes < 0, len(model.problem.rating), dishes)
    found = search(tables, model.calendar.weeks, moves, options.seed, ended, known=known)
    if np.isfinite(found.points[1]):
        return found.best
    raise Clashing([Clash("rules", "no menu that keeps all rules was found", "slots", proved=False)])


def _among(model: Model, hints: Truths, dishes: Integers, moves: int, seed: int) -> Integers:
    """Return the best menu of what a proof hints at and what is in the menu known, which may be that one."""
    choices = hints.copy()
    choices[np.arange(len(dishes)), dishes] = True
    tables = tables_of(replace(model, choices=choices))
    return search(tables, model.calendar.weeks, moves, seed, _nobody, known=dishes).best


def _nobody(_: float) -> None:
    """Nobody looks at the progress of so short a search."""


def _tellers(options: PlanOptions, report: Callable[[float], None]) -> Sequence[Callable[[float], None]]:
    """Return whom the search, the proof and the search for alternatives tell how far they are."""
    proof = _PROOF_PART if options.proof_seconds > 0 else options.programs * _PROGRAM_PART
    parts = [1.0, proof, SHARE_OF_MOVES * options.alternatives, _MENDINGS_PART if options.mendings else 0.0]
    whole = sum(parts)
    return [partial(_part, report, sum(parts[:place]) / whole, part / whole) for place, part in enumerate(parts)]


def _part(report: Callable[[float], None], begun: float, share: float, done: float) -> None:
    report(begun + share * done)
