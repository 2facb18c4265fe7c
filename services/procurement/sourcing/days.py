"""A market by schools' days, and the stops they could have: what the compiled loops walk over."""

from typing import NamedTuple

import numpy as np

from services.procurement.sourcing.arcs import MICRO, Arcs
from services.procurement.sourcing.columns import MILLI, UNKNOWN, Columns, Flags, Floats, Integers

WIDEST = 10**8
"""What a stop may add to a gram's cost (1/1000 fen per kg) at most: all of a stop on a line of 20 g at ¥20."""
NO_LIMIT = 2**60


class Days(NamedTuple):
    """Groups are schools' days, pairs the stops these could have: a group and a cooperative.

    `line` and `offer` are those of the arcs; arcs of a line stand from `start` to `stop`, lines of a group, arcs of a
    pair and of an offer from `…_first` to the next. `lot` is the least an arc may hold. `rows` names for each arc the
    rows of its cooperative's day and season, and its price, `budget` for each line the row of its school's week; `room`
    is what rows hold, in g and 1/1000 fen. A stop costs `stop_cost`, by pair `stop_costs`: nothing where it is made
    anyway.
    """

    line: Integers
    offer: Integers
    start: Integers
    stop: Integers
    group: Integers
    group_first: Integers
    group_line: Integers
    pair: Integers
    pair_group_first: Integers
    pair_first: Integers
    pair_arc: Integers
    offer_first: Integers
    offer_arc: Integers
    lot: Integers
    rows: Integers
    budget: Integers
    room: Integers
    stop_cost: float
    stop_costs: Floats

    @property
    def limited(self) -> bool:
        """Whether any row holds less than everything."""
        return bool((self.room < NO_LIMIT).any())

    @property
    def with_budgets(self) -> bool:
        """Whether any school's week has one."""
        return bool((self.budget < len(self.room) - 1).any())

    @property
    def pairs(self) -> int:
        """How many stops could be made."""
        return len(self.pair_first) - 1


def days_of(columns: Columns, arcs: Arcs) -> Days:
    """Return the schools' days of a market and the stops they could have."""
    keys = columns.school * (columns.day.max(initial=0) + 1) + columns.day
    groups, group = np.unique(keys, return_inverse=True)
    group_line = np.argsort(group, kind="stable")
    start, stop = np.zeros(columns.lines, np.int64), np.zeros(columns.lines, np.int64)
    begins = np.flatnonzero(np.diff(arcs.line, prepend=UNKNOWN))
    start[arcs.line[begins]], stop[arcs.line[begins]] = begins, np.append(begins[1:], len(arcs))
    cooperatives = max(1, len(columns.income_room_fen))
    stops, pair = np.unique(group[arcs.line] * cooperatives + columns.cooperative[arcs.offer], return_inverse=True)
    pair_arc, offer_arc = np.argsort(pair, kind="stable"), np.argsort(arcs.offer, kind="stable")
    rows, budget, room = rows_of(columns, arcs)
    stop_cost = float(columns.terms.stop_cost_fen) * MICRO
    return Days(
        line=arcs.line,
        offer=arcs.offer,
        start=start,
        stop=stop,
        group=group,
        group_first=_firsts(group[group_line], len(groups)),
        group_line=group_line,
        pair=pair,
        pair_group_first=_firsts(stops // cooperatives, len(groups)),
        pair_first=_firsts(pair[pair_arc], len(stops)),
        pair_arc=pair_arc,
        offer_first=_firsts(arcs.offer[offer_arc], columns.offers),
        offer_arc=offer_arc,
        lot=np.minimum(columns.lot_g[arcs.offer], columns.need_g[arcs.line]),
        rows=rows,
        budget=budget,
        room=room,
        stop_cost=stop_cost,
        stop_costs=np.where(_made_anyway(columns, groups, stops), 0.0, stop_cost),
    )


def _made_anyway(columns: Columns, groups: Integers, stops: Integers) -> Flags:
    """Return which stops, numbered by group and cooperative, orders that stand make already."""
    school, cooperative, day = columns.standing.T
    keys = school * (columns.day.max(initial=0) + 1) + day
    known = np.isin(keys, groups) & (day <= columns.day.max(initial=0))
    made = np.searchsorted(groups, keys[known]) * max(1, len(columns.income_room_fen)) + cooperative[known]
    return np.isin(stops, made)


def _firsts(ordered: Integers, count: int) -> Integers:
    """Return where each of `count` numbers begins among ordered ones, and where the last ends."""
    return np.searchsorted(ordered, np.arange(count + 1))


def rows_of(columns: Columns, arcs: Arcs) -> tuple[Integers, Integers, Integers]:
    """Return for each arc the rows of its cooperative's day and season and its price, for each line the row of its
    school's week, and what rows hold. The last row is that of lines without a budget.
    """
    cooperative = columns.cooperative[arcs.offer]
    days, day = np.unique(columns.day, return_inverse=True)
    by_day = np.where(columns.day_room_g == UNKNOWN, NO_LIMIT, columns.day_room_g)
    earning = np.where(columns.income_room_fen == UNKNOWN, NO_LIMIT, columns.income_room_fen * MILLI)
    of_day = cooperative * len(days) + day[arcs.line]
    of_season = cooperative + len(by_day)
    rows = np.stack([of_day, of_season, columns.price[arcs.offer]])
    first, spending = len(by_day) + len(earning), columns.budget_room_fen * MILLI
    budget = np.full(columns.lines, first + len(spending), np.int64)
    if len(spending):
        budget[columns.budget != UNKNOWN] = first + columns.budget[columns.budget != UNKNOWN]
    return rows, budget, np.concatenate([by_day, earning, spending, [NO_LIMIT]])


def extra_of(columns: Columns, days: Days, chosen: Flags) -> Integers:
    """Return what a gram costs more on arcs whose stop is not made: the stop, borne by the line alone."""
    alone = np.minimum(days.stop_costs[days.pair] / np.maximum(columns.need_g[days.line], 1), WIDEST)
    extra: Integers = np.where(chosen[days.pair], 0, alone.astype(np.int64))
    return extra


def rows_used(days: Days, grams: Integers) -> Integers:
    """Return what grams on arcs take of each row, in g and 1/1000 fen."""
    used = np.zeros(len(days.room), np.int64)
    np.add.at(used, days.rows[0], grams)
    np.add.at(used, days.rows[1], grams * days.rows[2])
    if days.with_budgets:
        np.add.at(used, days.budget[days.line], grams * days.rows[2])
    return used


def load_of(days: Days, grams: Integers) -> Integers:
    """Return the grams of each stop."""
    return np.bincount(days.pair, weights=grams, minlength=days.pairs).astype(np.int64)
