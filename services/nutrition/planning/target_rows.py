"""What targets add to a program: what is missed of them, and the kinds that are had.

All is linear but targets that are ratios: missing `m` of a ratio N / D ≥ low means low · D − N ≤ low · m · D, and the
product m · D is replaced by what it can be at most while D lies between two ends (McCormick). So no menu has more
points in a program than it has in truth; one that misses no ratio has exactly as many, and others nearly.

Rows are divided by the bound, so that what is missed is counted as the target counts it. What a dish holds beyond the
bound of a day makes up for no other day: in rows that ask for at least so much it counts for no more than the bound.
"""

import numpy as np

from services.nutrition.analysis.plates import Floats, Integers
from services.nutrition.planning.grain import Grain
from services.nutrition.planning.lanes import Count, Ratio, Sum
from services.nutrition.planning.model import Model
from services.nutrition.planning.rows import Rows
from services.nutrition.planning.units import Units, counting_units
from services.nutrition.standards.domain import Target


def add_sum(rows: Rows, model: Model, grain: Grain, lane: Sum) -> None:
    """Add what is missed of a target that is a sum."""
    target, units = lane.target, grain.units[lane.target.per]
    unit, amount, points = units.of_slot[rows.place], np.append(lane.amount, 0.0), _points(target, units)
    if target.low is not None and target.low > 0:
        size = target.low * units.days
        missed = rows.add_columns(points, np.ones(len(points)))
        counted = np.minimum(amount[rows.dish], target.low * _largest(model, grain, target)[unit])
        _cover(rows, missed, np.ones(len(points)), unit, counted / size[unit])
    if target.high is not None:
        size = (target.high or 1.0) * units.days
        most = _ends(model, grain, lane.target, amount)[2]
        missed = rows.add_columns(points, most / size)
        _cover(rows, missed, -target.high * units.days / size, unit, -amount[rows.dish] / size[unit])


def add_ratio(rows: Rows, model: Model, grain: Grain, lane: Ratio) -> Integers | None:
    """Add what is missed of a target that is a ratio, linearised so that it is never more than in truth.

    Returns the columns of what is missed below, None if nothing can be.
    """
    target, units = lane.target, grain.units[lane.target.per]
    unit, points = units.of_slot[rows.place], _points(target, units)
    part, whole = np.append(lane.part, 0.0), np.append(lane.whole, 0.0)
    least, least_peak, most = _ends(model, grain, target, whole)
    some, most = least_peak > 0, np.maximum(most, 1e-9)
    parts, wholes = part[rows.dish], whole[rows.dish]
    below = None
    if target.low is not None and target.low > 0:
        missed = rows.add_columns(points, np.ones(len(points)))
        _cover(rows, missed, np.zeros(len(points)), unit, (parts / target.low - wholes) / most[unit])
        below, floor = missed, np.where(some, least_peak, np.inf)
        _cover(rows, missed, least / floor, unit, parts / (target.low * floor[unit]))
    if target.high is not None:
        size = target.high or 1.0
        smallest = float(lane.whole[lane.whole > 0].min(initial=np.inf))
        missed = rows.add_columns(points, _ends(model, grain, target, part)[2] / (size * smallest))
        counted = np.where(wholes > 0, parts, 0.0)  # of nothing it is nothing: alone, such a dish misses nothing
        _cover(rows, missed, np.zeros(len(points)), unit, (wholes * target.high - counted) / (size * most[unit]))
    return below


def add_count(rows: Rows, model: Model, grain: Grain, lane: Count) -> None:
    """Add what is missed of a target that counts, and for each thing how often it is had.

    It is had as often as all choices that bring it are taken, at most once in each unit it is counted in.
    """
    target = lane.target
    counted, judged = counting_units(grain.units, target)
    brings = np.vstack([lane.has, np.zeros((1, lane.has.shape[1]), dtype=np.bool_)])
    choice, thing = np.nonzero(brings[rows.dish])
    pairs, of_entry = np.unique(thing * len(counted.share) + counted.of_slot[rows.place[choice]], return_inverse=True)
    unit = pairs % len(counted.share)
    had = rows.add_columns(np.zeros(len(pairs)), counted.days[unit])
    at_most = rows.add(np.full(len(pairs), -np.inf), np.zeros(len(pairs)))
    rows.enter(at_most, had, np.ones(len(pairs)))
    rows.enter(at_most[of_entry], choice, -np.ones(len(choice)))
    unit, points = counted.week[unit] if counted is not judged else unit, _points(target, judged)
    if target.low is not None and target.low > 0:
        missed = rows.add_columns(points, np.ones(len(points)))
        _count_up(rows, missed, np.ones(len(points)), unit, had, 1 / (target.low * judged.days))
        chord = (target.low - np.floor(target.low)) / target.low
        if chord > 0 and judged is counted:
            _count_up(rows, missed, np.full(len(points), chord * np.ceil(target.low)), unit, had, chord / judged.days)
    if target.high is not None:
        _hold_down(rows, model, grain, lane, choice, had[of_entry])
        missed = rows.add_columns(points, np.full(len(points), lane.has.shape[1] / (target.high or 1.0)))
        size = (target.high or 1.0) * judged.days
        _count_up(rows, missed, -target.high * judged.days / size, unit, had, -1 / size)


def _hold_down(rows: Rows, model: Model, grain: Grain, lane: Count, choice: Integers, had: Integers) -> None:
    """Have a thing at least as often as a place brings it, by as many of its slots as fall into one unit."""
    counted = counting_units(model.calendar.by_per, lane.target)[0]
    pairs, slots = np.unique(np.stack([grain.of_slot, counted.of_slot]), axis=1, return_counts=True)
    crowd = np.zeros(len(grain.size), dtype=np.int64)
    np.maximum.at(crowd, pairs[0], slots)
    keys, of_entry = np.unique(np.stack([rows.place[choice], had]), axis=1, return_inverse=True)
    at_least = rows.add(np.zeros(keys.shape[1]), np.full(keys.shape[1], np.inf))
    rows.enter(at_least, keys[1], crowd[keys[0]].astype(np.float64))
    rows.enter(at_least[of_entry], choice, -np.ones(len(choice)))


def _points(target: Target, units: Units) -> Floats:
    return target.weight * units.share


def _cover(rows: Rows, missed: Integers, least: Floats, unit: Integers, amount: Floats) -> None:
    """Ask in every unit for Σ amount of its choices + missed ≥ least."""
    covered = rows.add(least, np.full(len(missed), np.inf))
    rows.enter(covered, missed, np.ones(len(missed)))
    rows.choices(covered[unit], amount)


def _count_up(rows: Rows, missed: Integers, least: Floats, unit: Integers, had: Integers, each: Floats) -> None:
    """Ask in every unit for each × the things had + missed ≥ least."""
    covered = rows.add(least, np.full(len(missed), np.inf))
    rows.enter(covered, missed, np.ones(len(missed)))
    rows.enter(covered[unit], had, each[unit])


def _largest(model: Model, grain: Grain, target: Target) -> Floats:
    """Return the most days the values of the problem's units in each unit of the grain are divided by."""
    units = model.calendar.by_per[target.per]
    if grain.is_fine:
        return units.days
    largest = np.zeros(model.calendar.weeks)
    np.maximum.at(largest, units.week, units.days)
    return largest


def _ends(model: Model, grain: Grain, target: Target, amount: Floats) -> tuple[Floats, Floats, Floats]:
    """Return ends of a sum in each unit of the grain, were every slot free.

    The least it can be; then, of the problem's units in a unit of the grain, the largest least and the largest most,
    times how many they are.
    """
    units = model.calendar.by_per[target.per]
    low, high = (
        np.bincount(units.of_slot, weights=end, minlength=len(units.share)).astype(np.float64)
        for end in (
            np.where(model.choices, amount, np.inf).min(axis=1),
            np.where(model.choices, amount, -np.inf).max(axis=1),
        )
    )
    if grain.is_fine:
        return low, low, high
    sizes, least = np.bincount(units.week).astype(np.float64), np.bincount(units.week, weights=low).astype(np.float64)
    peaks = np.zeros((2, len(sizes)))
    np.maximum.at(peaks[0], units.week, low)
    np.maximum.at(peaks[1], units.week, high)
    return least, peaks[0] * sizes, peaks[1] * sizes
