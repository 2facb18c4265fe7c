"""Exact min-cost flows: what an offer has couples lines of one food only, so each food is a flow of its own.

Order of importance is made of integers: a gram on an arc of a higher tier weighs more than any detour on lower ones
could save, and a gram that nobody brings more than all of that. A detour passes an offer at most once, which bounds it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from services.procurement.sourcing.arcs import Arcs
from services.procurement.sourcing.columns import Columns, Integers

_MOST = 2**61
"""What the solver's integers hold, costs times nodes."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Grams on each arc, and what nobody brings of each line."""

    grams: Integers
    unmet_g: Integers


@dataclass(frozen=True, slots=True)
class Weights:
    """What a gram on each arc weighs by its tier, and a gram of each line that nobody brings, above all costs."""

    of_arc: Integers
    of_unmet: Integers


def weights_of(columns: Columns, arcs: Arcs, span: int) -> Weights:
    """Return weights that put tiers, then unmet demand, above costs that differ by `span` at most on any two arcs."""
    of_arc, of_unmet = np.zeros(len(arcs), np.int64), np.full(columns.lines, span, np.int64)
    for food in range(len(arcs.first) - 1):
        mine = slice(arcs.first[food], arcs.first[food + 1])
        if mine.stop > mine.start:
            lines, offers = np.unique(arcs.line[mine]), np.unique(arcs.offer[mine])
            detour = min(len(lines), len(offers)) + 1
            tiers = [int(tier) for tier in np.unique(arcs.tier[mine]) if tier]
            # Where exact weights do not fit the solver's integers, the greatest that do come as near as can be.
            step = min(detour, int((_MOST / (len(lines) + len(offers) + 2) / span) ** (1 / (len(tiers) + 1))))
            weight = span * step
            for tier in tiers:
                of_arc[mine][arcs.tier[mine] == tier] = weight
                weight = (weight + span) * step
            of_unmet[lines] = weight
    return Weights(of_arc, of_unmet)


def flow(
    columns: Columns,
    arcs: Arcs,
    cost: Integers,
    weights: Weights,
    report: Callable[[float], None] = lambda _done: None,
) -> Flow:
    """Return the cheapest flow of every food; `cost` in 1/1000 fen per kg, by arc."""
    grams, unmet = np.zeros(len(arcs), np.int64), columns.need_g.copy()
    foods = len(arcs.first) - 1
    heavy = cost + weights.of_arc
    for food in range(foods):
        mine = slice(arcs.first[food], arcs.first[food + 1])
        if mine.stop > mine.start:
            grams[mine] = _of_food(columns, arcs, mine, heavy[mine], weights.of_unmet)
        report((food + 1) / foods)
    np.subtract.at(unmet, arcs.line, grams)
    return Flow(grams, unmet)


def _of_food(columns: Columns, arcs: Arcs, mine: slice, cost: Integers, of_unmet: Integers) -> Integers:
    lines, tails = np.unique(arcs.line[mine], return_inverse=True)
    offers, heads = np.unique(arcs.offer[mine], return_inverse=True)
    need, left = columns.need_g[lines], columns.left_g[offers]
    first_offer, sink = len(lines), len(lines) + len(offers)
    solver = min_cost_flow.SimpleMinCostFlow()
    places = solver.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([tails, np.arange(len(lines)), np.arange(first_offer, sink)]),
        np.concatenate([heads + first_offer, np.full(len(lines) + len(offers), sink)]),
        np.concatenate([np.minimum(need[tails], left[heads]), need, left]),
        np.concatenate([cost, of_unmet[lines], np.zeros(len(offers), np.int64)]),
    )
    solver.set_nodes_supplies(np.arange(len(lines)), need)
    solver.set_node_supply(sink, -int(need.sum()))
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise ArithmeticError(f"no flow: {status}")
    grams: Integers = solver.flows(places[: len(tails)])
    return grams
