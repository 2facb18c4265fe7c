"""Stops: a cooperative's way to a school on a day costs something whatever it brings, which no flow can see.

Without the limits of offers, whom to let come to a school's day is a facility location problem; without the stops,
offers are flows. Each is solved knowing the other's prices: what a gram of a scarce offer is worth goes to the schools'
days, which stops are made goes to the flows. What the schools' days prove at any such prices is a lower bound.
"""

from dataclasses import dataclass

import numpy as np

from services.procurement.sourcing import kernel, moves
from services.procurement.sourcing.columns import UNKNOWN, Columns, Flags, Floats, Integers
from services.procurement.sourcing.days import Days, load_of, rows_used
from services.procurement.sourcing.flows import Flow, Weights


@dataclass(frozen=True, slots=True)
class Choice:
    """Which stops to make at some prices, each line's arc then (UNKNOWN: none), and what that proves."""

    chosen: Flags
    taken: Integers
    bound: float


def choose(columns: Columns, days: Days, cost: Floats, weights: Weights) -> Choice:
    """Choose stops where a gram costs `cost` (1/1000 fen per kg, prices of scarce offers included) on each arc."""
    need = columns.need_g.astype(np.float64)
    price = cost * need[days.line]
    slack, worth = days.stop_costs.copy(), np.zeros(columns.lines)
    bound = kernel.raise_worths(days, price, weights.of_unmet * need, slack, worth)
    chosen, taken = slack <= days.stop_costs * 1e-6, np.full(columns.lines, UNKNOWN, np.int64)
    kernel.choose_stops(days, price, chosen, taken, np.zeros(days.pairs), np.zeros(days.pairs + 1, np.int64))
    return Choice(chosen, taken, bound)


def prices_of(
    columns: Columns, days: Days, heavy: Integers, weights: Weights, found: Flow
) -> tuple[Integers, Integers]:
    """Return what one more gram of each offer, and one more for each line, is worth in a flow optimal at `heavy`."""
    offer_price = np.where(left_of(columns, days, found.grams) > 0, 0, kernel.FAR)
    line_price = weights.of_unmet.copy()
    kernel.settle_prices(days, heavy, found.grams, offer_price, line_price)
    return np.where(offer_price >= kernel.FAR, 0, offer_price), line_price


def savings_of(
    columns: Columns, days: Days, heavy: Integers, weights: Weights, found: Flow
) -> tuple[Integers, Integers]:
    """Return what one more gram of each offer, and one less for each line, would save in a flow optimal at `heavy`."""
    worth, saved = np.zeros(columns.offers, np.int64), np.where(found.unmet_g > 0, weights.of_unmet, 0)
    kernel.settle_savings(days, heavy, found.grams, worth, saved)
    return worth, saved


def left_of(columns: Columns, days: Days, grams: Integers) -> Integers:
    """Return the grams left of each offer."""
    return columns.left_g - np.bincount(days.offer, weights=grams, minlength=columns.offers).astype(np.int64)


def improve(columns: Columns, days: Days, heavy: Integers, found: Flow, tries: int, heat: float, seed: int) -> Flow:
    """Return the flow after `tries` moves; `heat` is how much worse (in stops) one may be at first.

    Pieces below their offer's minimum lot go to others as far as these take them in full.
    """
    room = days.room - rows_used(days, found.grams)
    unmet = found.unmet_g.copy()
    now = moves.Now(
        grams=found.grams.copy(),
        left=left_of(columns, days, found.grams),
        load=load_of(days, found.grams),
        room=room,
        moves=np.zeros((int(np.diff(days.pair_first).max(initial=0)) + 1, 3), np.int64),
    )
    if days.limited:
        _relieve(days, now, heavy)
    moves.anneal(days, now, heavy, tries, heat * days.stop_cost, np.array([seed], np.uint64))
    moves.mend_lots(days, now, heavy, columns.lot_g[days.offer])
    if days.limited:
        _relieve(days, now, heavy)
        moves.shed_and_fill(days, now, heavy, unmet)
        moves.mend_lots(days, now, heavy, columns.lot_g[days.offer])
    return Flow(now.grams, unmet)


def _relieve(days: Days, now: moves.Now, heavy: Integers) -> None:
    of_row = np.concatenate([days.rows[0], days.rows[1]])
    order = np.argsort(of_row, kind="stable")
    firsts = np.searchsorted(of_row[order], np.arange(len(days.room) + 1))
    mean = float(max(1, np.median(heavy))) if len(heavy) else 1.0
    moves.relieve_rows(days, now, heavy, order % max(1, len(days.line)), firsts, mean)
