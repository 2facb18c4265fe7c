"""Why an offer got what it got, and a line what it got: from the prices of the answer, whole columns at a time.

What a gram on an arc weighs beyond what a gram less for its line would save is how much too dear the arc was (its
reduced cost). The arc that is least too dear says what would have changed the answer.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from services.procurement.sourcing.answer import Answer
from services.procurement.sourcing.arcs import BELOW_LOT, OUTSIDE, OWN
from services.procurement.sourcing.columns import MILLI, UNKNOWN, Columns, Flags, Integers, distances_m
from services.procurement.sourcing.days import rows_of

PERMILLE = 1000
FARTHEST = 10**9
"""Stands for more than any price or distance: children would have gone without, a place is not known."""


class OfferLimit(StrEnum):
    """What kept an offer from getting more; stored by value."""

    USED_UP = "used-up"
    PRICE = "price"
    SERVED = "served"
    OUTSIDE = "outside"
    MINIMUM_LOT = "minimum-lot"
    DAYS = "days"
    REACH = "reach"
    DECLINED = "declined"
    HANDLING = "handling"
    INCOME = "income"
    BUDGET = "budget"
    SUPPLIERS = "suppliers"
    CLASS_REACH = "class-reach"
    VEHICLE_CLASS = "vehicle-class"
    CERTIFICATE = "certificate"


class LineLimit(StrEnum):
    """What kept a line from getting more, or cheaper; stored by value."""

    CHEAPEST = "cheapest"
    CHEAPEST_USED_UP = "cheapest-used-up"
    STOPS_AND_SHARE = "stops-and-share"
    UNMET = "unmet"
    BUDGET = "budget"
    RULES = "rules"


@dataclass(frozen=True, slots=True)
class OfferReasons:
    """Per offer: grams planned and left, its limit, and what would have changed it; UNKNOWN where nothing would.

    `cut` is by how much its price had to be lower to get (more), `worth` what one more kg would have saved (fen per
    kg, FARTHEST: fed somebody); `missing_m` and `missing_days` how far it is from the nearest line that it could have
    served; `lines` how many it may serve, of `demand_g` together.
    """

    limit: list[OfferLimit]
    planned_g: Integers
    left_g: Integers
    cut: Integers
    worth: Integers
    missing_m: Integers
    missing_days: Integers
    lines: Integers
    demand_g: Integers


@dataclass(frozen=True, slots=True)
class LineReasons:
    """Per line: its limit, how many offers it had, the place of its cheapest, and what it costs above that.

    `price` is what one more kg would weigh (fen per kg), freight and stop included; FARTHEST: nobody has it.
    """

    limit: list[LineLimit]
    planned_g: Integers
    offers: Integers
    cheapest: Integers
    above: Integers
    price: Integers


def offer_reasons(columns: Columns, answer: Answer) -> OfferReasons:
    """Return why each offer got what it got."""
    arcs, count = answer.arcs, columns.offers
    planned = _sum(arcs.offer, answer.grams, count)
    lines, demand = np.bincount(arcs.offer, minlength=count), _sum(arcs.offer, columns.need_g[arcs.line], count)
    tier = _least(arcs.offer, arcs.tier, count)
    dear = _least(arcs.offer, _too_dear(columns, answer), count)
    worth = np.where(answer.offer_worth >= answer.span, FARTHEST, answer.offer_worth // MILLI)
    missing_m, missing_days, declined, too_far = _missing(columns, lines == 0)
    unfetched = _unfetched(columns, lines == 0)
    left = columns.left_g - planned
    handling, income = _full(columns, answer)
    opened = np.bincount(arcs.offer[~answer.closed], minlength=count)
    rules: list[tuple[OfferLimit, Flags]] = [
        (OfferLimit.USED_UP, (left == 0) & (planned > 0)),
        (OfferLimit.DAYS, (lines == 0) & (missing_days > 0)),
        (OfferLimit.CLASS_REACH, too_far),
        (OfferLimit.REACH, (lines == 0) & (missing_m > 0)),
        (OfferLimit.VEHICLE_CLASS, (lines == 0) & declined & unfetched),
        (OfferLimit.DECLINED, (lines == 0) & declined),
        (OfferLimit.INCOME, (lines > 0) & income),
        (OfferLimit.HANDLING, (lines > 0) & handling),
        (OfferLimit.BUDGET, _unpaid(columns, answer, left)),
        (OfferLimit.SUPPLIERS, (lines > 0) & (opened == 0) & (planned == 0)),
        (OfferLimit.MINIMUM_LOT, (lines > 0) & (tier == BELOW_LOT)),
        (OfferLimit.OUTSIDE, (lines > 0) & (tier == OUTSIDE)),
        (OfferLimit.PRICE, (lines > 0) & (dear > 0) & (dear < FARTHEST)),
    ]
    chosen = np.select([flags for _, flags in rules], np.arange(len(rules)), len(rules))
    names = [*(name for name, _ in rules), OfferLimit.SERVED]
    priced = np.isin(chosen, [names.index(OfferLimit.PRICE)])
    return OfferReasons(
        limit=[names[number] for number in chosen.tolist()],
        planned_g=planned,
        left_g=left,
        cut=np.where(priced, dear, UNKNOWN),
        worth=np.where(left == 0, worth, UNKNOWN),
        missing_m=missing_m,
        missing_days=missing_days,
        lines=lines,
        demand_g=demand,
    )


def _too_dear(columns: Columns, answer: Answer) -> Integers:
    """Return by how much (fen per kg, up) the price of each arc had to be lower for a gram to go over it."""
    arcs = answer.arcs
    dear = answer.heavy - answer.line_saved[arcs.line]
    # A fen less also takes the premium off it.
    keeps = 1 - answer.figures.premium * arcs.favour / (columns.price[arcs.offer] * PERMILLE)
    fen = np.ceil(np.maximum(dear, 0) / MILLI / np.maximum(keeps, 0.001))
    return np.where(arcs.tier == OWN, np.minimum(fen, FARTHEST), FARTHEST).astype(np.int64)


def _full(columns: Columns, answer: Answer) -> tuple[Flags, Flags]:
    """Return which offers' cooperatives can handle no more on any day of their lines, or may earn no more."""
    rows, _, room = rows_of(columns, answer.arcs)
    day, season, price = rows
    left = room - _sum(day, answer.grams, len(room)) - _sum(season, answer.grams * price, len(room))
    busy, earned = np.ones(columns.offers, np.bool_), np.zeros(columns.offers, np.bool_)
    busy[answer.arcs.offer[left[day] > 0]] = False
    earned[answer.arcs.offer[left[season] < price]] = True
    return busy, earned


def _unpaid(columns: Columns, answer: Answer, left: Integers) -> Flags:
    """Return which offers have grams left that a school still needs and has no money for; none that it could pay."""
    arcs, lacks = answer.arcs, answer.unmet_g > 0
    wanted = lacks[arcs.line] & (left[arcs.offer] > 0) & ~answer.closed
    paid = _payable(columns, answer)
    unpaid, payable = (np.bincount(arcs.offer[wanted & each], minlength=columns.offers) for each in (~paid, paid))
    unable: Flags = (unpaid > 0) & (payable == 0)
    return unable


def _payable(columns: Columns, answer: Answer) -> Flags:
    """Return on which arcs the school's week has money for a gram more."""
    rows, budget, room = rows_of(columns, answer.arcs)
    of_arc = budget[answer.arcs.line]
    left = room - _sum(of_arc, answer.grams * rows[2], len(room))
    payable: Flags = left[of_arc] >= rows[2]
    return payable


def _missing(columns: Columns, idle: Flags) -> tuple[Integers, Integers, Flags, Flags]:
    """Return for offers that no line may take from how far off the nearest is, in metres and days; who declined it.

    And for which ones only their food's temperature class is what keeps them from it.
    """
    metres, days = (np.full(columns.offers, UNKNOWN, np.int64) for _ in range(2))
    declined, too_far = (np.zeros(columns.offers, np.bool_) for _ in range(2))
    for offer in np.flatnonzero(idle).tolist():
        lines = np.flatnonzero(columns.food == columns.offer_food[offer])
        if not len(lines):
            continue
        day = columns.day[lines]
        off = np.maximum(columns.offer_from[offer] - day, day - columns.offer_until[offer])
        off = np.maximum(off, columns.earliest_day - day)
        if off.min() > 0:
            days[offer] = off.min()
            continue
        lines = lines[off <= 0]
        distance = distances_m(columns.place[lines], columns.offer_place[offer])
        own = columns.county[lines] == columns.offer_county[offer]
        far = np.where(own, 0, np.where(distance == UNKNOWN, FARTHEST, distance - columns.terms.reach_m))
        reach = columns.reach_m[lines] if len(columns.reach_m) else np.full(len(lines), UNKNOWN)
        beyond = np.where((reach == UNKNOWN) | (distance == UNKNOWN), 0, distance - reach)
        farther = np.maximum(far, beyond)
        if farther.min() > 0:
            metres[offer], too_far[offer] = farther.min(), far.min() <= 0
        else:
            declined[offer] = True
    return metres, days, declined, too_far


def _unfetched(columns: Columns, idle: Flags) -> Flags:
    """Return which offers no vehicle fetches that keeps what any line of their food needs."""
    unfetched = np.zeros(columns.offers, np.bool_)
    for offer in np.flatnonzero(idle).tolist() if len(columns.vehicle) else ():
        needs = columns.vehicle[columns.food == columns.offer_food[offer]]
        unfetched[offer] = len(needs) > 0 and bool(((needs & columns.fetched[offer]) != needs).all())
    return unfetched


def line_reasons(columns: Columns, answer: Answer) -> LineReasons:
    """Return why each line got what it got."""
    arcs, count = answer.arcs, columns.lines
    planned = columns.need_g - answer.unmet_g
    cheapest = np.full(count, UNKNOWN, np.int64)
    first = np.flatnonzero(answer.rank == 1)
    cheapest[arcs.line[first]] = arcs.offer[first]
    lowest = _least(arcs.line, arcs.cost, count)
    paid = _sum(arcs.line, answer.grams * (arcs.cost - lowest[arcs.line]), count)
    above = paid // np.maximum(planned, 1) // MILLI
    left = columns.left_g - _sum(arcs.offer, answer.grams, columns.offers)
    from_first = np.zeros(count, np.int64)
    from_first[arcs.line[first]] = answer.grams[first]
    used_up = (cheapest != UNKNOWN) & (np.append(left, UNKNOWN)[cheapest] == 0)
    offered, payable = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    offered[arcs.line[left[arcs.offer] > 0]] = True
    payable[arcs.line[(left[arcs.offer] > 0) & _payable(columns, answer)]] = True
    rules: list[tuple[LineLimit, Flags]] = [
        (LineLimit.BUDGET, (answer.unmet_g > 0) & offered & ~payable),
        (LineLimit.RULES, (answer.unmet_g > 0) & offered),
        (LineLimit.UNMET, answer.unmet_g > 0),
        (LineLimit.CHEAPEST, from_first == columns.need_g),
        (LineLimit.CHEAPEST_USED_UP, used_up),
    ]
    chosen = np.select([flags for _, flags in rules], np.arange(len(rules)), len(rules))
    names = [*(name for name, _ in rules), LineLimit.STOPS_AND_SHARE]
    return LineReasons(
        limit=[names[number] for number in chosen.tolist()],
        planned_g=planned,
        offers=np.bincount(arcs.line, minlength=count),
        cheapest=cheapest,
        above=above,
        price=np.where(answer.line_price >= answer.span, FARTHEST, answer.line_price // MILLI),
    )


def _sum(keys: Integers, values: Integers, count: int) -> Integers:
    total = np.zeros(count, np.int64)
    np.add.at(total, keys, values)
    return total


def _least(keys: Integers, values: Integers, count: int) -> Integers:
    least = np.full(count, FARTHEST * MILLI, np.int64)
    np.minimum.at(least, keys, values)
    return least
