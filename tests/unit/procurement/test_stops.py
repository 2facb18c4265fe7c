"""Stops: a cooperative's way to a school costs something, so schools are served by few of them."""

import math

from benchmarks.made_markets import made_market
from benchmarks.sourcing_county import above
from services.procurement.sourcing.problem import Terms
from services.procurement.sourcing.solving import LAST, TRIES_PER_LINE, Solver


def test_plans_lie_little_above_what_is_proved() -> None:
    """Three markets' plans weigh less than four percent more than the bound."""
    planned = proved = 0.0
    for seed in (1, 2, 3):
        columns = made_market(seed, schools=40, foods=12, cooperatives=15, offers_a_food=6, terms=Terms())
        market = Solver(columns)
        plan = market.plan(0.0, rounds=4, tries=TRIES_PER_LINE * LAST * columns.lines)
        planned, proved = planned + plan.cost, proved + market.bound(plan, lambda _done: None)
    assert planned < 1.04 * proved


def test_a_peer_that_did_not_end_in_time_says_nothing() -> None:
    """What a plan lies above a peer's answer is a share of that; without an answer there is none."""
    assert above(1.01, 1.0, 4) == 0.01
    assert above(1.01, math.nan, 4) is None
    assert above(math.nan, 1.0, 4) is None
