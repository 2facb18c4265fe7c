"""What sourcing is measured against: linear programs by HiGHS and by PuLP with CBC, nearest first, and the greedy."""

import time
from dataclasses import dataclass
from typing import Any

import highspy
import numba
import numpy as np
import pulp

from services.procurement.sourcing.arcs import MICRO, Arcs
from services.procurement.sourcing.columns import Columns, Floats, Integers
from services.procurement.sourcing.days import Days

KG = 1000.0


@dataclass(frozen=True, slots=True)
class Solved:
    """What a peer found: cost in fen, and CPU seconds; fen is NaN where it did not end in time."""

    fen: float
    seconds: float


@dataclass
class Rows:
    """Rows of a linear program over arcs (kg), stops and what is unmet: entries, and what the rows hold."""

    row: list[Integers]
    column: list[Integers]
    value: list[Floats]
    upper: list[Floats]
    count: int = 0

    def add(self, row: Integers, column: Integers, value: Floats, upper: Floats) -> None:
        """Add rows with their entries."""
        self.row.append(row + self.count)
        self.column.append(column)
        self.value.append(value)
        self.upper.append(upper)
        self.count += len(upper)


def by_highs(
    columns: Columns, arcs: Arcs, days: Days, *, stops: bool, seconds: float, solver: str = "choose"
) -> Solved:
    """Return the linear program's value by HiGHS, with coupled rules, and strong rows for stops if asked for."""
    count, pairs = len(arcs), days.pairs if stops else 0
    need, every = columns.need_g / KG, np.arange(count)
    rows = Rows([], [], [], [])
    rows.add(arcs.line, every, np.ones(count), need)
    rows.add(arcs.offer, every, np.ones(count), columns.left_g / KG)
    if days.limited:
        both, twice = np.concatenate([days.rows[0], days.rows[1]]), np.concatenate([every, every])
        scale = np.concatenate([np.ones(count), days.rows[2] / KG])
        in_kg = np.arange(len(days.room)) < days.rows[1].min()
        rows.add(both, twice, scale, np.where(in_kg, days.room / KG, days.room / KG / KG))
    if stops:
        rows.add(every, every, np.ones(count), np.zeros(count))
        rows.row.append(every + rows.count - count)
        rows.column.append(count + days.pair)
        rows.value.append(-need[arcs.line])
    cost = np.concatenate([arcs.cost / KG, np.full(pairs, columns.terms.stop_cost_fen)])
    highs = highspy.Highs()
    highs.silent()
    for option, value in (("threads", 1), ("time_limit", seconds), ("solver", solver), ("run_crossover", "off")):
        highs.setOptionValue(option, value)
    highs.passModel(_program(rows, cost, columns.lines, need))
    started = time.process_time()
    highs.run()
    optimal = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    fen = highs.getInfo().objective_function_value if optimal else float("nan")
    return Solved(fen, time.process_time() - started)


def _program(rows: Rows, cost: Floats, lines: int, need: Floats) -> highspy.HighsLp:
    column, row, value = (np.concatenate(each) for each in (rows.column, rows.row, rows.value))
    order = np.argsort(column, kind="stable")
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(cost), rows.count
    program.col_cost_, program.col_lower_ = cost, np.zeros(len(cost))
    program.col_upper_ = np.full(len(cost), highspy.kHighsInf)
    upper = np.concatenate(rows.upper)
    lower = np.full(rows.count, -highspy.kHighsInf)
    lower[:lines] = need
    program.row_lower_, program.row_upper_ = lower, upper
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = np.searchsorted(column[order], np.arange(len(cost) + 1))
    program.a_matrix_.index_, program.a_matrix_.value_ = row[order], value[order]
    return program


def by_cbc(columns: Columns, arcs: Arcs) -> Solved:
    """Return the transport problem's value by PuLP and CBC, building the model included."""
    started = time.perf_counter()
    problem = pulp.LpProblem("sourcing", pulp.LpMinimize)
    lines: list[list[pulp.LpVariable]] = [[] for _ in range(columns.lines)]
    offers: list[list[pulp.LpVariable]] = [[] for _ in range(columns.offers)]
    costs = []
    for arc, (line, offer, cost) in enumerate(zip(arcs.line, arcs.offer, arcs.cost / KG, strict=True)):
        kg = pulp.LpVariable(f"x{arc}", 0)
        lines[line].append(kg)
        offers[offer].append(kg)
        costs.append((kg, float(cost)))
    problem += pulp.LpAffineExpression(costs)
    for of_line, need in zip(lines, columns.need_g / KG, strict=True):
        problem += pulp.lpSum(of_line) == float(need)
    for of_offer, left in zip(offers, columns.left_g / KG, strict=True):
        problem += pulp.lpSum(of_offer) <= float(left)
    problem.solve(pulp.PULP_CBC_CMD(msg=False))
    return Solved(float(pulp.value(problem.objective)), time.perf_counter() - started)


def in_order(columns: Columns, arcs: Arcs, key: Floats) -> Integers:
    """Return grams on arcs when lines take, one after the other, from the arc of least `key` with something left."""
    grams: Integers = np.zeros(len(arcs), np.int64)
    order = np.lexsort((key, arcs.line))
    _take(order, arcs.line, arcs.offer, columns.need_g.copy(), columns.left_g.copy(), grams)
    return grams


@numba.njit
def _take(order: Any, line: Any, offer: Any, need: Any, left: Any, grams: Any) -> None:
    for arc in order:
        amount = min(need[line[arc]], left[offer[arc]])
        grams[arc] = amount
        need[line[arc]] -= amount
        left[offer[arc]] -= amount


def fen_of(arcs: Arcs, grams: Integers) -> float:
    """Return what grams on arcs cost with freight, in fen."""
    return float(arcs.cost.astype(np.float64) @ grams) / MICRO
