"""The province's sourcing: each school's week of 80 foods from its twenty nearest offers, in two processes.

17,890 schools, 80 foods, 5,000 cooperatives, 1,000 offers a food: 28.6 million arcs. Foods are flows of their own, so
each process takes every other food; a food's market is made, filtered, solved and measured before the next one. What
nobody brings is bought from the market supplier at half as much again as the food usually costs, in all methods.
"""

import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from multiprocessing import get_context
from typing import Any

import numpy as np

from benchmarks.harness import Options, Outcome, benchmark, peak_mb
from benchmarks.sourcing_peers import fen_of, in_order
from services.procurement.sourcing.arcs import Arcs, costs_at, weight_of, with_costs
from services.procurement.sourcing.columns import MILLI, UNKNOWN, Columns, Floats, Integers, distances_m
from services.procurement.sourcing.days import WIDEST
from services.procurement.sourcing.flows import flow, weights_of
from services.procurement.sourcing.problem import Terms

SCHOOLS, FOODS, COOPERATIVES, OFFERS, NEAREST = 17_890, 80, 5_000, 1_000, 20
SIDE_DEGREES, SUPPLY, SPREAD, BLOCK = 5.0, 1.25, 0.12, 2_000
PREMIUM = 0.1
"""Fen for each fen that reaches poor households; a run's bisection would take as many solves as it halves."""
MARKET = 1.5
PROCESSES = 2
DAY = 740_000
PARALLEL = 0.89
"""How long a degree of longitude is in Guizhou, in degrees of latitude."""


@dataclass
class Sums:
    """What methods come to over foods: cost with the market supplier (fen), food money, what of it reaches the poor."""

    arcs: int = 0
    build_cpu: float = 0.0
    solve_cpu: float = 0.0
    ours: float = 0.0
    nearest: float = 0.0
    cheapest: float = 0.0
    food: float = 0.0
    poor: float = 0.0
    peak_mb: float = 0.0
    nearest_food: float = 0.0
    nearest_poor: float = 0.0
    unmet_g: int = 0
    need_g: int = 0

    def add(self, other: "Sums") -> None:
        """Add another's sums."""
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))


def food_of(seed: int, number: int, schools: int) -> Columns:
    """Return one food's market; schools and cooperatives stand where they stand for every food."""
    places = np.random.default_rng(seed)
    corner = np.array([25.0, 104.0])
    school_place = corner + places.uniform(0, SIDE_DEGREES, (schools, 2))
    size, home = places.lognormal(0, 0.7, schools), corner + places.uniform(0, SIDE_DEGREES, (COOPERATIVES, 2))
    poor = places.integers(100, 951, COOPERATIVES)
    luck = np.random.default_rng((seed, number))
    need = np.maximum(50, size * luck.lognormal(8.5, 0.3, schools)).astype(np.int64)
    cooperative = luck.permutation(COOPERATIVES)[:OFFERS]
    part = luck.uniform(0.2, 1.8, OFFERS)
    usual = luck.lognormal(6.4, 0.7)
    zero, none = np.zeros(schools, np.int64), np.full(COOPERATIVES, UNKNOWN)
    fields_: dict[str, Any] = {
        "food": zero,
        "school": np.arange(schools),
        "day": np.full(schools, DAY),
        "county": zero,
        "need_g": need,
        "place": school_place,
        "offer_food": np.zeros(OFFERS, np.int64),
        "offer_county": np.zeros(OFFERS, np.int64),
        "offer_from": np.full(OFFERS, DAY),
        "offer_until": np.full(OFFERS, DAY),
        "left_g": (SUPPLY * need.sum() * part / part.sum()).astype(np.int64),
        "lot_g": np.zeros(OFFERS, np.int64),
        "price": np.maximum(1, usual * luck.uniform(1 - SPREAD, 1 + SPREAD, OFFERS)).astype(np.int64),
        "poor_permille": poor[cooperative],
        "priority_permille": np.full(OFFERS, 1000),
        "cooperative": cooperative,
        "offer_place": home[cooperative],
        "excluded": np.zeros(0, np.int64),
        "earliest_day": DAY,
        "foods": 1,
        "day_room_g": none,
        "income_room_fen": none,
        "terms": Terms(),
    }
    return Columns(**fields_)


def nearest_arcs(columns: Columns) -> Arcs:
    """Return arcs to each school's nearest offers, a block of schools at a time: all distances would not fit."""
    offers, metres = [], []
    for first in range(0, columns.lines, BLOCK):
        here = columns.place[first : first + BLOCK]
        # Who is nearest is seen well enough on the plane, for a tenth of the time.
        north, east = (here[:, None, axis] - columns.offer_place[None, :, axis] for axis in (0, 1))
        flat = (north**2 + (PARALLEL * east) ** 2).astype(np.float32)
        near = np.sort(np.argpartition(flat, NEAREST, axis=1)[:, :NEAREST], axis=1)
        offers.append(near.ravel())
        metres.append(distances_m(here[:, None], columns.offer_place[near]).ravel())
    line = np.repeat(np.arange(columns.lines), NEAREST)
    ends: Integers = np.array([0, len(line)])
    return with_costs(columns, line, np.concatenate(offers), np.concatenate(metres), ends)


def _part(seed: int, numbers: list[int], schools: int) -> Sums:
    """Make, solve and measure some foods, one after the other."""
    sums = Sums()
    for number in numbers:
        started = time.process_time()
        columns = food_of(seed, number, schools)
        arcs = nearest_arcs(columns)
        built = time.process_time()
        cost = costs_at(arcs, PREMIUM)
        found = flow(columns, arcs, cost, weights_of(columns, arcs, int(arcs.cost.max()) + WIDEST))
        solved = time.process_time()
        sums.add(Sums(arcs=len(arcs), build_cpu=built - started, solve_cpu=solved - built))
        sums.add(_measured(columns, arcs, found.grams))
    sums.peak_mb = peak_mb()
    return sums


def _measured(columns: Columns, arcs: Arcs, grams: Integers) -> Sums:
    nearest = in_order(columns, arcs, arcs.distance_m.astype(np.float64))
    combined: Floats = arcs.cost - PREMIUM * arcs.poor
    cheapest = in_order(columns, arcs, combined)
    supplier = MARKET * float(columns.price.mean()) / MILLI
    ours, near, cheap = (
        fen_of(arcs, each) + supplier * float(columns.need_g.sum() - each.sum()) for each in (grams, nearest, cheapest)
    )
    money = columns.price[arcs.offer] * MILLI
    return Sums(
        ours=ours,
        nearest=near,
        cheapest=cheap,
        food=weight_of(money, grams),
        poor=weight_of(arcs.poor, grams),
        nearest_food=weight_of(money, nearest),
        nearest_poor=weight_of(arcs.poor, nearest),
        unmet_g=int(columns.need_g.sum() - grams.sum()),
        need_g=int(columns.need_g.sum()),
    )


@benchmark("procurement.source_province")
def source_province(options: Options) -> Outcome:
    """The province's sourcing in two processes (A2): CPU of the solve, memory, against nearest and combined greedy."""
    schools = options.scaled(SCHOOLS)
    parts = [list(range(first, FOODS, PROCESSES)) for first in range(PROCESSES)]
    started = time.perf_counter()
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        sums = Sums()
        for part in pool.map(_part, [options.seed] * PROCESSES, parts, [schools] * PROCESSES):
            sums.add(part)
    share, near = sums.poor / sums.food, sums.nearest_poor / sums.nearest_food
    return Outcome(
        input=f"{schools} schools, {FOODS} foods, {COOPERATIVES} cooperatives, {sums.arcs} arcs, made",
        value=sums.solve_cpu / PROCESSES,
        unit="CPU s of each of two processes for the solve",
        reference="greedy rules, in details",
        reference_value=None,
        details={
            "seconds_with_making_and_measuring": round(time.perf_counter() - started, 1),
            "build_cpu_seconds": round(sums.build_cpu, 1),
            "solve_cpu_seconds": round(sums.solve_cpu, 1),
            "arcs_a_second": round(sums.arcs / sums.solve_cpu),
            "cost_against_nearest": round(sums.ours / sums.nearest - 1, 4),
            "cost_against_combined_greedy": round(sums.ours / sums.cheapest - 1, 4),
            "poor_share": round(share, 4),
            "poor_share_nearest": round(near, 4),
            "peak_mb_of_all": round(sums.peak_mb),
            "unmet_share": round(sums.unmet_g / sums.need_g, 5),
        },
    )
