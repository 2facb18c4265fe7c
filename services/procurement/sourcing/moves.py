"""Moves, compiled: pieces between offers, between schools, whole stops to others; what saves stands.

Nothing here allocates or calls Python. Random numbers are our own (splitmix64): the same seed gives the same answer on
every machine. A piece is the grams on one arc and moves whole, so grams stay whole and lines as full as they were.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np

from services.procurement.sourcing.columns import Integers
from services.procurement.sourcing.days import Days

F = TypeVar("F", bound=Callable[..., Any])
_HOW: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
_CACHED = os.access(Path(__file__).parent, os.W_OK)
_DAY, _SEASON, _PRICE = range(3)
_THOUSAND = 1000
RELIEF = 10**6
"""What it is worth to take a gram from a cooperative that earns more than it may: ¥10 a kg, so that nearly all goes."""
CEILING = 1e9
"""Times the mean cost of a gram: what a move out of a full row may cost at most; tiers weigh less."""


class Now(NamedTuple):
    """What moves change: grams by arc, what is left by offer, grams by stop, room by row; and room to work in."""

    grams: Integers
    left: Integers
    load: Integers
    room: Integers
    moves: Integers


def _inner(function: F) -> F:
    """Compile a function that only compiled ones call."""
    wrap: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast(F, numba.njit(**_HOW, **wrap)(function))


def _outer(function: F) -> F:
    """Compile a function that Python calls; its machine code is kept where the folder of this file can be written."""
    return cast(F, numba.njit(**_HOW, cache=_CACHED)(function))


@_inner
def _below(random: Any, count: int) -> Any:
    """Return a random whole number in [0, count)."""
    random[0] += np.uint64(0x9E3779B97F4A7C15)
    word = random[0]
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    word = word ^ (word >> np.uint64(31))
    return np.int64(((word >> np.uint64(32)) * np.uint64(count)) >> np.uint64(32))


@_inner
def _roomy(days: Days, now: Now, arc: int, other: int, amount: int) -> bool:
    """Whether the cooperative of `other` has room for `amount` grams of `arc`, and the school the money."""
    day, season = days.rows[_DAY, other], days.rows[_SEASON, other]
    if day != days.rows[_DAY, arc] and now.room[day] < amount:
        return False
    dearer = amount * (days.rows[_PRICE, other] - days.rows[_PRICE, arc])
    if dearer > 0 and now.room[days.budget[days.line[arc]]] < dearer:
        return False
    back = amount * days.rows[_PRICE, arc] if season == days.rows[_SEASON, arc] else 0
    more = amount * days.rows[_PRICE, other]
    return bool(more <= back or now.room[season] + back >= more)


@_inner
def _fits(days: Days, now: Now, lot: Integers, arc: int, other: int, amount: int) -> bool:
    """Whether `amount` grams of `arc` could be on `other`: grams left, a full lot, room."""
    if now.left[days.offer[other]] < amount or now.grams[other] + amount < lot[other]:
        return False
    return bool(_roomy(days, now, arc, other, amount))


@_inner
def _move(days: Days, now: Now, arc: int, other: int, amount: int) -> None:
    """Put `amount` grams of `arc` on `other`."""
    now.grams[arc] -= amount
    now.grams[other] += amount
    now.left[days.offer[arc]] += amount
    now.left[days.offer[other]] -= amount
    now.load[days.pair[arc]] -= amount
    now.load[days.pair[other]] += amount
    now.room[days.rows[_DAY, arc]] += amount
    now.room[days.rows[_DAY, other]] -= amount
    now.room[days.rows[_SEASON, arc]] += amount * days.rows[_PRICE, arc]
    now.room[days.rows[_SEASON, other]] -= amount * days.rows[_PRICE, other]
    now.room[days.budget[days.line[arc]]] += amount * (days.rows[_PRICE, arc] - days.rows[_PRICE, other])


@_inner
def _elsewhere(days: Days, now: Now, cost: Integers, arc: int, instead: int) -> int:
    """Return the cheapest arc for a piece among stops that are made anyway and `instead`, -1 for none."""
    best, amount, line = -1, now.grams[arc], days.line[arc]
    for other in range(days.start[line], days.stop[line]):
        there = days.pair[other]
        if there == days.pair[arc] or (now.load[there] == 0 and there != instead):
            continue
        if (best < 0 or cost[other] < cost[best]) and _fits(days, now, days.lot, arc, other, amount):
            best = other
    return best


@_inner
def _shut(days: Days, now: Now, cost: Integers, pair: int, instead: int, worse: float) -> bool:
    """Give what a stop brings to stops made anyway, or to `instead`; undone if that costs `worse` or more."""
    change, count, done = -days.stop_costs[pair], 0, True
    if instead >= 0:
        change += days.stop_costs[instead]
    for place in range(days.pair_first[pair], days.pair_first[pair + 1]):
        arc = days.pair_arc[place]
        amount = now.grams[arc]
        if amount == 0:
            continue
        best = _elsewhere(days, now, cost, arc, instead)
        if best < 0:
            done = False
            break
        change += float(cost[best] - cost[arc]) * amount
        now.moves[count, 0], now.moves[count, 1], now.moves[count, 2] = arc, best, amount
        count += 1
        _move(days, now, arc, best, amount)
        if change > days.stop_cost + worse:
            done = False
            break
    if done and change < worse:
        return True
    for undone in range(count - 1, -1, -1):
        _move(days, now, now.moves[undone, 1], now.moves[undone, 0], now.moves[undone, 2])
    return False


@_inner
def _costs(days: Days, now: Now, cost: Integers, arc: int, other: int, amount: int) -> float:
    """Return what moving grams costs more, with the stops it makes or saves."""
    change = float(cost[other] - cost[arc]) * amount
    if days.pair[other] != days.pair[arc]:
        change += days.stop_costs[days.pair[other]] if now.load[days.pair[other]] == 0 else 0.0
        change -= days.stop_costs[days.pair[arc]] if now.load[days.pair[arc]] == amount else 0.0
    return change


@_inner
def _change(days: Days, now: Now, cost: Integers, arc: int, other: int, amount: int) -> float:
    """Return what moving grams costs more, less what it is worth to take them from who earns more than it may."""
    change: float = _costs(days, now, cost, arc, other, amount)
    if days.rows[_SEASON, other] != days.rows[_SEASON, arc] and now.room[days.rows[_SEASON, arc]] < 0:
        change -= RELIEF * float(amount)
    return change


@_inner
def _exchange(days: Days, now: Now, cost: Integers, arc: int, other: int, theirs: int, worse: float) -> bool:
    """Let a line have what `theirs` has of the offer of `other`, and the other line what `arc` has of its own."""
    mine, yours, line = now.grams[arc], now.grams[theirs], days.line[theirs]
    back = -1
    for candidate in range(days.start[line], days.stop[line]):
        if days.offer[candidate] == days.offer[arc]:
            back = candidate
    if back < 0 or yours == 0 or line == days.line[arc] or days.lot[back] > yours or days.lot[other] > mine:
        return False
    change = _change(days, now, cost, theirs, back, yours)
    _move(days, now, theirs, back, yours)
    change += _change(days, now, cost, arc, other, mine)
    if change < worse and _fits(days, now, days.lot, arc, other, mine):
        _move(days, now, arc, other, mine)
        roomy = now.room[days.rows[_DAY, back]] >= 0 and now.room[days.rows[_SEASON, back]] >= 0
        if roomy and now.room[days.budget[line]] >= 0 and now.left[days.offer[back]] >= 0:
            return True
        _move(days, now, other, arc, mine)
    _move(days, now, back, theirs, yours)
    return False


@_outer
def anneal(days: Days, now: Now, cost: Integers, tries: int, heat: float, random: Any) -> None:
    """Move pieces, exchange them between schools, shut stops: what costs less than a falling threshold stands."""
    for number in range(tries):
        worse = heat * (1 - number / tries) * _below(random, _THOUSAND) / _THOUSAND - 1.0
        line = _below(random, len(days.start))
        start, count = days.start[line], days.stop[line] - days.start[line]
        if count == 0:
            continue
        if number % 4 == 0:
            low = days.pair_group_first[days.group[line]]
            pairs = days.pair_group_first[days.group[line] + 1] - low
            pair, to = low + _below(random, pairs), low + _below(random, pairs)
            while now.load[pair] == 0 and pair + 1 < low + pairs:
                pair += 1
            if now.load[pair] > 0 and to != pair:
                _shut(days, now, cost, pair, to if now.load[to] == 0 else -1, worse)
            continue
        arc, other = start + _below(random, count), start + _below(random, count)
        while now.grams[arc] == 0 and arc + 1 < start + count:
            arc += 1
        amount = now.grams[arc]
        if amount == 0 or arc == other:
            continue
        change = _change(days, now, cost, arc, other, amount)
        if change >= worse + days.stop_cost:
            continue
        if _fits(days, now, days.lot, arc, other, amount):
            if change < worse:
                _move(days, now, arc, other, amount)
        else:
            first = days.offer_first[days.offer[other]]
            many = days.offer_first[days.offer[other] + 1] - first
            _exchange(days, now, cost, arc, other, days.offer_arc[first + _below(random, many)], worse)


@_inner
def _part(days: Days, now: Now, wanted: int, arc: int, other: int) -> int:
    """Return how much of what relieves a full row may go from `arc` to `other`; what stays is a full lot."""
    amount = min(wanted, now.grams[arc] - days.lot[arc], now.left[days.offer[other]])
    if days.rows[_DAY, other] != days.rows[_DAY, arc]:
        amount = min(amount, now.room[days.rows[_DAY, other]])
    amount = min(amount, now.room[days.rows[_SEASON, other]] // days.rows[_PRICE, other])
    dearer = days.rows[_PRICE, other] - days.rows[_PRICE, arc]
    if dearer > 0:
        amount = min(amount, now.room[days.budget[days.line[arc]]] // dearer)
    return int(amount) if amount > 0 and now.grams[other] + amount >= days.lot[other] else 0


@_inner
def _relieve(days: Days, now: Now, cost: Integers, row: int, arc: int, allowed: float) -> None:
    """Move a piece, or what relieves the full row, to where that costs least, at most `allowed` for a gram relieved."""
    best, most, least = -1, 0, allowed
    price = days.rows[_PRICE, arc] if row == days.rows[_SEASON, arc] else 1
    wanted, whole = (-now.room[row] + price - 1) // price, now.grams[arc]
    for other in range(days.start[days.line[arc]], days.stop[days.line[arc]]):
        if days.rows[_SEASON, other] == days.rows[_SEASON, arc]:
            continue
        part = _part(days, now, wanted, arc, other) if wanted < whole else 0
        for amount in (part, whole if _fits(days, now, days.lot, arc, other, whole) else 0):
            if amount > 0:
                rate = _costs(days, now, cost, arc, other, amount) / min(amount, wanted)
                if rate <= least:
                    best, most, least = other, amount, rate
    if best >= 0:
        _move(days, now, arc, best, most)


@_outer
def relieve_rows(days: Days, now: Now, cost: Integers, by_row: Integers, row_first: Integers, mean: float) -> None:
    """Take grams off rows that hold more than they can, as far as others fit; those that cost little first.

    Arcs of a row stand in `by_row` from `row_first` to the next. `mean` is what a gram costs: what a move may cost
    begins at a thousandth of it and doubles, so that no list has to be sorted after each move.
    """
    for row in range(len(row_first) - 1):
        allowed = 0.0
        while now.room[row] < 0 and allowed < CEILING * mean:
            for place in range(row_first[row], row_first[row + 1]):
                if now.grams[by_row[place]] > 0 and now.room[row] < 0:
                    _relieve(days, now, cost, row, by_row[place], allowed)
            allowed = max(2 * allowed, mean / _THOUSAND)


@_inner
def _add(days: Days, now: Now, arc: int, amount: int) -> None:
    """Put `amount` grams more on an arc (negative: off it)."""
    now.grams[arc] += amount
    now.left[days.offer[arc]] -= amount
    now.load[days.pair[arc]] += amount
    now.room[days.rows[_DAY, arc]] -= amount
    now.room[days.rows[_SEASON, arc]] -= amount * days.rows[_PRICE, arc]
    now.room[days.budget[days.line[arc]]] -= amount * days.rows[_PRICE, arc]


@_outer
def shed_and_fill(days: Days, now: Now, cost: Integers, unmet: Integers) -> None:
    """Leave unmet what days and seasons cannot hold, then let lines that are short have what others can still bring.

    What schools cannot pay is left to whoever takes the dearest off first.
    """
    for arc in range(len(now.grams)):
        price = days.rows[_PRICE, arc]
        too_much = max(-now.room[days.rows[_DAY, arc]], (price - 1 - now.room[days.rows[_SEASON, arc]]) // price)
        over = min(too_much, now.grams[arc])
        if over > 0:
            _add(days, now, arc, -over)
            unmet[days.line[arc]] += over
    for line in range(len(unmet)):
        while unmet[line] > 0:
            best, most = -1, 0
            for arc in range(days.start[line], days.stop[line]):
                can = min(now.left[days.offer[arc]], now.room[days.rows[_DAY, arc]])
                can = min(can, now.room[days.rows[_SEASON, arc]] // days.rows[_PRICE, arc])
                can = min(can, now.room[days.budget[line]] // days.rows[_PRICE, arc])
                if can > 0 and (best < 0 or cost[arc] < cost[best]):
                    best, most = arc, can
            if best < 0:
                break
            amount = min(most, unmet[line])
            _add(days, now, best, amount)
            unmet[line] -= amount


@_outer
def mend_lots(days: Days, now: Now, cost: Integers, lot: Integers) -> None:
    """Give pieces below their offer's minimum `lot` to others that take them in full."""
    for arc in range(len(now.grams)):
        amount = now.grams[arc]
        if amount == 0 or amount >= lot[arc]:
            continue
        best = -1
        for other in range(days.start[days.line[arc]], days.stop[days.line[arc]]):
            cheaper = other != arc and (best < 0 or cost[other] < cost[best])
            if cheaper and _fits(days, now, lot, arc, other, amount):
                best = other
        if best >= 0:
            _move(days, now, arc, best, amount)
