"""A shortage: a cooperative is gone, only what it was to bring is sourced again; what that takes, and costs more."""

import time
from dataclasses import fields
from typing import Any

import numpy as np

from benchmarks.harness import Options, Outcome, benchmark
from benchmarks.made_markets import made_market
from benchmarks.sourcing_peers import fen_of
from services.procurement.sourcing.arcs import Arcs, arcs_of
from services.procurement.sourcing.columns import Columns, Integers
from services.procurement.sourcing.days import WIDEST
from services.procurement.sourcing.flows import Flow, flow, weights_of
from services.procurement.sourcing.problem import Terms

SCHOOLS, FOODS, COOPERATIVES, OFFERS, LOST = 200, 60, 150, 19, 40
FREE_STOPS = Terms(stop_cost_fen=0)
_OF_LINES = ("food", "school", "day", "county", "need_g", "place")
_OF_OFFERS = (
    "offer_food",
    "offer_county",
    "offer_from",
    "offer_until",
    "left_g",
    "lot_g",
    "price",
    "poor_permille",
    "priority_permille",
    "cooperative",
    "offer_place",
)


@benchmark("procurement.repair")
def repair(options: Options) -> Outcome:
    """A cooperative is gone (D1): only displaced demand is solved again; ms, and cost against solving all again."""
    columns = made_market(options.seed, options.scaled(SCHOOLS), FOODS, COOPERATIVES, OFFERS, FREE_STOPS)
    arcs, found = _solved(columns)
    luck = np.random.default_rng(options.seed)
    lost = luck.permutation(COOPERATIVES)[: options.scaled(LOST)]
    milliseconds, displaced, dearer, again_ms = [], [], [], []
    for cooperative in lost.tolist():
        gone = columns.cooperative[arcs.offer] == cooperative
        kept: Integers = np.where(gone, 0, found.grams)
        missing, left = missing_without(columns, arcs, found, kept, cooperative)
        started = time.process_time()
        part = part_of(columns, missing, left)
        part_arcs, part_flow = _solved(part)
        milliseconds.append(1000 * (time.process_time() - started))
        displaced.append(part.lines)
        started = time.process_time()
        every = part_of(columns, columns.need_g, np.where(columns.cooperative == cooperative, 0, columns.left_g))
        all_arcs, all_flow = _solved(every)
        again_ms.append(1000 * (time.process_time() - started))
        if part_flow.unmet_g.sum() == all_flow.unmet_g.sum():
            repaired = fen_of(arcs, kept) + fen_of(part_arcs, part_flow.grams)
            dearer.append(repaired / fen_of(all_arcs, all_flow.grams) - 1)
    return Outcome(
        input=f"{columns.lines} lines, {len(arcs)} arcs, {len(lost)} cooperatives gone, one at a time, made",
        value=float(np.quantile(milliseconds, 0.95)),
        unit="CPU ms for a repair, p95",
        reference="everything solved again, CPU ms, p95",
        reference_value=float(np.quantile(again_ms, 0.95)),
        details={
            "median_ms": round(float(np.median(milliseconds)), 2),
            "displaced_lines": round(float(np.mean(displaced)), 1),
            "cost_above_solving_all_again": round(float(np.mean(dearer)), 6),
            "worst_cost_above": round(float(np.max(dearer)), 6),
            "alike_in_unmet": len(dearer),
        },
    )


def _solved(columns: Columns) -> tuple[Arcs, Flow]:
    arcs = arcs_of(columns)
    return arcs, flow(columns, arcs, arcs.cost, weights_of(columns, arcs, int(arcs.cost.max(initial=0)) + WIDEST))


def missing_without(
    columns: Columns, arcs: Arcs, found: Flow, kept: Integers, cooperative: int
) -> tuple[Integers, Integers]:
    """Return what lines miss, and what the other offers have left."""
    got = np.bincount(arcs.line, weights=kept, minlength=columns.lines).astype(np.int64)
    given = np.bincount(arcs.offer, weights=kept, minlength=columns.offers).astype(np.int64)
    left = np.where(columns.cooperative == cooperative, 0, columns.left_g - given)
    return columns.need_g - found.unmet_g - got, left


def part_of(columns: Columns, need_g: Integers, left_g: Integers) -> Columns:
    """Return the market of the lines that need something, and of the offers of their foods."""
    lines = np.flatnonzero(need_g > 0)
    offers = np.flatnonzero(np.isin(columns.offer_food, columns.food[lines]) & (left_g > 0))
    values: dict[str, Any] = {field.name: getattr(columns, field.name) for field in fields(columns)}
    values |= {"need_g": need_g, "left_g": left_g}
    values |= {name: values[name][lines] for name in _OF_LINES} | {name: values[name][offers] for name in _OF_OFFERS}
    foods, numbers = np.unique(values["food"], return_inverse=True)
    values |= {"food": numbers, "offer_food": np.searchsorted(foods, values["offer_food"]), "foods": len(foods)}
    return Columns(**values)
