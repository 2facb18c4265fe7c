"""Sourcing a few lines at once: exact flows, light enough for the event loop; and the greedy, held to the same rules.

Nothing here has to be compiled first. Flows do not see that lines of a school's day share a stop; a second flow, in
which a stop costs each gram its part of what the first one brought, comes near.
"""

from collections.abc import Callable

import numpy as np

from services.procurement.sourcing.allocation import in_terms_of
from services.procurement.sourcing.arcs import costs_at
from services.procurement.sourcing.columns import columns_of
from services.procurement.sourcing.days import WIDEST, extra_of, load_of
from services.procurement.sourcing.flows import Flow
from services.procurement.sourcing.greedy import allocate_greedily
from services.procurement.sourcing.problem import Allocation, Problem
from services.procurement.sourcing.weighing import Market, Plan, ranks_of


def allocate_few(problem: Problem, premium: float) -> Allocation:
    """Match a few lines with offers when a fen that reaches poor households is worth `premium` fen.

    Each food goes where it is cheapest, stops apart; the same problem always gets the same answer. Where flows fail
    the greedy answers.
    """
    market = Market(columns_of(problem))
    try:
        return _told(problem, market, market.kept(_lighter(market, premium)))
    except ArithmeticError:
        return allocate_plainly(problem, lambda _done: None)


def allocate_again(short: tuple[Problem, float], _report: Callable[[float], None]) -> Allocation:
    """Match what fell short in a county, (problem, premium), as :func:`allocate_few`; a worker does it for a run."""
    return allocate_few(*short)


def _lighter(market: Market, premium: float) -> Plan:
    columns, days, cost = market.columns, market.days, costs_at(market.arcs, premium)
    alone = extra_of(columns, days, np.zeros(days.pairs, np.bool_))
    found = market.flow(cost + alone)
    if columns.terms.suppliers_per_week is not None:
        market.close_others(found)
        found = market.flow(cost + alone)
    load = load_of(days, found.grams)
    shared = np.minimum(days.stop_costs / np.maximum(load, 1), WIDEST).astype(np.int64)
    again = market.flow(cost + np.minimum(alone, shared[days.pair]))
    return min((market.weigh(each, premium) for each in (found, again)), key=lambda plan: plan.objective)


def allocate_plainly(problem: Problem, report: Callable[[float], None]) -> Allocation:
    """Match lines with offers by the greedy, then keep what it does not know of: days, seasons, suppliers, packs."""
    greedy = allocate_greedily(problem, report)
    market = Market(columns_of(problem))
    count = market.columns.offers
    places = {key: arc for arc, key in enumerate((market.arcs.line * count + market.arcs.offer).tolist())}
    grams, unmet = np.zeros(len(market.arcs), np.int64), np.zeros(market.columns.lines, np.int64)
    for piece in greedy.pieces:
        grams[places[piece.line * count + piece.offer]] = piece.quantity_g
    for short in greedy.shortfalls:
        unmet[short.line] = short.unmet_g
    return _told(problem, market, market.kept(market.weigh(Flow(grams, unmet), 0.0), by_flows=False))


def _told(problem: Problem, market: Market, plan: Plan) -> Allocation:
    rank = ranks_of(market.arcs, costs_at(market.arcs, plan.premium) + market.weights.of_arc)
    return in_terms_of(problem, market.arcs, plan.flow, rank)
