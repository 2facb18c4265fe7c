"""The inner loop of annealing, compiled: change a dish, see at once what that does to every rule and target.

Nothing here allocates or calls Python. Random numbers are our own (splitmix64), and acceptance reads a table instead
of calling exp: the same seed gives the same menu on every machine. All that search compiles stands in this one file,
since the machine code kept beside it is thrown away when this file changes, and no other.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np

from services.nutrition.analysis.plates import Floats, Integers
from services.nutrition.planning.encoding import Tables
from services.nutrition.planning.state import Now

F = TypeVar("F", bound=Callable[..., Any])
COOL_EVERY = 64
_HOW: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
"""Without numba's counting of references, which nothing here needs, a move takes a quarter of the time."""
_CACHED = os.access(Path(__file__).parent, os.W_OK)
_DAY, _MATES, _MATES_END, _CHOICES, _CHOICES_END, _PARTNERS, _PARTNERS_END = range(7)
_GAP, _MAIN = range(2)
_OBJECTIVE, _BEST, _HEAT, _RIGOUR = range(4)
_LOW, _HIGH, _LOW_POINTS, _HIGH_POINTS = range(4)


def _inner(function: F) -> F:
    """Compile a function that only compiled ones call; without wrappers for Python that takes half the time."""
    wrap: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast(F, numba.njit(**_HOW, **wrap, forceinline=True)(function))


def _outer(function: F) -> F:
    """Compile a function that Python calls; its machine code is kept where the folder of this file can be written."""
    return cast(F, numba.njit(**_HOW, cache=_CACHED)(function))


@_inner
def _below(random: Any, count: int) -> Any:
    """Return a random whole number in [0, count); signed, since each type of number compiles all that uses it."""
    random[0] += np.uint64(0x9E3779B97F4A7C15)
    word = random[0]
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    word = word ^ (word >> np.uint64(31))
    return np.int64(((word >> np.uint64(32)) * np.uint64(count)) >> np.uint64(32))


@_inner
def _missed(bounds: Floats, state: int, value: float) -> float:
    """Return the points of a value."""
    points = 0.0
    if value < bounds[state, _LOW]:
        points = (bounds[state, _LOW] - value) * bounds[state, _LOW_POINTS]
    elif value > bounds[state, _HIGH]:
        points = (value - bounds[state, _HIGH]) * bounds[state, _HIGH_POINTS]
    return points


@_inner
def _conflicts(tables: Tables, now: Now, slot: int, dish: int) -> int:
    """Return with how many dishes of other slots `dish` may not go together in `slot`."""
    old, day, gap = now.dishes[slot], tables.slots[slot, _DAY], tables.rules[dish, _GAP]
    found = 0
    if dish == len(tables.rules) - 1:
        return found
    if gap == 0:
        for at in range(tables.slots[slot, _MATES], tables.slots[slot, _MATES_END]):
            mate = tables.lists[at]
            found += 1 if mate != slot and now.dishes[mate] == dish else 0
    for other in range(max(0, day - gap + 1), min(tables.days, day + gap)):
        found += now.served[dish, other]
    found -= 1 if gap > 0 and old == dish else 0
    main = tables.rules[dish, _MAIN]
    if main >= 0:
        for other in range(max(0, day - 1), min(tables.days, day + 2)):
            found += now.served[main, other]
        found -= 1 if tables.rules[old, _MAIN] == main else 0
    return found


@_inner
def _clashes(tables: Tables, now: Now, slot: int, new: int) -> int:
    """Return how many more dishes would clash with `new` in `slot`."""
    now_clashing = _conflicts(tables, now, slot, now.dishes[slot]) if now.clashes[0] > 0 else 0
    return _conflicts(tables, now, slot, new) - now_clashing


@_inner
def _sums(tables: Tables, now: Now, slot: int, new: int, first: int, last: int) -> float:
    """Return how many points more the values of some columns would cost: targets that are sums, or limits."""
    old, change = now.dishes[slot], 0.0
    for column in range(first, last):
        added = tables.amount[new, column] - tables.amount[old, column]
        if added != 0:
            state = tables.state[slot, column]
            change += _missed(tables.bounds, state, now.values[state] + added) - now.missed[state]
    return change


@_inner
def _share(part: int, whole: int) -> float:
    """Return part / whole; of nothing, nothing."""
    return part / whole if whole > 0 else 0.0


@_inner
def _ratios(tables: Tables, now: Now, slot: int, new: int) -> float:
    old, first, change = now.dishes[slot], tables.sums + tables.hard, 0.0
    for column in range(first, first + tables.ratios):
        other, state = column + tables.ratios, tables.state[slot, column]
        part = now.values[state] + tables.amount[new, column] - tables.amount[old, column]
        whole = now.values[tables.state[slot, other]] + tables.amount[new, other] - tables.amount[old, other]
        change += _missed(tables.bounds, state, _share(part, whole)) - now.missed[state]
    return change


@_inner
def _counts(tables: Tables, now: Now, slot: int, new: int) -> float:
    """Things are listed target by target for either dish: walk both lists, a target at a time."""
    old, first, change = now.dishes[slot], tables.amount.shape[1], 0.0
    lost, lost_end = tables.things.starts[old], tables.things.starts[old + 1]
    won, won_end = tables.things.starts[new], tables.things.starts[new + 1]
    for target in range(tables.things.base.shape[1]):
        base, added = tables.things.base[slot, target], 0
        while lost < lost_end and tables.things.target[tables.things.list[lost]] == target:
            thing = tables.things.list[lost]
            added -= 1 if now.counters[base + thing] == 1 and not tables.things.has[new, thing] else 0
            lost += 1
        while won < won_end and tables.things.target[tables.things.list[won]] == target:
            added += 1 if now.counters[base + tables.things.list[won]] == 0 else 0
            won += 1
        if added != 0:
            state = tables.state[slot, first + target]
            change += _missed(tables.bounds, state, now.values[state] + added) - now.missed[state]
    return change


@_inner
def _rise(tables: Tables, now: Now, slot: int, new: int, limit: float) -> float:
    """Return by how many points the objective would rise with `new` in `slot`; reckoned no further once above `limit`.

    Ratios and counts can win back no more than they miss now, so most bad changes are seen before.
    """
    rise: float = tables.points[slot, new] - tables.points[slot, now.dishes[slot]]
    rise += _sums(tables, now, slot, new, 0, tables.sums)
    most = 0.0
    for column in range(tables.sums + tables.hard, tables.sums + tables.hard + tables.ratios):
        most += now.missed[tables.state[slot, column]]
    for column in range(tables.amount.shape[1], tables.state.shape[1]):
        most += now.missed[tables.state[slot, column]]
    if rise - most > limit:
        return rise
    return rise + _ratios(tables, now, slot, new) + _counts(tables, now, slot, new)


@_inner
def _excess(tables: Tables, now: Now, slot: int, new: int) -> float:
    """Return by how many points limits would be more exceeded with `new` in `slot`."""
    excess: float = now.points[_RIGOUR] * _sums(tables, now, slot, new, tables.sums, tables.sums + tables.hard)
    return excess


@_inner
def _count(tables: Tables, now: Now, slot: int, dish: int, step: int) -> None:
    """Count a dish (`step` 1) or no longer (−1): that it is served, its main ingredient, the things it brings."""
    day, columns = tables.slots[slot, _DAY], tables.amount.shape[1]
    now.served[dish, day] += step
    if tables.rules[dish, _MAIN] >= 0:
        now.served[tables.rules[dish, _MAIN], day] += step
    for at in range(tables.things.starts[dish], tables.things.starts[dish + 1]):
        thing = tables.things.list[at]
        target = tables.things.target[thing]
        counter = tables.things.base[slot, target] + thing
        now.counters[counter] += step
        if now.counters[counter] == (1 if step > 0 else 0):
            now.values[tables.state[slot, columns + target]] += step


@_inner
def _put(tables: Tables, now: Now, slot: int, new: int) -> None:
    """Put `new` in `slot`."""
    old, columns, ratios = now.dishes[slot], tables.amount.shape[1], tables.sums + tables.hard
    _count(tables, now, slot, old, -1)
    _count(tables, now, slot, new, 1)
    for column in range(columns):
        now.values[tables.state[slot, column]] += tables.amount[new, column] - tables.amount[old, column]
    for column in range(tables.state.shape[1]):
        state = tables.state[slot, column]
        value = float(now.values[state])
        if ratios <= column < ratios + tables.ratios:
            value = _share(now.values[state], now.values[tables.state[slot, column + tables.ratios]])
        now.missed[state] = _missed(tables.bounds, state, value)
    now.dishes[slot] = new


@_inner
def _done(tables: Tables, now: Now, clashes: int, rise: float) -> None:
    """Note what a change did, and keep the menu if it is the best that keeps every rule."""
    now.clashes[0] += clashes
    now.points[_OBJECTIVE] += rise
    if now.points[_OBJECTIVE] < now.points[_BEST] - 1e-9 and now.clashes[0] == 0:
        for value in range(tables.hard_from, tables.hard_to):
            if now.missed[value] > 0.0:
                return
        now.points[_BEST] = now.points[_OBJECTIVE]
        for slot in range(len(now.dishes)):
            now.best[slot] = now.dishes[slot]


@_inner
def _replace(tables: Tables, now: Now, slot: int, new: int, limit: float) -> bool:
    """Put `new` in `slot` if that worsens the menu by no more than `limit`; return whether it was done."""
    if new == now.dishes[slot]:
        return False
    clashes = _clashes(tables, now, slot, new)
    allowance = limit - now.points[_RIGOUR] * clashes
    if allowance < 0.0 <= limit:
        return False
    allowance -= _excess(tables, now, slot, new)
    rise = _rise(tables, now, slot, new, allowance)
    if rise > allowance:
        return False
    _put(tables, now, slot, new)
    _done(tables, now, clashes, rise)
    return True


@_inner
def _swap(tables: Tables, now: Now, slot: int, other: int, limit: float) -> bool:
    """Swap the dishes of two slots if that worsens the menu by no more than `limit`; return whether it was done."""
    mine, theirs = now.dishes[slot], now.dishes[other]
    if mine == theirs or np.isinf(tables.points[slot, theirs] + tables.points[other, mine]):
        return False
    clashes, rise = _clashes(tables, now, slot, theirs), _rise(tables, now, slot, theirs, np.inf)
    excess = _excess(tables, now, slot, theirs)
    _put(tables, now, slot, theirs)
    now.clashes[0] += clashes
    more = _clashes(tables, now, other, mine)
    allowance = limit - now.points[_RIGOUR] * (clashes + more) - rise - excess - _excess(tables, now, other, mine)
    also = _rise(tables, now, other, mine, allowance)
    if also > allowance:
        now.clashes[0] -= clashes
        _put(tables, now, slot, mine)
        return False
    _put(tables, now, other, mine)
    _done(tables, now, more, rise + also)
    return True


@_outer
def lay(tables: Tables, now: Now, dishes: Integers, tries: int) -> None:
    """Lay a menu into an empty state: `dishes`, and where it says −1 the least clashing of some random choices."""
    for slot in range(len(now.dishes)):
        first, count = tables.slots[slot, _CHOICES], tables.slots[slot, _CHOICES_END] - tables.slots[slot, _CHOICES]
        best, least = dishes[slot], np.inf
        for _ in range(tries if best < 0 else 0):
            dish = tables.lists[first + _below(now.random, count)]
            points = now.points[_RIGOUR] * _clashes(tables, now, slot, dish) + _excess(tables, now, slot, dish)
            if points < least:
                best, least = dish, points
        now.clashes[0] += _clashes(tables, now, slot, best)
        _put(tables, now, slot, best)
    for slot in range(len(now.dishes)):
        now.points[_OBJECTIVE] += tables.points[slot, now.dishes[slot]]
    for value in range(len(now.values)):
        if not tables.hard_from <= value < tables.hard_to:
            now.points[_OBJECTIVE] += now.missed[value]
    _done(tables, now, 0, 0.0)


@_outer
def sweep(tables: Tables, now: Now, moves: int, cooling: float, swaps: int, logs: Floats) -> None:
    """Try `moves` changes, `swaps` of 256 of them swaps; heat falls by the factor `cooling` every 64 moves.

    `logs` holds −ln of evenly spread chances: a change that worsens the menu by less than heat × one of them passes.
    """
    for move in range(moves):
        if move % COOL_EVERY == 0:
            now.points[_HEAT] *= cooling
        limit = now.points[_HEAT] * logs[_below(now.random, len(logs))]
        slot = _below(now.random, len(now.dishes))
        if _below(now.random, 256) < swaps:
            other = _one_of(tables, now, slot, _PARTNERS)
            if other >= 0:
                _swap(tables, now, slot, other, limit)
        else:
            _replace(tables, now, slot, _one_of(tables, now, slot, _CHOICES), limit)


@_inner
def _one_of(tables: Tables, now: Now, slot: int, first: int) -> int:
    """Return a random one of a slot's list that begins where column `first` says, −1 if it is empty."""
    begin, end = tables.slots[slot, first], tables.slots[slot, first + 1]
    return tables.lists[begin + _below(now.random, end - begin)] if end > begin else -1


@_outer
def descend(tables: Tables, now: Now) -> int:
    """Take every replacement and swap that betters the menu until none does; return how many changes were tried."""
    tried, bettered = 0, True
    while bettered:
        bettered = False
        for slot in range(len(now.dishes)):
            for at in range(tables.slots[slot, _CHOICES], tables.slots[slot, _CHOICES_END]):
                bettered = _replace(tables, now, slot, tables.lists[at], -1e-9) or bettered
                tried += 1
            for at in range(tables.slots[slot, _PARTNERS], tables.slots[slot, _PARTNERS_END]):
                bettered = _swap(tables, now, slot, tables.lists[at], -1e-9) or bettered
                tried += 1
    return tried
