"""The inner loops about prices, compiled: what a gram is worth, and whom a school's day should be served by.

Costs of arcs are 1/1000 fen per kg, so a gram at one is a millionth of a fen; costs of stops and of whole lines are in
that millionth. Nothing here allocates. All that is compiled together stands in one file, since the machine code kept
beside it is thrown away when this file changes, and no other.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

from services.procurement.sourcing.columns import Flags, Floats, Integers
from services.procurement.sourcing.days import Days

F = TypeVar("F", bound=Callable[..., Any])
FAR = 2**62
"""More than any price."""
ALONE = 1e30
"""What shutting a stop costs on which a line depends."""
_HOW: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
"""Without numba's counting of references, which nothing here needs, it compiles and runs faster."""
_CACHED = os.access(Path(__file__).parent, os.W_OK)


def _inner(function: F) -> F:
    """Compile a function that only compiled ones call."""
    wrap: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast(F, numba.njit(**_HOW, **wrap)(function))


def _outer(function: F) -> F:
    """Compile a function that Python calls; its machine code is kept where the folder of this file can be written."""
    return cast(F, numba.njit(**_HOW, cache=_CACHED)(function))


@_outer
def settle_prices(days: Days, cost: Integers, grams: Integers, offer_price: Integers, line_price: Integers) -> int:
    """Make prices fit a flow that is optimal at `cost`: shortest ways to whatever has grams left; returns the rounds.

    `offer_price` comes in as 0 where an offer has grams left and FAR where it has none, `line_price` as what a gram
    weighs that nobody brings. Both go out as what one gram more would cost.
    """
    rounds, moved = 0, True
    while moved and rounds <= len(offer_price) + len(line_price):
        moved = False
        rounds += 1
        for arc in range(len(cost)):
            through = cost[arc] + offer_price[days.offer[arc]]
            if offer_price[days.offer[arc]] < FAR and through < line_price[days.line[arc]]:
                line_price[days.line[arc]] = through
                moved = True
        for arc in range(len(cost)):
            back = line_price[days.line[arc]] - cost[arc]
            if grams[arc] > 0 and back < offer_price[days.offer[arc]]:
                offer_price[days.offer[arc]] = back
                moved = True
    for place in range(len(offer_price)):
        offer_price[place] = max(0, offer_price[place])
    return rounds


@_outer
def settle_savings(days: Days, cost: Integers, grams: Integers, offer_worth: Integers, line_saved: Integers) -> int:
    """Make the lower prices fit a flow that is optimal at `cost`: what a gram less saves; returns the rounds.

    `offer_worth` comes in as 0, `line_saved` as what a gram weighs of a line that is short and 0 else. They go out as
    what one gram more of an offer would save, and one gram less for a line.
    """
    rounds, moved = 0, True
    while moved and rounds <= len(offer_worth) + len(line_saved):
        moved = False
        rounds += 1
        for arc in range(len(cost)):
            saved = cost[arc] + offer_worth[days.offer[arc]]
            if grams[arc] > 0 and saved > line_saved[days.line[arc]]:
                line_saved[days.line[arc]] = saved
                moved = True
        for arc in range(len(cost)):
            worth = line_saved[days.line[arc]] - cost[arc]
            if worth > offer_worth[days.offer[arc]]:
                offer_worth[days.offer[arc]] = worth
                moved = True
    return rounds


@_inner
def _raise(days: Days, line: int, price: Floats, most: float, slack: Floats, worth: Floats) -> bool:
    """Raise what a line is worth to the next cost of an arc, or until a stop has nothing left; whether that is more."""
    before, after = worth[line], most
    for arc in range(days.start[line], days.stop[line]):
        after = min(after, max(price[arc], before) + slack[days.pair[arc]])
        if price[arc] > before:
            after = min(after, price[arc])
    if after <= before:
        return False
    for arc in range(days.start[line], days.stop[line]):
        if price[arc] < after:
            left = slack[days.pair[arc]] - (after - max(price[arc], before))
            slack[days.pair[arc]] = max(0.0, left)
    worth[line] = after
    return True


@_outer
def raise_worths(days: Days, price: Floats, nobody: Floats, slack: Floats, worth: Floats) -> float:
    """Raise what lines are worth until no stop earns more than it costs (Erlenkotter's dual ascent); returns their sum.

    `price` is what a whole line costs on an arc, `nobody` what it costs unserved. `slack` comes in as the cost of each
    pair's stop and goes out as what is left of it. The sum is a lower bound on what serving all lines costs.
    """
    total = 0.0
    for line in range(len(worth)):
        worth[line] = nobody[line]
        for arc in range(days.start[line], days.stop[line]):
            worth[line] = min(worth[line], price[arc])
    for group in range(len(days.group_first) - 1):
        first, last = days.group_first[group], days.group_first[group + 1]
        moved = True
        while moved:
            moved = False
            for place in range(first, last):
                line = days.group_line[place]
                moved = _raise(days, line, price, nobody[line], slack, worth) or moved
        for place in range(first, last):
            total += worth[days.group_line[place]]
    return total


@_inner
def _gains(days: Days, line: int, price: Floats, chosen: Flags, gain: Floats, seen: Integers) -> int:
    """Add to `gain` what opening or shutting stops changes for a line; returns its best arc, -1 for none.

    `seen` keeps two offers of one cooperative from counting twice.
    """
    best, second = -1, -1
    for arc in range(days.start[line], days.stop[line]):
        if not chosen[days.pair[arc]]:
            continue
        if best < 0 or price[arc] < price[best]:
            second = best if best >= 0 and days.pair[best] != days.pair[arc] else second
            best = arc
        elif days.pair[arc] != days.pair[best] and (second < 0 or price[arc] < price[second]):
            second = arc
    if best < 0:
        return best
    gain[days.pair[best]] -= price[second] - price[best] if second >= 0 else ALONE
    seen[0] += 1
    for arc in range(days.start[line], days.stop[line]):
        here = days.pair[arc]
        if not chosen[here] and price[arc] < price[best] and seen[here + 1] != seen[0]:
            gain[here] += price[best] - price[arc]
            seen[here + 1] = seen[0]
    return best


@_inner
def _serve(days: Days, line: int, price: Floats, chosen: Flags) -> None:
    """Choose the stop of a line's cheapest arc unless one of its stops is chosen."""
    best = -1
    for arc in range(days.start[line], days.stop[line]):
        if chosen[days.pair[arc]]:
            return
        if best < 0 or price[arc] < price[best]:
            best = arc
    if best >= 0:
        chosen[days.pair[best]] = True


@_outer
def choose_stops(days: Days, price: Floats, chosen: Flags, taken: Integers, gain: Floats, seen: Integers) -> None:
    """Open and shut stops as long as that saves, from those `chosen`.

    `taken` goes out as each line's arc, -1 for one that has none. What offers have is not looked at: it is in `price`.
    `gain` (a place for each pair) and `seen` (one more) are room to work in.
    """
    for group in range(len(days.group_first) - 1):
        first, last = days.group_first[group], days.group_first[group + 1]
        low, high = days.pair_group_first[group], days.pair_group_first[group + 1]
        for place in range(first, last):
            _serve(days, days.group_line[place], price, chosen)
        for _ in range(4 * (high - low) + 4):
            for pair in range(low, high):
                gain[pair] = days.stop_costs[pair] if chosen[pair] else -days.stop_costs[pair]
            for place in range(first, last):
                line = days.group_line[place]
                taken[line] = _gains(days, line, price, chosen, gain, seen)
            change, saved = -1, 1.0
            for pair in range(low, high):
                if gain[pair] > saved:
                    change, saved = pair, gain[pair]
            if change < 0:
                break
            chosen[change] = not chosen[change]
