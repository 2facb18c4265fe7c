"""The menu planner: one question, one answer, the same on every machine for the same seed."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from services.nutrition.analysis.plates import Integers, Truths
from services.nutrition.planning.alternatives import SHARE_OF_MOVES, Wanted, clearly_different
from services.nutrition.planning.annealing import search
from services.nutrition.planning.bound import gap_of
from services.nutrition.planning.clashes import menu_or_clashes, refuse_the_impossible
from services.nutrition.planning.clashing import Clash, Clashing
from services.nutrition.planning.encoding import Tables, tables_of
from services.nutrition.planning.figures import choice_of
from services.nutrition.planning.mending import Mendings, mendings_of
from services.nutrition.planning.model import Model, model_of
from services.nutrition.planning.problem import Plan, Problem
from services.nutrition.planning.proof import Effort, prove

_PROOF_PART = 2.3
_PROGRAM_PART = 0.006
_MENDINGS_PART = 0.1
"""Parts of the progress told that a proof, a program and mendings take where the search for the best menu takes 1."""


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What is asked of a run: its length is counted in moves and programs, never in seconds, so it can be repeated.

    `programs` are the linear programs solved for the bound: 1 is the program as it is, with more it is told apart into
    cases. `proof_seconds` above 0 asks for as many as it takes to prove the menu best, for so long (and betters the
    menu where it can): only then the answer depends on the machine. `alternatives` are that many menus that differ
    from the best and one another in `different_permille` of the slots that have a choice, if there are so many.
    Without `clashes` it is only said that no menu was found, not which rules clash.
    """

    seed: int = 1
    moves_per_slot: int = 40_000
    programs: int = 400
    proof_seconds: float = 0.0
    alternatives: int = 2
    mendings: bool = True
    different_permille: int = 500
    clashes: bool = True


def plan_menu(problem: Problem, options: PlanOptions, report: Callable[[float], None]) -> Plan:
    """Return the best menu found, with a bound no menu can beat, what mends it, and menus clearly different from it.

    `report` is told the share done in 0–1 and may raise Cancelled. Raises Clashing, which says which rules clash.
    """
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
