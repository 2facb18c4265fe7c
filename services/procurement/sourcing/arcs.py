"""Which offer may serve which line: the filters, whole columns at a time, and what a gram costs on each arc.

Harvest window, shelf life, reach and what was declined before are no rows of a program: they leave an arc out. Two
things are not forbidden, only last: an offer of another county, and a piece below an offer's minimum lot.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from services.procurement.sourcing.columns import MILLI, UNKNOWN, Columns, Flags, Floats, Integers, distances_m

OWN, OUTSIDE, BELOW_LOT = 0, 1, 2
"""Tiers of arcs: one is used only for what no arc of a lower one can bring."""
MICRO = 1_000_000
"""Costs are integers in 1/1000 fen per kg; a gram at such a cost is a millionth of a fen."""


@dataclass(frozen=True, slots=True)
class Arcs:
    """Arcs by food, line and offer; those of food f stand from `first[f]` to `first[f + 1]`.

    `cost` is price and freight in 1/1000 fen per kg, `poor` how much of the price reaches poor households, `favour`
    what that counts by their priority, `distance_m` is UNKNOWN where a place is.
    """

    line: Integers
    offer: Integers
    tier: Integers
    distance_m: Integers
    cost: Integers
    poor: Integers
    favour: Integers
    first: Integers

    def __len__(self) -> int:
        """Return how many arcs there are."""
        return len(self.line)


_NOTHING = (np.zeros(0, np.int64),) * 3
PAIRS_AT_ONCE = 2**16
"""So many pairs of lines and offers are looked at in one pass: few enough to stay near the processor."""


def arcs_of(columns: Columns) -> Arcs:
    """Return every arc on which a line may be served from an offer that has grams left, by food, line and offer."""
    foods = np.arange(columns.foods + 1)
    lines = np.argsort(columns.food, kind="stable")
    # What is used up stands behind the last food.
    offer_food = np.where(columns.left_g > 0, columns.offer_food, columns.foods)
    offers = np.argsort(offer_food, kind="stable")
    at = np.searchsorted(offer_food[offers], foods)
    first, last = at[columns.food[lines]], at[columns.food[lines] + 1]
    before = np.concatenate([[0], np.cumsum(last - first)])
    cuts = np.unique(np.searchsorted(before, np.arange(0, before[-1], PAIRS_AT_ONCE), side="right") - 1)
    blocks = [
        _open(columns, *_pairs(lines[here:there], offers, first[here:there], last[here:there]))
        for here, there in pairwise([*cuts.tolist(), len(lines)])
    ]
    line, offer, distance = (np.concatenate(part) for part in zip(*blocks, strict=True)) if blocks else _NOTHING
    return with_costs(columns, line, offer, distance, np.searchsorted(columns.food[line], foods))


def _pairs(lines: Integers, offers: Integers, first: Integers, last: Integers) -> tuple[Integers, Integers]:
    """Return each line with each of its offers, those from `first` to `last`."""
    counts = last - first
    ends = np.cumsum(counts)
    places = np.arange(ends[-1]) + np.repeat(first - ends + counts, counts)
    return np.repeat(lines, counts), offers[places]


def with_costs(columns: Columns, line: Integers, offer: Integers, distance: Integers, first: Integers) -> Arcs:
    """Return arcs with their tiers and what a gram costs on them."""
    outside = columns.county[line] != columns.offer_county[offer]
    below = columns.need_g[line] < columns.lot_g[offer]
    # Metres × fen per tonne-km is 1/1000 of a 1/1000 fen per kg.
    freight = np.maximum(distance, 0) * columns.terms.freight_fen_per_tonne_km // MILLI
    poor = columns.price[offer] * columns.poor_permille[offer]
    return Arcs(
        line=line,
        offer=offer,
        tier=np.where(below, BELOW_LOT, np.where(outside, OUTSIDE, OWN)),
        distance_m=distance,
        cost=columns.price[offer] * MILLI + freight,
        poor=poor,
        favour=poor * columns.priority_permille[offer] // MILLI,
        first=first,
    )


def members_by_food(columns: Columns) -> Iterator[tuple[Integers, Integers]]:
    """Return for each food its lines and its offers, by their places."""
    lines = np.argsort(columns.food, kind="stable")
    offers = np.argsort(columns.offer_food, kind="stable")
    numbers = np.arange(columns.foods + 1)
    line_at = np.searchsorted(columns.food[lines], numbers)
    offer_at = np.searchsorted(columns.offer_food[offers], numbers)
    for food in range(columns.foods):
        yield lines[line_at[food] : line_at[food + 1]], offers[offer_at[food] : offer_at[food + 1]]


def _open(columns: Columns, line: Integers, offer: Integers) -> tuple[Integers, Integers, Integers]:
    """Return the pairs that may be, with the distance between them in metres."""
    day = columns.day[line]
    allowed: Flags = (columns.offer_from[offer] <= day) & (day <= columns.offer_until[offer])
    allowed &= day >= columns.earliest_day
    line, offer = line[allowed], offer[allowed]
    distance = distances_m(columns.place[line], columns.offer_place[offer])
    near = (distance != UNKNOWN) & (distance <= columns.terms.reach_m)
    allowed = near | (columns.county[line] == columns.offer_county[offer])
    if len(columns.reach_m):
        reach = columns.reach_m[line]
        allowed &= (reach == UNKNOWN) | (distance == UNKNOWN) | (distance <= reach)
    if len(columns.vehicle):
        needs = columns.vehicle[line]
        allowed &= (needs & columns.fetched[offer]) == needs
    if len(columns.excluded):
        allowed &= ~np.isin(line * columns.offers + offer, columns.excluded)
    return line[allowed], offer[allowed], distance[allowed]


def costs_at(arcs: Arcs, premium: float) -> Integers:
    """Return what a gram costs when each fen that reaches poor households is held worth `premium` fen."""
    cheaper: Integers = np.rint(premium * arcs.favour).astype(np.int64)
    return arcs.cost - cheaper


def weight_of(values: Integers, grams: Integers) -> float:
    """Return what grams at these values (1/1000 fen per kg) come to, in fen."""
    total: Floats = values.astype(np.float64) @ grams.astype(np.float64)
    return float(total) / MICRO
