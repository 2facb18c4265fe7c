"""A county's day of trips (R3): 200 schools, 150 cooperatives, a collection point, cold vans that come back for more.

Every planner gets the same stages, bundles, vehicles and seconds; the service's own checker proves every plan.
"""

import time
from typing import Any

from benchmarks.harness import Options, Outcome, benchmark
from benchmarks.made_counties import Size, made_county
from benchmarks.routing_peers import by_nearest, by_or_tools, by_vroom
from services.logistics.trips.budget import Budget
from services.logistics.trips.problem import Plan, Problem
from services.logistics.trips.routing import Improve, check, planned_by

SECONDS, LONG_SECONDS = 10.0, 60.0
_UNBOUNDED = 10**9


@benchmark("logistics.route_county")
def route_county(options: Options) -> Outcome:
    """A county's day by PyVRP in 10 s (R3), against 60 s, the greedy planner, nearest neighbour, OR-tools and VROOM."""
    size = Size(options.scaled(200), options.scaled(150))
    problem = made_county(size, options.seed)
    seconds, long_seconds = options.searched(SECONDS), options.searched(LONG_SECONDS)
    ours, details = _plan(problem, seconds, options.seed, None)
    longer, long_details = _plan(problem, long_seconds, options.seed, None)
    greedy, _ = _plan(problem, 0, options.seed, None)
    nearest, nearest_details = _plan(problem, seconds, options.seed, by_nearest)
    tools, tools_details = _plan(problem, seconds, options.seed, by_or_tools)
    vroom, vroom_details = _plan(problem, seconds, options.seed, by_vroom)
    return Outcome(
        input=f"{size.schools} schools, {size.cooperatives} cooperatives, {len(problem.loads)} orders, made",
        value=ours.cost_fen / 100,
        unit=f"¥ a day, planned in {seconds:g} s",
        reference=f"the same planner in {long_seconds:g} s",
        reference_value=longer.cost_fen / 100,
        details=details
        | {
            "cost_long": round(longer.cost_fen / 100),
            "unplanned_long": long_details["unplanned"],
            "cost_greedy": round(greedy.cost_fen / 100),
            "nearest_neighbour": nearest_details,
            "or_tools": tools_details,
            "vroom": vroom_details,
            "against_nearest_neighbour": _against(ours, nearest),
            "against_or_tools": _against(ours, tools),
            "against_vroom": _against(ours, vroom),
        },
    )


def _against(ours: Plan, peer: Plan) -> float | None:
    """Return what ours costs more than a peer's; None where the two leave different numbers of orders behind."""
    same = len(ours.unplanned) == len(peer.unplanned) and peer.cost_fen
    return round(ours.cost_fen / peer.cost_fen - 1, 4) if same else None


def _plan(problem: Problem, seconds: float, seed: int, by: Improve | None) -> tuple[Plan, dict[str, Any]]:
    """Plan a day; `by` plans its stages instead of PyVRP, whatever comes of it."""
    budget = Budget(seconds, patience=_UNBOUNDED, seed=seed)
    started, cpu = time.perf_counter(), time.process_time()
    plan = planned_by(problem, budget, lambda _done: None, by)
    return plan, {
        "feasible": check(problem, plan) == [],
        "cost": round(plan.cost_fen / 100),
        "unplanned": len(plan.unplanned),
        "km": round(sum(trip.distance_m for trip in plan.trips) / 1000),
        "trips": len(plan.trips),
        "vehicles": len({trip.vehicle_id for trip in plan.trips}),
        "seconds": round(time.perf_counter() - started, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "notes": list(plan.notes),
    }
