"""Simulated annealing over whole menus: replace a dish or swap two, and cool down; then again from the best so far."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

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
_SAMPLES = 4
_STRICTER = 4.0
_RANDOM_STEP = 0xA0761D6478BD642F


@dataclass(frozen=True, slots=True)
class Schedule:
    """How a search spends its moves. Heat is what a move may worsen the menu by one time in e.

    It is given in 1/1000 of what a descent betters a random menu by, which makes it fit any targets and weights, and
    divided by the weeks, in whose mean a move weighs so much less. `runs` start from nothing, at `hot`, and take
    `from_nothing` of the moves; `reheats` start from the best, at `warm`; all end at `cold`. Two dishes that may not
    go together, or a pan too few, cost `rigour`: little enough to pass through on the way to a better menu. Of 256
    moves `swaps` swap two dishes. Found by trial on made canteens (ADR 14).
    """

    runs: int = 4
    reheats: int = 16
    from_nothing: float = 0.3
    hot: float = 20.0
    warm: float = 4.0
    cold: float = 0.3
    rigour: float = 30.0
    swaps: int = 16


def search(
    tables: Tables,
    weeks: int,
    moves: int,
    seed: int,
    report: Callable[[float], None],
    how: Schedule | None = None,
    known: Integers | None = None,
) -> Now:
    """Return the state with the best menu found in about so many moves, `known` being a menu that keeps every rule.

    Its best objective is infinite if no menu was found to keep every rule. `report` is told the share done in 0–1 and
    may raise Cancelled.
    """
    *_, best = searching(tables, weeks, moves, seed, report, how or Schedule(), known)
    return best


def searching(
    tables: Tables,
    weeks: int,
    moves: int,
    seed: int,
    report: Callable[[float], None],
    how: Schedule,
    known: Integers | None = None,
) -> Iterator[Now]:
    """Yield the state with the best menu found so far after each cooling of a search.

    As long as no menu was found that keeps every rule, each cooling is stricter than the one before.
    """
    runs, reheats = max(1, how.runs // weeks), max(1, how.reheats // weeks)
    lengths = [int(moves * how.from_nothing) // runs] * runs + [
        int(moves * (1 - how.from_nothing)) // reheats
    ] * reheats
    one = scale_of(tables, seed) / weeks / 1000
    nothing = np.full(len(tables.slots), -1, dtype=np.int64)
    best = now_of(tables, seed) if known is None else settled(tables, known)
    for turn, length in enumerate(lengths):
        any_found = bool(np.isfinite(best.points[1]))
        if turn > 0 and not any_found:
            how = replace(how, rigour=_STRICTER * how.rigour)
        again = turn >= runs and any_found
        found = _anneal(
            tables,
            now_of(tables, (seed * len(lengths) + turn + 1) * _RANDOM_STEP),
            best.best if again else nothing,
            _cooling(how, one, max(1, length), again),
            partial(_part, report, sum(lengths[:turn]) / max(1, sum(lengths)), length / max(1, sum(lengths))),
        )
        if found.points[1] < best.points[1]:
            best = found
        yield best


def scale_of(tables: Tables, seed: int) -> float:
    """Return by how many points a descent betters random menus, on average: what a schedule's heat is measured in."""
    nothing, gained = np.full(len(tables.slots), -1, dtype=np.int64), 0.0
    for turn in range(_SAMPLES):
        now = now_of(tables, (seed * _SAMPLES + turn) * _RANDOM_STEP + 1)
        kernel.lay(tables, now, nothing, _TRIES)
        before = float(now.points[0])
        kernel.descend(tables, now)
        gained += max(0.0, before - float(now.points[0]))
    return max(gained / _SAMPLES, 1e-6)


def better_still(tables: Tables, dishes: Integers, moves: int, turns: int, seed: int, one: float) -> Now:
    """Return the best of a menu that keeps every rule and what `turns` reheats make of it in `moves` moves.

    `one` is 1/1000 of the scale, divided by the weeks.
    """
    how, best = Schedule(), settled(tables, dishes)
    cooling = _cooling(how, one, max(1, moves // turns), True)
    for turn in range(turns):
        now = now_of(tables, (seed * turns + turn + 1) * _RANDOM_STEP)
        found = _anneal(tables, now, best.best, cooling, _nobody)
        best = min(best, found, key=lambda state: float(state.points[1]))
    return best


def _nobody(_: float) -> None:
    """Nobody looks at the progress of so short a search."""


def _part(report: Callable[[float], None], begun: float, share: float, done: float) -> None:
    report(begun + share * done)


@dataclass(frozen=True, slots=True)
class _Cooling:
    """One cooling: its moves, the heat it starts at and falls by, in points; rigour in points; swaps of 256 moves."""

    moves: int
    heat: float
    cooling: float
    rigour: float
    swaps: int


def _cooling(how: Schedule, one: float, moves: int, again: bool) -> _Cooling:
    heat = how.warm if again else how.hot
    cooling = (how.cold / heat) ** (kernel.COOL_EVERY / max(moves, kernel.COOL_EVERY))
    return _Cooling(moves, heat * one, round(cooling, 12), how.rigour * one, how.swaps)


def _anneal(tables: Tables, now: Now, start: Integers, how: _Cooling, report: Callable[[float], None]) -> Now:
    """Return the state after one cooling from `start` (−1: a random choice) and a descent."""
    kernel.lay(tables, now, start, _TRIES)
    now.points[2:] = how.heat, how.rigour
    for done in range(0, how.moves, CHUNK):
        report(done / how.moves)
        kernel.sweep(tables, now, min(CHUNK, how.moves - done), how.cooling, how.swaps, _LOGS)
    return settled(tables, now.best) if np.isfinite(now.points[1]) else now


def settled(tables: Tables, dishes: Integers) -> Now:
    """Return a menu, bettered until no single change betters it."""
    now = now_of(tables, 0)
    kernel.lay(tables, now, dishes, 0)
    kernel.descend(tables, now)
    return now
