"""Rows that cut off what no whole dishes can be: 1.4 dishes of fish, milk on two days and a half.

From any sum of rows, the multipliers being whatever a solver says, follows a row for whole numbers (Gomory's mixed
integer cut): of what comes whole times only the part beyond whole numbers counts. No cost is in such rows, so that a
class makes them once; the budget's row, which differs from school to school, takes no part.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from services.nutrition.analysis.plates import Floats, Integers, Truths
from services.nutrition.planning.bound import linear_program, solver
from services.nutrition.planning.relaxation import Relaxation, Row, extended, with_groups

_TRIED = 40
_PER_ROUND = 20
_FRACTION = 0.02
_NOTHING = 1e-9
_TINY = 1e-6
_NEARLY = 1e-7
_WORTH_A_ROW = 1e-3
_ALIKE = 0.95
_SAFE = 1e-7


def with_splits(relaxation: Relaxation, groups: Truths, costs: Sequence[Floats], rounds: int) -> Relaxation:
    """Return a program with rows that its own solutions at some costs of the choices break, round after round."""
    splitting = _Splitting(relaxation, groups)
    for cost in costs:
        splitting.at(cost, rounds)
    return extended(relaxation, splitting.tight(costs))


@dataclass(frozen=True, slots=True)
class _Vertex:
    """A solution: the values of all columns, then of all rows; which of them are basic (columns, or −1 − row)."""

    values: Floats
    basic: Integers


class _Splitting:
    """A program with a row for each group, to which rows are added; columns and rows are numbered through."""

    def __init__(self, relaxation: Relaxation, groups: Truths) -> None:
        program = with_groups(relaxation, groups)
        self._choices, self._columns, self._plain = len(relaxation.place), len(relaxation.cost), len(program.low)
        self._budget = int(relaxation.limit_rows[0])
        self._matrix = np.zeros((self._plain, self._columns))
        rows = np.repeat(np.arange(self._plain), np.diff(program.starts))
        self._matrix[rows, program.columns] = program.values
        low, high = program.low.copy(), program.high.copy()
        first = len(relaxation.low)
        low[first:], high[first:] = 0.0, float(relaxation.grain.size.sum())
        self._low = np.concatenate([np.zeros(self._columns), low])
        self._high = np.concatenate([relaxation.upper, high])
        self._whole = np.zeros(len(self._low), dtype=np.bool_)
        self._whole[: self._choices] = True
        self._whole[self._columns + first :] = True
        self._highs = solver()
        self._highs.passModel(linear_program(program))

    def at(self, cost: Floats, rounds: int) -> None:
        """Add rows that solutions at a cost of the choices break."""
        for _ in range(rounds):
            vertex = self._vertex(cost)
            rows = self._broken(vertex) if self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal else []
            for row, low in rows:
                there = np.flatnonzero(row).astype(np.int32)
                self._highs.addRow(low, highspy.kHighsInf, len(there), there, row[there])
            if not rows:
                break
            self._matrix = np.vstack([self._matrix, *(row for row, _ in rows)])
            self._low = np.append(self._low, [low for _, low in rows])
            self._high = np.append(self._high, np.full(len(rows), np.inf))
            self._whole = np.append(self._whole, np.zeros(len(rows), dtype=np.bool_))

    def tight(self, costs: Sequence[Floats]) -> list[Row]:
        """Return the rows added that hold a solution back at any of the costs."""
        rows, low = self._matrix[self._plain :], self._low[self._columns + self._plain :]
        is_tight = np.zeros(len(rows), dtype=np.bool_)
        for cost in costs:
            values = self._vertex(cost).values[self._columns + self._plain :]
            is_tight |= values < low + 1e-6
        return [(np.flatnonzero(rows[at]), rows[at][rows[at] != 0], float(low[at])) for at in np.flatnonzero(is_tight)]

    def _vertex(self, cost: Floats) -> _Vertex:
        highs = self._highs
        highs.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)
        highs.run()
        columns = np.array(highs.getSolution().col_value)
        return _Vertex(np.append(columns, self._matrix @ columns), np.array(highs.getBasicVariables()[1]))

    def _broken(self, vertex: _Vertex) -> list[tuple[Floats, float]]:
        """Return the rows that a solution breaks most, no two of them alike."""
        numbers = np.where(vertex.basic >= 0, vertex.basic, self._columns - 1 - vertex.basic)
        parts = vertex.values[numbers] % 1.0
        halves = np.where(self._whole[numbers], np.minimum(parts, 1 - parts), 0.0)
        places = np.argsort(-halves, kind="stable")[:_TRIED]
        places = places[halves[places] > _FRACTION]
        if not len(places):
            return []
        multipliers = np.array([self._highs.getBasisInverseRow(int(place))[1] for place in places])
        rows, low = self._splits(vertex, numbers[places], multipliers)
        broken = low - rows @ vertex.values[: self._columns]
        kept: list[int] = []
        for at in np.argsort(-broken, kind="stable"):
            if broken[at] < _WORTH_A_ROW or len(kept) == _PER_ROUND:
                break
            if not len(kept) or (rows[kept] @ rows[at]).max() < _ALIKE:
                kept.append(int(at))
        return [(rows[at], float(low[at])) for at in kept]

    def _splits(self, vertex: _Vertex, numbers: Integers, multipliers: Floats) -> tuple[Floats, Floats]:
        """Return the rows that whole numbers keep by sums of rows, in each of which something should come whole times.

        Rows are of length 1; one of which nothing follows is broken by nothing.
        """
        each = np.arange(len(numbers))
        usable = np.abs(multipliers[:, self._budget]) < _NOTHING
        multipliers[:, self._budget] = 0.0
        sums = np.hstack([multipliers @ self._matrix, -multipliers])
        usable &= np.abs(sums[each, numbers]) > _TINY
        sums /= np.where(usable, sums[each, numbers], 1.0)[:, None]
        sums[each, numbers] = 0.0
        at_low = np.isfinite(self._low) & (
            (vertex.values - self._low <= self._high - vertex.values) | ~np.isfinite(self._high)
        )
        ends = np.where(at_low, self._low, self._high)
        beyond = np.where(at_low, sums, -sums)
        least = (-(sums @ ends) % 1.0)[:, None]
        usable &= (least[:, 0] > _FRACTION) & (least[:, 0] < 1 - _FRACTION)
        least[~usable] = 0.5
        counted = np.where(self._whole, _of_whole(beyond, least), _of_parts(beyond, least))
        signed = np.where(at_low, counted, -counted)
        rows = signed[:, : self._columns] + signed[:, self._columns :] @ self._matrix
        low = least[:, 0] + signed @ ends
        size = np.maximum(np.linalg.norm(rows, axis=1), _TINY)
        rows, low = rows / size[:, None], low / size
        tiny = np.abs(rows) < _NEARLY
        low -= np.where(tiny, np.maximum(rows, 0.0), 0.0) @ self._high[: self._columns] + _SAFE
        return np.where(tiny, 0.0, rows), np.where(usable, low, -np.inf)


def _of_whole(beyond: Floats, least: Floats) -> Floats:
    part = beyond - np.floor(beyond)
    counted: Floats = np.where(part <= least, part, least * (1 - part) / (1 - least))
    return counted


def _of_parts(beyond: Floats, least: Floats) -> Floats:
    counted: Floats = np.where(beyond >= 0, beyond, -beyond * least / (1 - least))
    return counted
