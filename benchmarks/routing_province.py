"""The province's day by counties: 17,890 schools in 88 counties, planned in two worker processes as the service does.

Each county is made, and its day before planned, before what is measured: its day from yesterday's routes, proven by the
checker. The greedy planner's cost of the same day is what it is held against.
"""

import asyncio
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.harness import Options, Outcome, benchmark
from benchmarks.made_counties import Size, another_day, made_county, ridden
from services.logistics.trips.budget import Budget
from services.logistics.trips.problem import Report
from services.logistics.trips.routing import Task, check, plan
from shared.workers import Workers

COUNTIES, SCHOOLS, COOPERATIVES = 88, 17_890, 150
SECONDS = 1.0
"""What the search of a county's day may take."""
PROCESSES = 2
_UNBOUNDED = 10**9


@dataclass(frozen=True, slots=True)
class County:
    """Which county is to be made: a seed, and how many schools."""

    seed: int
    schools: int


@dataclass(frozen=True, slots=True)
class Planned:
    """A county's day: orders, what the plan costs (fen) and leaves, and what planning it took."""

    orders: int
    cost_fen: int
    greedy_fen: int
    unplanned: int
    greedy_unplanned: int
    feasible: bool
    seconds: float
    cpu_seconds: float
    peak_mb: float


def plan_county(county: County, report: Report) -> Planned:
    """Make a county and plan two days of it; the second is measured. Runs in a worker process."""
    usual = made_county(Size(county.schools, COOPERATIVES), county.seed)
    yesterday, today = another_day(usual, 1), another_day(usual, 2)
    budget = Budget(SECONDS, patience=_UNBOUNDED, seed=1)
    today = replace(today, rides=ridden(yesterday, plan(Task(yesterday, budget), report)))
    greedy = plan(Task(today, Budget(0)), report)
    started, cpu = time.perf_counter(), time.process_time()
    made = plan(Task(today, budget), report)
    return Planned(
        orders=len(today.loads),
        cost_fen=made.cost_fen,
        greedy_fen=greedy.cost_fen,
        unplanned=len(made.unplanned),
        greedy_unplanned=len(greedy.unplanned),
        feasible=check(today, made) == [],
        seconds=time.perf_counter() - started,
        cpu_seconds=time.process_time() - cpu,
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


async def _all(counties: Sequence[County]) -> list[Planned]:
    workers = Workers(PROCESSES)
    try:
        return await asyncio.gather(*(workers.run(plan_county, county) for county in counties))
    finally:
        workers.close()


@benchmark("logistics.route_province")
def route_province(options: Options) -> Outcome:
    """The province's day of 17,890 schools by counties in two processes, from yesterday's routes, 1 s a county."""
    count = options.scaled(COUNTIES)
    counties = [County(1000 * options.seed + number, round(SCHOOLS / COUNTIES)) for number in range(count)]
    done = asyncio.run(_all(counties))
    cost, greedy = (sum(getattr(one, name) for one in done) / 100 for name in ("cost_fen", "greedy_fen"))
    return Outcome(
        input=f"{sum(one.schools for one in counties)} schools, {sum(one.orders for one in done)} orders, made",
        value=cost,
        unit=f"¥ a day, each county planned in {SECONDS:g} s from yesterday's routes",
        reference="the greedy planner",
        reference_value=greedy,
        details={
            "counties": count,
            "feasible": sum(one.feasible for one in done),
            "unplanned": sum(one.unplanned for one in done),
            "unplanned_greedy": sum(one.greedy_unplanned for one in done),
            "planning_seconds_in_two_processes": round(sum(one.seconds for one in done) / PROCESSES, 1),
            "planning_cpu_seconds": round(sum(one.cpu_seconds for one in done), 1),
            "most_seconds_of_a_county": round(max(one.seconds for one in done), 1),
            "peak_mb_of_a_process": round(max(one.peak_mb for one in done)),
        },
    )
