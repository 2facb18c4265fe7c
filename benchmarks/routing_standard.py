"""Standard instances of vehicle routing from files (R1, R2), with the best known value beside them.

`--file C1_2_1.txt` (Solomon, Homberger: distances to one decimal, as DIMACS counts) or `--file X-n101.vrp` (VRPLIB:
whole distances), or a folder of them; `C1_2_1.sol` beside it ends with `Cost 2698.6`. Without a file an instance of
R1's 200 customers is made in Solomon's format, with its optimum beside it: every customer has an appointment, so that a
minimum cost flow finds and proves the least cost.
"""

import re
import tempfile
import time
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import pyvrp
import vrplib
from pyvrp.stop import MaxRuntime

from benchmarks.harness import Options, Outcome, benchmark
from services.logistics.trips.optimiser import settings

LARGE, SECONDS, LONG_SECONDS = 500, 20.0, 60.0
"""So many customers are a large instance; how long each size is searched."""
_COST = re.compile(r"^\s*cost\s*:?\s*([0-9.]+)\s*$", re.IGNORECASE | re.MULTILINE)


@benchmark("logistics.route_standard")
def route_standard(options: Options) -> Outcome:
    """A standard instance (`--file`: Solomon, Homberger or VRPLIB text): cost and gap to the best known beside it."""
    if options.file is not None and options.file.is_dir():
        return _of_all(options.file, options)
    if options.file is not None:
        return _measured(options.file, options)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"made-{options.scaled(200)}.txt")
        path.write_text(made(options.scaled(200), options.seed))
        path.with_suffix(".sol").write_text(f"Cost {optimum(read(path)[0]) / 10}\n")
        return _measured(path, options)


def _of_all(folder: Path, options: Options) -> Outcome:
    """Measure every instance of a folder that has its best known value beside it; the mean gap is what counts.

    Raises ValueError where there is none.
    """
    paths = [path for path in sorted(folder.iterdir()) if path.suffix != ".sol" and best_known(path) is not None]
    if not paths:
        raise ValueError(f"{folder} has no instance with its best known value (NAME.sol) beside it")
    found = [_measured(path, options) for path in paths]
    large = read(paths[0])[0].num_clients >= LARGE
    gap = round(fmean(float(one.details["gap"]) for one in found), 5)
    return Outcome(
        input=f"{', '.join(path.stem for path in paths)}, each by itself",
        value=100 * gap,
        unit="% above the best known, mean",
        reference="best known values",
        reference_value=None,
        details={
            "gap_of_a_thousand" if large else "gap_of_hundreds": gap,
            "instances": {path.stem: one.details | {"cost": one.value} for path, one in zip(paths, found, strict=True)},
        },
    )


def _measured(path: Path, options: Options) -> Outcome:
    data, scale = read(path)
    seconds = (SECONDS if data.num_clients < LARGE else LONG_SECONDS) * min(1.0, options.scale)
    started = time.perf_counter()
    found = pyvrp.solve(data, MaxRuntime(seconds), options.seed, collect_stats=False, params=settings())
    best = best_known(path)
    cost = found.cost() / scale
    return Outcome(
        input=f"{path.name}, {data.num_clients} customers",
        value=cost,
        unit="cost",
        reference="best known value" if best is not None else "nearest neighbour",
        reference_value=best if best is not None else _nearest(data) / scale,
        details={
            "feasible": found.is_feasible(),
            "gap": None if best is None else round(cost / best - 1, 5),
            "nearest_neighbour": _nearest(data) / scale,
            "routes": found.best.num_routes(),
            "seconds": round(time.perf_counter() - started, 1),
            "iterations": found.num_iterations,
        },
    )


def read(path: Path) -> tuple[pyvrp.ProblemData, int]:
    """Return an instance and how many of its units of distance are 1 in the file's."""
    text = path.read_text()
    if "_SECTION" not in text:
        return _solomon(vrplib.read_instance(path, instance_format="solomon")), 10
    windows = "TIME_WINDOW_SECTION" in text
    return pyvrp.read(path, round_func="dimacs" if windows else "round"), 10 if windows else 1


def _solomon(told: dict[str, Any]) -> pyvrp.ProblemData:
    """Return an instance of Solomon's format: ways and times to one decimal, cut off."""
    ways: Any = (np.array(told["edge_weight"]) * 10).astype(np.int64)
    clients = [
        pyvrp.Client(
            location=number,
            delivery=[int(told["demand"][number])],
            service_duration=int(told["service_time"][number]) * 10,
            tw_early=int(told["time_window"][number][0]) * 10,
            tw_late=int(told["time_window"][number][1]) * 10,
        )
        for number in range(1, len(ways))
    ]
    day = int(told["time_window"][0][1]) * 10
    vehicles = pyvrp.VehicleType(int(told["vehicles"]), [int(told["capacity"])], tw_late=day)
    places = [pyvrp.Location(float(x), float(y)) for x, y in told["node_coord"]]
    return pyvrp.ProblemData(places, clients, [pyvrp.Depot(0, tw_late=day)], [vehicles], [ways], [ways])


def best_known(path: Path) -> float | None:
    """Return the best known value from the solution file beside an instance, None where there is none."""
    beside = path.with_suffix(".sol")
    told = _COST.findall(beside.read_text()) if beside.exists() else []
    return float(told[-1]) if told else None


def _nearest(data: pyvrp.ProblemData) -> float:
    """Return the cost of going to the nearest customer that can still be served, again and again."""
    metres, seconds = data.distance_matrix(0), data.duration_matrix(0)
    room, depot = data.vehicle_type(0).capacity[0], data.depot(0).location
    rest, cost = set(range(data.num_clients)), 0
    while rest:
        here, clock, load = depot, 0, 0
        while True:
            able = [
                (int(metres[here, data.client(one).location]), one)
                for one in rest
                if load + data.client(one).delivery[0] <= room
                and clock + seconds[here, data.client(one).location] <= data.client(one).tw_late
            ]
            if not able:
                break
            metre, one = min(able)
            client = data.client(one)
            clock = max(clock + int(seconds[here, client.location]), client.tw_early) + client.service_duration
            cost, load, here = cost + metre, load + client.delivery[0], client.location
            rest.remove(one)
        if here == depot:
            return float("inf")
        cost += int(metres[here, depot])
    return float(cost)


def made(customers: int, seed: int) -> str:
    """Return a made instance in Solomon's format: places in a square, each served at one instant."""
    luck = np.random.default_rng(seed)
    rows = ["  0 50 50 0 0 1000 0"]
    for number in range(1, customers + 1):
        x, y = (int(one) for one in luck.integers(0, 101, 2))
        at = int(luck.integers(100, 900))
        rows.append(f"  {number} {x} {y} 1 {at} {at} 10")
    head = ["MADE", "", "VEHICLE", "NUMBER CAPACITY", f"  {customers} {customers}", "", "CUSTOMER"]
    return "\n".join([*head, "CUST NO. XCOORD. YCOORD. DEMAND READY TIME DUE DATE SERVICE TIME", "", *rows, ""])


def optimum(data: pyvrp.ProblemData) -> int:
    """Return the least cost of an instance in which every customer is served at one instant and all fit one vehicle.

    Who follows whom is an assignment then: each customer has one before and one after it, or the depot.
    """
    from ortools.graph.python import min_cost_flow

    metres, seconds, count = data.distance_matrix(0), data.duration_matrix(0), data.num_clients
    clients = [data.client(number) for number in range(count)]
    flow, depot = min_cost_flow.SimpleMinCostFlow(), 2 * count
    arcs = [(depot, depot + 1, count, 0)]
    for number, one in enumerate(clients):
        assert one.tw_early == one.tw_late, "no appointment"
        arcs.append((depot, count + number, 1, int(metres[0, one.location])))
        arcs.append((number, depot + 1, 1, int(metres[one.location, 0])))
        for other, after in enumerate(clients):
            way = int(seconds[one.location, after.location])
            if one.tw_early + one.service_duration + way <= after.tw_early:
                arcs.append((number, count + other, 1, int(metres[one.location, after.location])))
    flow.add_arcs_with_capacity_and_unit_cost(*(np.array(column) for column in zip(*arcs, strict=True)))
    supplies = [1] * count + [-1] * count + [count, -count]
    flow.set_nodes_supplies(np.arange(2 * count + 2), np.array(supplies))
    assert flow.solve() == flow.OPTIMAL
    return int(flow.optimal_cost())
