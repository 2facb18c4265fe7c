"""A county's days one after the other: each planned from the routes of the day before, beside planned from nothing.

From day to day consignments, weights, schools and vans change as `made_counties.another_day` says. The day before was
itself planned from the day before it, in the same time; the first day is not counted.
"""

from dataclasses import replace
from statistics import fmean

from benchmarks.harness import Options, Outcome, benchmark
from benchmarks.made_counties import Size, another_day, made_county, ridden
from services.logistics.trips.budget import Budget
from services.logistics.trips.problem import Plan, Problem, Ride
from services.logistics.trips.routing import Task, plan

DAYS = 4
SECONDS, JUDGED = (1.0, 3.0, 10.0), 3.0
_UNBOUNDED = 10**9


@benchmark("logistics.route_tomorrow")
def route_tomorrow(options: Options) -> Outcome:
    """Days of a county planned in 3 s from yesterday's routes, beside planned from nothing; also in 1 s and 10 s."""
    size = Size(options.scaled(200), options.scaled(150))
    usual = made_county(size, options.seed)
    days = [another_day(usual, number) for number in range(DAYS)]
    found = {seconds: _planned(days, seconds, options.seed) for seconds in map(options.searched, SECONDS)}
    judged = options.searched(JUDGED)
    warm, cold = (fmean(plan.cost_fen for plan in plans) / 100 for plans in found[judged])
    return Outcome(
        input=f"{DAYS - 1} days of {size.schools} schools, {size.cooperatives} cooperatives, made",
        value=warm,
        unit=f"¥ a day, planned in {judged:g} s from the routes of the day before",
        reference=f"planned in {judged:g} s from nothing",
        reference_value=cold,
        details={f"in_{seconds:g}_s": _beside(*plans) for seconds, plans in found.items()},
    )


def _planned(days: list[Problem], seconds: float, seed: int) -> tuple[list[Plan], list[Plan]]:
    budget = Budget(seconds, patience=_UNBOUNDED, seed=seed)
    warm, cold, rides = list[Plan](), list[Plan](), tuple[Ride, ...]()
    for day in days:
        warm.append(plan(Task(replace(day, rides=rides), budget), lambda _done: None))
        rides = ridden(day, warm[-1])
        cold.append(plan(Task(day, budget), lambda _done: None))
    return warm[1:], cold[1:]


def _beside(warm: list[Plan], cold: list[Plan]) -> dict[str, object]:
    return {
        "warm": round(fmean(plan.cost_fen for plan in warm) / 100),
        "cold": round(fmean(plan.cost_fen for plan in cold) / 100),
        "warm_against_cold": [round(a.cost_fen / b.cost_fen - 1, 4) for a, b in zip(warm, cold, strict=True)],
        "unplanned": [sum(len(plan.unplanned) for plan in plans) for plans in (warm, cold)],
    }
