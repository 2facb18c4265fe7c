"""Simulated annealing over whole menus: replace a dish or swap two, and cool down."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from services.nutrition.analysis.plates import Integers
from services.nutrition.planning import kernel
from services.nutrition.planning.encoding import Tables
from services.nutrition.planning.state import Now, now_of

CHUNK = 102_400
"""Moves between two looks at whether the answer is still wanted: some 30 ms."""
_STEPS = 1024
_LOGS = np.array([round(-math.log((step + 0.5) / _STEPS), 9) for step in range(_STEPS)])
_TRIES = 8


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how hot: a worsening by `hot` points passes one time in e at first, by `cold` in the end."""

    moves: int
    hot: float = 0.03
    cold: float = 0.0003
    swaps: int = 64


def anneal(tables: Tables, schedule: Schedule, seed: int, start: Integers, report: Callable[[float], None]) -> Now:
    """Return the state after one run from `start` (−1: a random choice); what it found is `best`.

    `report` is told the share done and may raise Cancelled.
    """
    now = now_of(tables, seed)
    kernel.lay(tables, now, start, _TRIES)
    steps = max(1, schedule.moves // kernel.COOL_EVERY)
    cooling = round((schedule.cold / schedule.hot) ** (1 / steps), 12)
    now.points[2] = schedule.hot
    for done in range(0, schedule.moves, CHUNK):
        report(done / schedule.moves)
        kernel.sweep(tables, now, min(CHUNK, schedule.moves - done), cooling, schedule.swaps, _LOGS)
    return settled(tables, now)


def settled(tables: Tables, now: Now) -> Now:
    """Return the best menu found, bettered until no single change betters it."""
    if not np.isfinite(now.points[1]):
        return now
    best = now_of(tables, 0)
    kernel.lay(tables, best, now.best, 0)
    kernel.descend(tables, best)
    return best
