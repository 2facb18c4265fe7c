"""What is proved: no allocation weighs less, whatever it does.

Offers' limits are lifted and their grams priced instead (a Lagrangian). What is left falls apart into schools' days,
whose dual bounds add up. Subgradient steps move the prices to where that proves most; every step's bound is valid.
"""

from collections.abc import Callable

import numpy as np

from services.procurement.sourcing.columns import Columns, Floats, Integers
from services.procurement.sourcing.days import Days
from services.procurement.sourcing.flows import Flow, Weights
from services.procurement.sourcing.rooms import Rooms
from services.procurement.sourcing.stops import choose

STEPS = 80
PATIENCE = 6
FEN = 1_000_000


def bound_of(
    columns: Columns,
    days: Days,
    heavy: Integers,
    weights: Weights,
    found: Flow,
    worth: Floats,
    rooms: Rooms,
    objective_fen: float,
    report: Callable[[float], None],
) -> float:
    """Return what every allocation weighs at least, in fen, that leaves as little unmet and to higher tiers as `found`.

    `worth` is where the prices of offers start, `objective_fen` what the steps aim at.
    """
    need, left = columns.need_g.astype(np.float64), columns.left_g.astype(np.float64)
    ranked = float(weights.of_unmet.astype(np.float64) @ found.unmet_g) + float(
        weights.of_arc.astype(np.float64) @ found.grams
    )
    aim, best, stride, stalled = objective_fen * FEN, -np.inf, 1.0, 0
    price = best_price = worth
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
