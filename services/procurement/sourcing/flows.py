"""Exact min-cost flows: what an offer has couples lines of one food only, so each food is a flow of its own.

Order of importance is made of integers: a gram on an arc of a higher tier weighs more than any detour on lower ones
could save, and a gram that nobody brings more than all of that. A detour passes an offer at most once, which bounds it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from services.procurement.sourcing.arcs import Arcs
from services.procurement.sourcing.columns import Columns, Flags, Integers

AT_ONCE = 5000
"""Up to so many arcs all foods are one network: to make one takes longer than to solve it."""
LIGHT = 3
"""So many times the heaviest arc weighs more than most detours."""
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
    served = np.bincount(arcs.line, minlength=columns.lines) > 0
    used = np.bincount(arcs.offer, minlength=columns.offers) > 0
    foods = len(arcs.first) - 1
    lines = np.bincount(columns.food[served], minlength=foods).tolist()
    offers = np.bincount(columns.offer_food[used], minlength=foods).tolist()
    plain, of_food = not arcs.tier.any(), np.full(foods, span, np.int64)
    for food, (first, last) in enumerate(pairwise(arcs.first.tolist())):
        if last > first:
            mine = slice(first, last)
            tiers = [] if plain else [int(tier) for tier in np.unique(arcs.tier[mine]) if tier]
            # Where exact weights do not fit the solver's integers, the greatest that do come as near as can be.
            most = int((_MOST / (lines[food] + offers[food] + 2) / span) ** (1 / (len(tiers) + 1)))
            step = min(min(lines[food], offers[food]) + 1, most)
            weight = span * step
            for tier in tiers:
                of_arc[mine][arcs.tier[mine] == tier] = weight
                weight = (weight + span) * step
            of_food[food] = weight
    of_unmet[served] = of_food[columns.food[served]]
    return Weights(of_arc, of_unmet)


def flow(
    columns: Columns,
    arcs: Arcs,
    cost: Integers,
    weights: Weights,
    report: Callable[[float], None] = lambda _done: None,
    closed: Flags | None = None,
) -> Flow:
    """Return the cheapest flow of every food; `cost` in 1/1000 fen per kg, by arc. Nothing goes over `closed` arcs."""
    grams, unmet = np.zeros(len(arcs), np.int64), columns.need_g.copy()
    heavy = cost + weights.of_arc
    most = np.minimum(columns.need_g[arcs.line], columns.left_g[arcs.offer])
    if closed is not None:
        most[closed] = 0
    firsts = arcs.first.tolist() if len(arcs) > AT_ONCE else [0, len(arcs)]
    for number, (first, last) in enumerate(pairwise(firsts), start=1):
        mine = slice(first, last)
        if last > first:
            grams[mine] = _between(columns, arcs, mine, heavy[mine], weights.of_unmet, most[mine])
        report(number / (len(firsts) - 1))
    np.subtract.at(unmet, arcs.line, grams)
    return Flow(grams, unmet)


def _between(columns: Columns, arcs: Arcs, mine: slice, cost: Integers, of_unmet: Integers, most: Integers) -> Integers:
    lines, tails = np.unique(arcs.line[mine], return_inverse=True)
    offers, heads = np.unique(arcs.offer[mine], return_inverse=True)
    need, left = columns.need_g[lines], columns.left_g[offers]
    first_offer, sink = len(lines), len(lines) + len(offers)
    ways = _Ways(
        np.concatenate([tails, np.arange(len(lines)), np.arange(first_offer, sink)]),
        np.concatenate([heads + first_offer, np.full(len(lines) + len(offers), sink)]),
        np.concatenate([most, need, left]),
        np.concatenate([cost, of_unmet[lines], np.zeros(len(offers), np.int64)]),
    )
    light = LIGHT * (int(np.abs(cost).max()) + 1)
    if len(tails) > AT_ONCE and light < of_unmet[lines].min() and need.sum() <= left.sum():
        # Where nobody goes short although that weighs little, nothing is cheaper when it weighs more; and the solver
        # is a third sooner done with smaller weights.
        weighs_little = np.concatenate([cost, np.full(len(lines), light), np.zeros(len(offers), np.int64)])
        found = replace(ways, cost=weighs_little).cheapest(need, sink)
        if not found[len(tails) : len(tails) + len(lines)].any():
            return found[: len(tails)]
    return ways.cheapest(need, sink)[: len(tails)]


def flow_within(
    columns: Columns, arcs: Arcs, mine: slice, cost: Integers, of_unmet: Integers, most: "Most"
) -> Integers:
    """Return the cheapest flow over the arcs `mine` of one food within what arcs, offers and their days may give."""
    lines, tails = np.unique(arcs.line[mine], return_inverse=True)
    offers, heads = np.unique(arcs.offer[mine], return_inverse=True)
    days, day = np.unique(columns.day[arcs.line[mine]], return_inverse=True)
    deliveries, delivery = np.unique(heads * len(days) + day, return_inverse=True)
    on_day = np.zeros(len(deliveries), np.int64)
    on_day[delivery] = most.on_day
    need, middle = columns.need_g[lines], len(lines)
    first_offer = middle + len(deliveries)
    sink = first_offer + len(offers)
    free = np.zeros(len(deliveries) + len(offers), np.int64)
    ways = _Ways(
        np.concatenate([tails, np.arange(middle), np.arange(middle, first_offer), np.arange(first_offer, sink)]),
        np.concatenate(
            [
                delivery + middle,
                np.full(middle, sink),
                deliveries // len(days) + first_offer,
                np.full(len(offers), sink),
            ]
        ),
        np.concatenate([most.of_arc, need, on_day, most.of_offer[offers]]),
        np.concatenate([cost, of_unmet[lines], free]),
    )
    return ways.cheapest(need, sink)[: len(tails)]


@dataclass(frozen=True, slots=True)
class Most:
    """What may go over each arc of a food, over all arcs of its offer and day (by arc), and what an offer may give."""

    of_arc: Integers
    on_day: Integers
    of_offer: Integers


@dataclass(frozen=True, slots=True)
class _Ways:
    """A network: from where to where, how many grams, what one weighs."""

    tail: Integers
    head: Integers
    most: Integers
    cost: Integers

    def cheapest(self, need: Integers, sink: int) -> Integers:
        """Return the flow of least weight from the first nodes, which have `need`, to `sink`."""
        # Here, because it is large and slow to load, and most processes never look for a flow.
        from ortools.graph.python import min_cost_flow

        solver = min_cost_flow.SimpleMinCostFlow()
        cost = np.where(self.most > 0, self.cost, 0)
        places = solver.add_arcs_with_capacity_and_unit_cost(self.tail, self.head, self.most, cost)
        solver.set_nodes_supplies(np.arange(len(need)), need)
        solver.set_node_supply(sink, -int(need.sum()))
        status = solver.solve()
        if status != solver.OPTIMAL:
            raise ArithmeticError(f"no flow: {status}")
        grams: Integers = solver.flows(places)
        return grams
