"""Solvers the planner is measured against: each gets the same integer program, in a process of its own.

`python -m benchmarks.peers NAME FILE SECONDS` prints what one made of a program in an .npz file: when it found which
objective, its bound, and the columns taken. Reading the program is not counted, only solving. The program counts no
menu more than it is in truth, so the objectives told here flatter the solvers, if anything.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from services.nutrition.analysis.plates import Floats, Integers
from services.nutrition.planning.relaxation import Relaxation

_WORKERS = 8
_SETUP_SECONDS = 15
"""What reading a program may take beyond twice the time limit, which some solvers overrun; then they are ended."""
_FOUND_BY_CBC = re.compile(r"solution of (\S+) found .*\((\d+\.\d+) seconds\)")
_ARRAYS = ("cost", "upper", "low", "high", "starts", "columns", "values")
_FINE = 1e6
_POINTS = 1e4


@dataclass(frozen=True, slots=True)
class Program:
    """minimise cost · x, low ≤ A x ≤ high, 0 ≤ x ≤ upper; A row by row; the first `choices` columns are whole."""

    cost: Floats
    upper: Floats
    low: Floats
    high: Floats
    starts: Integers
    columns: Integers
    values: Floats
    choices: int

    def rows(self) -> Iterator[tuple[Integers, Floats, float, float]]:
        """Yield columns, values, low and high of every row."""
        for row, (low, high) in enumerate(zip(self.low, self.high, strict=True)):
            there = slice(self.starts[row], self.starts[row + 1])
            yield self.columns[there], self.values[there], float(low), float(high)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a solver found: (seconds, objective) of each better menu, its bound, the columns taken at the end."""

    trace: list[tuple[float, float]]
    bound: float | None
    taken: list[int] | None
    seconds: float


def ask(name: str, relaxation: Relaxation, seconds: float) -> Answer:
    """Return what a solver makes of a relaxation with whole dishes in so many seconds; nothing if it overruns them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "program.npz")
        arrays: dict[str, Any] = {key: getattr(relaxation, key) for key in _ARRAYS}
        np.savez(path, choices=len(relaxation.place), **arrays)
        command = [sys.executable, "-m", "benchmarks.peers", name, str(path), str(seconds)]
        peer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        try:
            printed, _ = peer.communicate(timeout=2 * seconds + _SETUP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(peer.pid, signal.SIGKILL)
            peer.communicate()
            return Answer([], None, None, seconds)
    if peer.returncode:
        raise RuntimeError(f"{name} ended with {peer.returncode}")
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return Answer(**found)


def _highs(program: Program, seconds: float) -> Answer:
    import highspy

    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(program.cost), len(program.low)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = program.cost, np.zeros(len(program.cost)), program.upper
    lp.row_lower_, lp.row_upper_ = program.low, program.high
    matrix = lp.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.num_col_, matrix.num_row_ = lp.num_col_, lp.num_row_
    matrix.start_, matrix.index_, matrix.value_ = program.starts, program.columns, program.values
    whole, part = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    lp.integrality_ = [whole] * program.choices + [part] * (len(program.cost) - program.choices)
    trace: list[tuple[float, float]] = []
    highs, started = highspy.Highs(), time.perf_counter()
    highs.silent()
    highs.passModel(lp)
    highs.setOptionValue("time_limit", seconds)

    def look(event: Any) -> None:
        found = event.data_out.mip_primal_bound
        if found < (trace[-1][1] if trace else 1e15):
            trace.append((time.perf_counter() - started, found))

    highs.cbMipInterrupt += look
    highs.run()
    spent = time.perf_counter() - started
    columns, taken = np.array(highs.getSolution().col_value), None
    if highs.getSolution().value_valid:
        taken = _taken(columns, program)
        trace.append((spent, float(program.cost @ columns)))
    return Answer(trace, _finite(highs.getInfo().mip_dual_bound), taken, spent)


def _scip(program: Program, seconds: float) -> Answer:
    from pyscipopt import Eventhdlr, Model, quicksum
    from pyscipopt.scip import PY_SCIP_EVENTTYPE

    model = Model()
    model.hideOutput()
    whole = [place < program.choices for place in range(len(program.cost))]
    x = [
        model.addVar(vtype="I" if integer else "C", lb=0.0, ub=float(most), obj=float(cost))
        for integer, most, cost in zip(whole, program.upper, program.cost, strict=True)
    ]
    for columns, values, low, high in program.rows():
        total = quicksum(float(value) * x[column] for column, value in zip(columns, values, strict=True))
        if np.isfinite(low):
            model.addCons(total >= low)
        if np.isfinite(high):
            model.addCons(total <= high)
    trace = []

    class Better(Eventhdlr):
        def eventinit(self) -> None:
            self.model.catchEvent(PY_SCIP_EVENTTYPE.BESTSOLFOUND, self)

        def eventexec(self, event: Any) -> None:
            trace.append((self.model.getSolvingTime(), self.model.getPrimalbound()))

    model.includeEventhdlr(Better(), "better", "notes better solutions")
    model.setParam("limits/time", seconds)
    model.optimize()
    taken = _taken(np.array([model.getVal(of) for of in x], dtype=np.float64), program) if model.getNSols() else None
    return Answer(trace, _finite(model.getDualbound()), taken, model.getSolvingTime())


def _cbc(program: Program, seconds: float) -> Answer:
    import pulp

    problem = pulp.LpProblem("menu", pulp.LpMinimize)
    x = [
        pulp.LpVariable(f"x{place}", 0, float(most), pulp.LpInteger if place < program.choices else pulp.LpContinuous)
        for place, most in enumerate(program.upper)
    ]
    problem.setObjective(pulp.LpAffineExpression(zip(x, program.cost.tolist(), strict=True)))
    for columns, values, low, high in program.rows():
        total = pulp.LpAffineExpression((x[column], float(v)) for column, v in zip(columns, values, strict=True))
        if np.isfinite(low):
            problem.addConstraint(pulp.LpConstraint(total, pulp.LpConstraintGE, rhs=low))
        if np.isfinite(high):
            problem.addConstraint(pulp.LpConstraint(total, pulp.LpConstraintLE, rhs=high))
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "cbc.log")
        started = time.perf_counter()
        problem.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=seconds, threads=2, logPath=str(log)))
        spent, text = time.perf_counter() - started, log.read_text()
    trace = [(float(at), float(found)) for found, at in _FOUND_BY_CBC.findall(text)]
    bound = re.search(r"Lower bound: +(\S+)", text)
    found = np.array([of.value() or 0.0 for of in x], dtype=np.float64)
    if problem.sol_status not in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible):
        return Answer(trace, None, None, spent)
    trace.append((spent, float(program.cost @ found)))
    return Answer(trace, float(bound[1]) if bound else None, _taken(found, program), spent)


def _cp_sat(program: Program, seconds: float) -> Answer:
    """CP-SAT knows whole numbers only: rows and what is missed are cut into a million parts."""
    from ortools.sat.python import cp_model

    missed = (np.arange(len(program.cost)) >= program.choices) & (program.cost > 0)
    size = np.where(missed, _FINE, 1.0)
    model = cp_model.CpModel()
    x = [model.new_int_var(0, int(np.ceil(most * of)), "") for most, of in zip(program.upper, size, strict=True)]
    for columns, values, low, high in program.rows():
        parts = np.rint(values * _FINE / size[columns]).astype(np.int64)
        total = cp_model.LinearExpr.weighted_sum([x[column] for column in columns], parts.tolist())
        least = int(np.floor(low * _FINE)) if np.isfinite(low) else -(2**60)
        model.add_linear_constraint(total, least, int(np.ceil(high * _FINE)) if np.isfinite(high) else 2**60)
    points = np.rint(program.cost * _POINTS * _FINE / size).astype(np.int64)
    model.minimize(cp_model.LinearExpr.weighted_sum(x, points.tolist()))
    trace = []

    class Better(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            trace.append((self.wall_time, self.objective_value / _FINE / _POINTS))

    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = _WORKERS
    status = solver.solve(model, Better())
    taken = None
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        taken = _taken(np.array([solver.value(of) for of in x], dtype=np.float64), program)
    return Answer(trace, _finite(solver.best_objective_bound / _FINE / _POINTS), taken, solver.wall_time)


def _taken(columns: Floats, program: Program) -> list[int]:
    return [int(place) for place in np.flatnonzero(columns[: program.choices] > 0.5)]


def _finite(number: float) -> float | None:
    return float(number) if abs(number) < 1e15 else None


PEERS: dict[str, Callable[[Program, float], Answer]] = {
    "HiGHS": _highs,
    "SCIP": _scip,
    "CBC": _cbc,
    "CP-SAT": _cp_sat,
}


def _main(name: str, path: str, seconds: str) -> None:
    arrays = np.load(path)
    program = Program(**{key: arrays[key] for key in _ARRAYS}, choices=int(arrays["choices"]))
    found = PEERS[name](program, float(seconds))
    answer = {"trace": found.trace, "bound": found.bound, "taken": found.taken, "seconds": found.seconds}
    print(json.dumps(answer))


if __name__ == "__main__":
    _main(*sys.argv[1:])
