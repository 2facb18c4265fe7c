"""Stops: a cooperative's way to a school costs something, so schools are served by few of them."""

from benchmarks.made_markets import made_market
from services.procurement.sourcing.bounds import bound_of
from services.procurement.sourcing.problem import Terms
from services.procurement.sourcing.solving import LAST, TRIES_PER_LINE, Solver


def test_plans_lie_little_above_what_is_proved() -> None:
    """Three markets' plans weigh less than four percent more than the bound."""
    planned = proved = 0.0
    for seed in (1, 2, 3):
        columns = made_market(seed, schools=40, foods=12, cooperatives=15, offers_a_food=6, terms=Terms())
        market = Solver(columns)
        plan = market.plan(0.0, rounds=4, tries=TRIES_PER_LINE * LAST * columns.lines)
        heavy = market.arcs.cost + market.weights.of_arc
        parts = (columns, market.days, heavy, market.weights, plan.flow, market.worth, market.rooms)
        planned, proved = planned + plan.cost, proved + bound_of(*parts, plan.objective, lambda _done: None)
    assert planned < 1.04 * proved
