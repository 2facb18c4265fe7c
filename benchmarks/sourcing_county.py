"""A county's sourcing against linear programs and greedy rules: exact flows, coupled rules, stops, poor share.

200 schools, 60 foods, 150 cooperatives, 19 offers a food: 228,000 arcs. Flows (A1) against HiGHS and PuLP with CBC;
with limits of days and seasons (A3) against the linear program; with stops (A4) against our own bound, and on a
part of the county small enough for it against the strong linear program.
"""

import math
import time
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.harness import Options, Outcome, benchmark
from benchmarks.made_markets import made_market
from benchmarks.sourcing_peers import by_cbc, by_highs, fen_of, in_order
from services.procurement.sourcing.arcs import arcs_of, weight_of
from services.procurement.sourcing.columns import MILLI, Columns, Floats, Integers
from services.procurement.sourcing.days import load_of, rows_used
from services.procurement.sourcing.flows import flow
from services.procurement.sourcing.problem import Terms
from services.procurement.sourcing.solving import LAST, TRIES_PER_LINE, Solver, solve
from services.procurement.sourcing.weighing import Plan

SCHOOLS, FOODS, COOPERATIVES, OFFERS = 200, 60, 150, 19
ROOMY = 1.4
"""A cooperative's day and season hold so many times the mean: about a third of them bind."""
FREE_STOPS, WITH_STOPS = Terms(stop_cost_fen=0), Terms()
STRONG, STRONG_SECONDS = (100, 20, 30, 8), 60.0
"""Schools, foods, cooperatives and offers a food of a county small enough for the strong linear program."""
FEW = 100


def county(seed: int, schools: int, terms: Terms, **more: Any) -> Columns:
    """Return the made county."""
    return made_market(seed, schools, FOODS, COOPERATIVES, OFFERS, terms, **more)


@benchmark("procurement.source_county")
def source_county(options: Options) -> Outcome:
    """A county's sourcing: exact flows (A1), coupled rules (A3), stops (A4), poor share, against peers and greedies."""
    schools = options.scaled(SCHOOLS)
    _compile(options.seed)
    columns = county(options.seed, schools, FREE_STOPS)
    started, cpu = time.perf_counter(), time.process_time()
    arcs = arcs_of(columns)
    built = time.perf_counter() - started
    market = Solver(columns)
    started, cpu = time.perf_counter(), time.process_time()
    found = flow(columns, arcs, arcs.cost, market.weights)
    ours, ours_cpu = time.perf_counter() - started, time.process_time() - cpu
    fen = fen_of(arcs, found.grams)
    cbc, highs = by_cbc(columns, arcs), by_highs(columns, arcs, market.days, stops=False, seconds=STRONG_SECONDS)
    nearest = in_order(columns, arcs, arcs.distance_m.astype(np.float64))
    cheapest = in_order(columns, arcs, arcs.cost.astype(np.float64))
    details: dict[str, Any] = {
        "arcs": len(arcs),
        "build_seconds": round(built, 3),
        "flow_cpu_seconds": round(ours_cpu, 3),
        "gap": above(fen, highs.fen, 6),
        "highs_cpu_seconds": round(highs.seconds, 2),
        "cost": round(fen),
        "against_nearest": round(fen / fen_of(arcs, nearest) - 1, 4),
        "against_cheapest_first": round(fen / fen_of(arcs, cheapest) - 1, 4),
        "coupled": _coupled(options.seed, schools, market, found.grams),
        "stops": _stops(options.seed, schools),
        "strong": _strong(options.seed),
        "fair": _fair(options.seed, schools),
    }
    return Outcome(
        input=f"{schools} schools, {FOODS} foods, {COOPERATIVES} cooperatives, {len(arcs)} arcs, made",
        value=ours,
        unit="s for exact flows",
        reference="PuLP and CBC, model and solve",
        reference_value=cbc.seconds,
        details=details,
    )


def _unheard(_done: float) -> None:
    """Hear how far a search is, and do nothing about it."""


def _compile(seed: int) -> None:
    """Compile what is compiled at first use: it is not what is measured."""
    small = county(seed, 3, WITH_STOPS, day_room_g=np.full(COOPERATIVES, 10**7))
    market = Solver(small)
    market.bound(market.plan(0.0, 1, FEW), _unheard)
    in_order(small, market.arcs, market.arcs.cost.astype(np.float64))


def _whole_plan(columns: Columns) -> tuple[Solver, Plan, float]:
    cpu = time.process_time()
    market = Solver(columns)
    plan = market.plan(0.0, rounds=4, tries=TRIES_PER_LINE * LAST * columns.lines)
    return market, plan, time.process_time() - cpu


def _coupled(seed: int, schools: int, free: Solver, grams: Integers) -> dict[str, Any]:
    """Limit what cooperatives can handle and may earn to little more than the mean of the plan without limits."""
    used = rows_used(free.days, grams)
    day_g, season = used[:COOPERATIVES].mean(), used[COOPERATIVES:].mean() / MILLI
    rooms = {
        "day_room_g": np.full(COOPERATIVES, int(ROOMY * day_g)),
        "income_room_fen": np.full(COOPERATIVES, int(ROOMY * season)),
    }
    columns = county(seed, schools, FREE_STOPS, **rooms)
    market, plan, cpu = _whole_plan(columns)
    program = by_highs(columns, market.arcs, market.days, stops=False, seconds=STRONG_SECONDS)
    taken = rows_used(market.days, plan.flow.grams)
    over = np.maximum(0, taken - market.days.room)
    return {
        "cpu_seconds": round(cpu, 2),
        "gap": above(plan.cost, program.fen, 5),
        "cost_of_rules": above(program.fen, fen_of(free.arcs, grams), 4),
        "highs_cpu_seconds": round(program.seconds, 2),
        "unmet_g": plan.unmet_g,
        "over_day_g": int(over[:COOPERATIVES].sum()),
        "over_season_share": round(float(over[COOPERATIVES:].sum() / taken[COOPERATIVES:].sum()), 5),
    }


def above(fen: float, other: float, digits: int) -> float | None:
    """Return how much one is above the other, as a share of it; None where a peer did not end in time."""
    return None if math.isnan(fen + other) else round(fen / other - 1, digits)


def _with_stops(market: Solver, grams: Integers) -> float:
    return fen_of(market.arcs, grams) + market.columns.terms.stop_cost_fen * int(
        (load_of(market.days, grams) > 0).sum()
    )


def _stops(seed: int, schools: int) -> dict[str, Any]:
    columns = county(seed, schools, WITH_STOPS)
    market, plan, cpu = _whole_plan(columns)
    flows = flow(columns, market.arcs, market.arcs.cost, market.weights)
    alone: Floats = market.arcs.cost + market.days.stop_cost / columns.need_g[market.arcs.line]
    return {
        "cpu_seconds": round(cpu, 2),
        "cost": round(plan.cost),
        "gap_to_own_bound": round(plan.cost / market.bound(plan, _unheard) - 1, 4),
        "suppliers_a_school": round(plan.stops / schools, 1),
        "suppliers_a_school_by_flows": round(float((load_of(market.days, flows.grams) > 0).sum()) / schools, 1),
        "against_flows": round(plan.cost / _with_stops(market, flows.grams) - 1, 4),
        "against_combined_greedy": round(plan.cost / _with_stops(market, in_order(columns, market.arcs, alone)) - 1, 4),
    }


def _strong(seed: int) -> dict[str, Any]:
    """A smaller county: how far from the strong linear program, whose stops may be fractions."""
    columns = made_market(seed, *STRONG, WITH_STOPS)
    market, plan, cpu = _whole_plan(columns)
    program = by_highs(columns, market.arcs, market.days, stops=True, seconds=STRONG_SECONDS, solver="ipm")
    return {
        "schools": STRONG[0],
        "cpu_seconds": round(cpu, 2),
        "gap": above(plan.cost, program.fen, 4),
        "own_bound_below": above(program.fen, market.bound(plan, _unheard), 4),
        "highs_cpu_seconds": round(program.seconds, 2),
    }


def _fair(seed: int, schools: int) -> dict[str, Any]:
    """All of it: premium by bisection, stops, bound, as a run does it; shares of greedy rules beside it."""
    columns = replace(county(seed, schools, WITH_STOPS))
    cpu = time.process_time()
    answer = solve(columns, _unheard)
    spent, figures = time.process_time() - cpu, answer.figures
    nearest = in_order(columns, answer.arcs, answer.arcs.distance_m.astype(np.float64))
    cheapest = in_order(columns, answer.arcs, answer.arcs.cost.astype(np.float64))
    shares = []
    for grams in (answer.grams, nearest, cheapest):
        food = weight_of(columns.price[answer.arcs.offer] * MILLI, grams)
        shares.append(round(weight_of(answer.arcs.poor, grams) / food, 4))
    return {
        "cpu_seconds": round(spent, 2),
        "premium": round(figures.premium, 4),
        "cost_above_least": round(figures.cost_fen / figures.least_cost_fen - 1, 4),
        "poor_share": shares[0],
        "poor_share_nearest": shares[1],
        "poor_share_cheapest_first": shares[2],
        "gap": round(figures.gap, 4),
    }
