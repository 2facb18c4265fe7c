"""The menu planner: one question, one answer, the same on every machine for the same seed."""

from collections.abc import Callable
from dataclasses import dataclass

from services.nutrition.planning.problem import Plan, Problem


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
    # Here, because only worker processes plan, and the compiler and the solver behind it are large and slow to load.
    from services.nutrition.planning.solving import solve

    return solve(problem, options, report)
