"""A tight proof: the integer program by HiGHS, week by week, started from the menu that is known.

This takes the time it is given and depends on the machine. What it says of the bound is HiGHS's word; the bound of the
relaxation needs nobody's.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from services.nutrition.analysis.plates import Floats, Integers
from services.nutrition.planning.bound import certified, linear_program, prices_of, solver
from services.nutrition.planning.grain import coarse, fine
from services.nutrition.planning.model import Model
from services.nutrition.planning.relaxation import Relaxation, relaxation_of
from services.nutrition.planning.weeks import Week, weeks_apart

_INEXACT = 1e-6
"""HiGHS keeps rows only so exactly: its bound is believed that much less."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A bound on the objective of every menu, and the menu (D: nothing) HiGHS found on the way, maybe a better one."""

    bound: float
    dishes: Integers


def prove(model: Model, dishes: Integers, seconds: float, report: Callable[[float], None]) -> Proof:
    """Return what can be proved in so many seconds, starting from `dishes` (D: nothing), week by week.

    `report` is told the share done and may raise Cancelled.
    """
    whole = relaxation_of(model, coarse(model))
    prices = prices_of(whole)
    apart = weeks_apart(model, whole, prices)
    clock = _Clock(seconds, report)
    bounds, found = [], dishes.copy()
    for number, week in enumerate(apart.weeks):
        until = seconds * (number + 1) / len(apart.weeks)
        bound, taken = _prove_week(week, dishes[week.slots], clock, clock.left(until))
        bounds.append(bound)
        found[week.slots] = taken
    return Proof(max(certified(whole, prices), apart.joined(bounds)), found)


class _Clock:
    """Tells how much of the time is over, to whoever asked for the proof and to HiGHS."""

    def __init__(self, seconds: float, report: Callable[[float], None]) -> None:
        self._started, self._seconds, self._report = time.monotonic(), seconds, report
        self._stopped: BaseException | None = None

    def left(self, until: float) -> float:
        """Return the seconds left until so many after the start."""
        return max(0.0, self._started + until - time.monotonic())

    def run(self, highs: highspy.Highs, seconds: float) -> None:
        """Let HiGHS run; what `report` raises ends the run and is raised here, outside of HiGHS."""

        def look(event: highspy.highs.HighsCallbackEvent) -> None:
            try:
                self._report(min(1.0, (time.monotonic() - self._started) / self._seconds))
            except BaseException as error:
                self._stopped = error
                event.interrupt()

        highs.setOptionValue("time_limit", seconds)
        highs.cbMipInterrupt += look
        highs.run()
        if self._stopped is not None:
            raise self._stopped


def _prove_week(week: Week, dishes: Integers, clock: _Clock, seconds: float) -> tuple[float, Integers]:
    """Return the bound of one week and its best menu known."""
    program = relaxation_of(week.model, fine(week.model))
    bound, taken = _solve(program, dishes, clock, seconds)
    best = dishes.copy()
    if taken is not None:
        best[program.place[taken]] = program.dish[taken]
    return bound, best


def _solve(relaxation: Relaxation, dishes: Integers, clock: _Clock, seconds: float) -> tuple[float, Integers | None]:
    """Return the integer program's bound and the choices taken in its best solution, None where it found none."""
    highs = solver()
    program = linear_program(relaxation)
    choices, others = len(relaxation.place), len(relaxation.cost) - len(relaxation.place)
    whole, parts = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    program.integrality_ = [whole] * choices + [parts] * others
    highs.passModel(program)
    highs.setOptionValue("presolve", "off")  # 1.14.0's calls menus best that are not (HiGHS issues 3043, 3073)
    highs.setOptionValue("mip_rel_gap", 1e-4)
    highs.setSolution(choices, np.arange(choices, dtype=np.int32), _as_columns(relaxation, dishes))
    clock.run(highs, seconds)
    info, solution = highs.getInfo(), highs.getSolution()
    told = float(info.mip_dual_bound)
    bound = told - _INEXACT * max(1.0, abs(told)) if np.isfinite(told) else -np.inf
    taken = np.flatnonzero(np.array(solution.col_value[:choices]) > 0.5) if solution.value_valid else None
    return bound, taken


def _as_columns(relaxation: Relaxation, dishes: Integers) -> Floats:
    """Return how often a menu takes each choice of a program."""
    width = relaxation.grain.points.shape[1]
    taken = np.bincount(relaxation.grain.of_slot * width + dishes, minlength=width * len(relaxation.grain.size))
    columns: Floats = taken[relaxation.place * width + relaxation.dish].astype(np.float64)
    return columns
