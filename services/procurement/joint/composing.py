"""Composing a county's week: one draft for each canteen and what supplies it, by a linear program.

In parts it is a relaxation whose dual values are what one more kilogram of a food is worth; with whole drafts it is the
choice itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import highspy
import numpy as np

from services.procurement.joint.steps import Bill, Column
from services.procurement.joint.supply import Need, Supply
from services.procurement.sourcing.columns import Floats

WHOLE_GAP = 0.0005
WHOLE_NODES = 2_000
"""How near to the best a choice of whole drafts must be proved, and after how many nodes it is taken anyway."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A composition: how much of each draft, kg of each supply, what it comes to (fen), and its bill.

    `plain` is what it comes to where no fen is held worth more than another. `worth` is what a kg more of each need
    would take, empty for whole drafts.
    """

    objective: float
    plain: float
    parts: Floats
    bought: Floats
    bill: Bill
    worth: Mapping[Need, float]


class Program:
    """The program of some drafts and supplies, to be solved at any premium."""

    def __init__(self, columns: Sequence[Column], supplies: Sequence[Supply]) -> None:
        self._columns = columns
        self._needs = sorted({need for one in columns for need in one.kg})
        wanted = set(self._needs)
        self._supplies = supplies
        arcs = [(place, need) for place, one in enumerate(supplies) for need in one.needs if need in wanted]
        self._arc_supply = np.array([place for place, _ in arcs], np.int64)
        self._points = np.array([one.points_fen for one in columns])
        self._price = np.array([one.price for one in supplies])
        self._poor = self._price * np.array([one.poor for one in supplies])
        self._favour = self._price * np.array([one.favour for one in supplies])
        self.canteens = len({one.canteen_id for one in columns})
        self._highs = highspy.Highs()
        self._highs.silent()
        for option, value in (("threads", 1), ("mip_rel_gap", WHOLE_GAP), ("mip_max_nodes", WHOLE_NODES)):
            self._highs.setOptionValue(option, value)
        self._highs.passModel(self._model([need for _, need in arcs]))

    def _model(self, arc_needs: Sequence[Need]) -> highspy.HighsLp:
        """Return the model: a row for each canteen (one draft), each need (met exactly) and each offer (no more)."""
        columns, supplies = self._columns, self._supplies
        canteens = {one: row for row, one in enumerate(sorted({column.canteen_id for column in columns}))}
        needs = {need: len(canteens) + row for row, need in enumerate(self._needs)}
        limited = {place: row for row, place in enumerate(_limited(supplies), len(canteens) + len(needs))}
        entries: list[list[tuple[int, float]]] = [
            [(canteens[one.canteen_id], 1.0), *((needs[need], -kg) for need, kg in one.kg.items())] for one in columns
        ]
        for place, need in zip(self._arc_supply.tolist(), arc_needs, strict=True):
            entries.append([(needs[need], 1.0), *([(limited[place], 1.0)] if place in limited else [])])
        rows = len(canteens) + len(needs) + len(limited)
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = len(entries), rows
        program.col_cost_ = np.zeros(len(entries))
        program.col_lower_ = np.zeros(len(entries))
        most = [supplies[place].kg for place in self._arc_supply]
        program.col_upper_ = np.array([1.0] * len(columns) + most)
        fixed = [1.0] * len(canteens) + [0.0] * len(needs)
        program.row_lower_ = np.array(fixed + [0.0] * len(limited))
        program.row_upper_ = np.array(fixed + [supplies[place].kg for place in limited])
        program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        program.a_matrix_.start_ = np.cumsum([0, *map(len, entries)])
        program.a_matrix_.index_ = np.array([row for row, _ in chain.from_iterable(entries)])
        program.a_matrix_.value_ = np.array([value for _, value in chain.from_iterable(entries)])
        return program

    def solve(self, premium: float) -> Composed:
        """Return the best composition in parts, and the worth of needs. Raises ArithmeticError where there is none."""
        composed = self._run(premium)
        duals = np.array(self._highs.getSolution().row_dual)[self.canteens :]
        return replace(composed, worth=dict(zip(self._needs, duals.tolist(), strict=False)))

    def supplied(self, chosen: Sequence[int], premium: float) -> Composed:
        """Return how these drafts, by their places, are best supplied."""
        parts = np.zeros(len(self._columns))
        parts[list(chosen)] = 1.0
        self._bound(parts, parts)
        try:
            return self._run(premium)
        finally:
            self._bound(np.zeros(len(parts)), np.ones(len(parts)))

    def whole(self, premium: float) -> list[int] | None:
        """Return the places of one whole draft for each canteen, None where none were found in time."""
        count = len(self._columns)
        places = np.arange(count, dtype=np.int32)
        self._highs.changeColsIntegrality(count, places, np.full(count, highspy.HighsVarType.kInteger))
        try:
            chosen = np.flatnonzero(self._run(premium).parts > 0.5).tolist()
        except ArithmeticError:
            return None
        finally:
            self._highs.changeColsIntegrality(count, places, np.full(count, highspy.HighsVarType.kContinuous))
        return chosen if len(chosen) == self.canteens else None

    def _bound(self, lower: Floats, upper: Floats) -> None:
        places = np.arange(len(lower), dtype=np.int32)
        self._highs.changeColsBounds(len(lower), places, lower, upper)

    def _run(self, premium: float) -> Composed:
        worth = (self._price - premium * self._favour)[self._arc_supply]
        costs = np.concatenate([self._points, worth])
        self._highs.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)
        self._highs.run()
        solution = self._highs.getSolution()
        if not solution.value_valid:
            raise ArithmeticError(f"no composition: {self._highs.modelStatusToString(self._highs.getModelStatus())}")
        values = np.array(solution.col_value)
        parts, arcs = values[: len(self._columns)], values[len(self._columns) :]
        bought = np.bincount(self._arc_supply, weights=arcs, minlength=len(self._supplies)).astype(np.float64)
        shortfall = float(parts @ np.array([one.shortfall for one in self._columns])) / max(1, self.canteens)
        bill = Bill(float(bought @ self._price), float(bought @ self._poor), shortfall)
        plain = float(parts @ self._points) + bill.cost
        return Composed(float(values @ costs), plain, parts, bought, bill, {})


def _limited(supplies: Sequence[Supply]) -> list[int]:
    """Return the places of offers that several needs share; the others are limited by their one variable."""
    return [place for place, one in enumerate(supplies) if one.offered and len(one.needs) > 1]
