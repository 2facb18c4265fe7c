"""Flows that try light weights first: large foods are answered as exactly as all others."""

import numpy as np
import pytest

from benchmarks.made_markets import made_market
from services.procurement.sourcing import flows
from services.procurement.sourcing.arcs import arcs_of
from services.procurement.sourcing.columns import Columns
from services.procurement.sourcing.days import WIDEST
from services.procurement.sourcing.flows import flow, weights_of
from services.procurement.sourcing.problem import Terms


def weight_of(columns: Columns) -> tuple[int, int]:
    """Return what the cheapest flow weighs, and what nobody brings."""
    arcs = arcs_of(columns)
    weights = weights_of(columns, arcs, int(arcs.cost.max()) + WIDEST)
    found = flow(columns, arcs, arcs.cost, weights)
    heavy = arcs.cost + weights.of_arc
    return int(heavy @ found.grams + weights.of_unmet @ found.unmet_g), int(found.unmet_g.sum())


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("supply", [100, 80, 60])
def test_large_foods_are_solved_as_exactly_as_small_ones(
    monkeypatch: pytest.MonkeyPatch, seed: int, supply: int
) -> None:
    """Whether somebody goes short or nobody does, a food tried with a light weight first weighs the same."""
    columns = made_market(seed, 30, 3, 12, 6, Terms(stop_cost_fen=0))
    columns.left_g[:] = columns.left_g * supply // 100
    if seed % 2:
        # Half of the lines reach half of the offers: there is enough in all, and not for them.
        columns.offer_until[::2] -= 1
        columns.day[::3] -= 1
        columns.offer_from[1::2] -= 1
    exact = weight_of(columns)
    monkeypatch.setattr(flows, "AT_ONCE", 0)
    assert weight_of(columns) == exact
    assert np.all(columns.left_g >= 0)
