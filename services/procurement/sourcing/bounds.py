"""What is proved: no allocation weighs less, whatever it does.

Offers' limits are lifted and their grams priced instead (a Lagrangian). What is left falls apart into schools' days,
whose dual bounds add up. Subgradient steps move the prices to where that proves most; every step's bound is valid.

So are the weights that keep grams off higher tiers, however little they are: what an allocation brings by them, or
leaves unmet, less than the answer does counts for it. Those of flows are so large that a kilogram by which moves
differ from flows outweighs the whole market, and nothing would be proved.
"""

from collections.abc import Callable

import numpy as np

from services.procurement.sourcing.arcs import BELOW_LOT, Arcs
from services.procurement.sourcing.columns import Columns, Floats, Integers
from services.procurement.sourcing.days import Days
from services.procurement.sourcing.flows import Flow, Weights, flow
from services.procurement.sourcing.rooms import Rooms
from services.procurement.sourcing.stops import choose, prices_of, savings_of

STEPS = 50
PATIENCE = 6
STRIDE = 0.03
"""The first step goes so much of the way that would close the gap: prices of a flow are nearly right."""
FEN = 1_000_000


def bound_of(
    columns: Columns,
    arcs: Arcs,
    days: Days,
    cost: Integers,
    extra: Integers,
    found: Flow,
    rooms: Rooms,
    objective_fen: float,
    report: Callable[[float], None],
) -> float:
    """Return what every allocation weighs at least, in fen, that leaves as little unmet and to higher tiers as `found`.

    `extra` is what a gram costs more on arcs whose stop is not made: where the prices of offers start.
    `objective_fen` is what the steps aim at.
    """
    weights = _light(columns, arcs)
    heavy = cost + weights.of_arc
    need, left = columns.need_g.astype(np.float64), columns.left_g.astype(np.float64)
    ranked = float(weights.of_unmet.astype(np.float64) @ found.unmet_g) + float(
        weights.of_arc.astype(np.float64) @ found.grams
    )
    aim, best, stride, stalled = objective_fen * FEN, -np.inf, STRIDE, 0
    price = best_price = _start(columns, arcs, days, cost + extra, weights)
    direction: Floats = np.zeros(columns.offers)
    for step in range(STEPS):
        choice = choose(columns, days, heavy + rooms.on_arcs() + price[days.offer], weights)
        proved = choice.bound - float(price @ left) - rooms.worth() - ranked
        if proved > best:
            best, best_price, stalled = proved, price, 0
        else:
            stalled += 1
        if stalled > PATIENCE:
            price, stride, stalled, direction = best_price, stride / 2, 0, np.zeros(columns.offers)
        taken = choice.taken[choice.taken >= 0]
        used = np.bincount(days.offer[taken], weights=need[days.line[taken]], minlength=columns.offers)
        over = np.where((price <= 0) & (used < left), 0.0, used - left)
        direction = over if not step else 0.7 * direction + 0.3 * over
        length = float(direction @ direction)
        if not length or best >= aim:
            break
        price = np.maximum(0.0, price + stride * max(aim - proved, aim * 1e-4) / length * direction)
        report(0.75 + 0.25 * (step + 1) / STEPS)
    return best / FEN


def _light(columns: Columns, arcs: Arcs) -> Weights:
    """Return weights by which a tier costs as much as the dearest arc, and what nobody brings more than any tier."""
    dearest = int(np.abs(arcs.cost).max(initial=0)) + 1
    return Weights(arcs.tier * dearest, np.full(columns.lines, (BELOW_LOT + 1) * dearest, np.int64))


def _start(columns: Columns, arcs: Arcs, days: Days, cost: Integers, weights: Weights) -> Floats:
    """Return what offers are worth in the flow that is cheapest at these weights: the middle of what they may be."""
    found = flow(columns, arcs, cost, weights)
    most, _ = prices_of(columns, days, cost + weights.of_arc, weights, found)
    least, _ = savings_of(columns, days, cost + weights.of_arc, weights, found)
    middle: Floats = (most + least) / 2
    return middle
