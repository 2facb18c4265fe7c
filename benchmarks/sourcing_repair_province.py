"""A shortage in the whole province: a cooperative is gone, what it was to bring is sourced again from who is near.

The markets are those of the province's sourcing (`sourcing_province`), food by food, since foods are flows of their
own: what a cooperative was to bring of all its foods is one repair. A few repairs are also solved again as a whole, for
what the quick way costs more.
"""

import time
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from benchmarks.harness import Options, Outcome, benchmark
from benchmarks.sourcing_peers import fen_of
from benchmarks.sourcing_province import COOPERATIVES, FOODS, SCHOOLS, food_of, nearest_arcs
from benchmarks.sourcing_repair import missing_without, part_of
from services.procurement.sourcing.arcs import Arcs
from services.procurement.sourcing.columns import Columns, Integers
from services.procurement.sourcing.days import WIDEST
from services.procurement.sourcing.flows import Flow, flow, weights_of

LEAST_SCHOOLS, LEAST_LOST = 500, 4
LOST, SOLVED_AGAIN = 40, 2
"""Cooperatives that are lost, one at a time; for so many of them all is solved again."""


@dataclass(slots=True)
class Repairs:
    """Of each lost cooperative: CPU ms of its repair, lines displaced; of some: fen repaired and solved again."""

    milliseconds: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    displaced: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    again_ms: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    repaired: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    again: dict[int, float] = field(default_factory=lambda: defaultdict(float))


@benchmark("procurement.repair_province")
def repair_province(options: Options) -> Outcome:
    """A cooperative of the province is gone (D1): ms until all it was to bring is sourced again, and at what cost."""
    schools, repairs = max(LEAST_SCHOOLS, options.scaled(SCHOOLS)), Repairs()
    lost = np.random.default_rng(options.seed).permutation(COOPERATIVES)[: options.scaled(LOST)].tolist()
    if options.scale < 1:  # of few, all are to offer something that is looked at
        lost = food_of(options.seed, 0, schools).cooperative[: max(LEAST_LOST, len(lost))].tolist()
    foods = range(max(2, min(FOODS, round(FOODS * 5 * options.scale))))
    for number in foods:
        columns = food_of(options.seed, number, schools)
        arcs, found = _solved(columns)
        for cooperative in set(lost) & set(columns.cooperative.tolist()):
            _repair(repairs, columns, arcs, found, cooperative, again=cooperative in lost[:SOLVED_AGAIN])
    milliseconds = list(repairs.milliseconds.values())
    repaired, again = sum(repairs.repaired.values()), sum(repairs.again.values())
    return Outcome(
        input=f"{schools} schools, {len(foods)} foods, {len(milliseconds)} cooperatives gone, one at a time, made",
        value=float(np.quantile(milliseconds, 0.95)),
        unit="CPU ms for a repair, p95",
        reference=f"these foods solved again, CPU ms, mean of {len(repairs.again_ms)}",
        reference_value=float(np.mean(list(repairs.again_ms.values()))),
        details={
            "median_ms": round(float(np.median(milliseconds)), 2),
            "displaced_lines": round(float(np.mean(list(repairs.displaced.values()))), 1),
            "cost_above_solving_all_again": round(repaired / again - 1, 6) if again else None,
        },
    )


def _solved(columns: Columns) -> tuple[Arcs, Flow]:
    arcs = nearest_arcs(columns)
    return arcs, flow(columns, arcs, arcs.cost, weights_of(columns, arcs, int(arcs.cost.max(initial=0)) + WIDEST))


def _repair(repairs: Repairs, columns: Columns, arcs: Arcs, found: Flow, cooperative: int, *, again: bool) -> None:
    """Source one food without a cooperative, and add up what it takes."""
    kept: Integers = np.where(columns.cooperative[arcs.offer] == cooperative, 0, found.grams)
    missing, left = missing_without(columns, arcs, found, kept, cooperative)
    if not missing.any():
        return
    started = time.process_time()
    part = part_of(columns, missing, left)
    part_arcs, part_flow = _solved(part)
    repairs.milliseconds[cooperative] += 1000 * (time.process_time() - started)
    repairs.displaced[cooperative] += part.lines
    if again:
        started = time.process_time()
        every = part_of(columns, columns.need_g, np.where(columns.cooperative == cooperative, 0, columns.left_g))
        all_arcs, all_flow = _solved(every)
        repairs.again_ms[cooperative] += 1000 * (time.process_time() - started)
        if part_flow.unmet_g.sum() + found.unmet_g.sum() == all_flow.unmet_g.sum():
            repairs.repaired[cooperative] += fen_of(arcs, kept) + fen_of(part_arcs, part_flow.grams)
            repairs.again[cooperative] += fen_of(all_arcs, all_flow.grams)
