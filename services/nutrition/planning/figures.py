"""What a menu comes to: the value and the miss of every target, its points, what it costs."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from services.nutrition.analysis.judging import miss_of, missed_of
from services.nutrition.analysis.plates import Floats, Integers
from services.nutrition.planning.lanes import Count, Ratio, Sum
from services.nutrition.planning.model import Model
from services.nutrition.planning.problem import Choice
from services.nutrition.planning.units import Units, counting_units


def choice_of(model: Model, dishes: Sequence[int] | Integers) -> Choice:
    """Return a menu (the dish of each slot, −1 or D for an empty one) with its figures."""
    plates, weights, count = model.problem.plates, model.problem.weights, len(model.problem.rating)
    taken = np.array(dishes, dtype=np.int64)
    taken[taken == count] = -1
    filled = taken[taken >= 0]
    cost, poor, local = (int(of[filled].sum()) for of in (plates.cost_mfen, plates.poor_mfen, plates.local_mfen))
    missed = {lane.target.key: lane.target.weight * miss for lane, miss in misses(model, taken)}
    budget = max(model.problem.budget_mfen, 1)
    before = model.problem.before
    parts = {
        "cost": weights.cost * cost / budget,
        "poor": -weights.poor * poor / budget,
        "local": -weights.local * local / budget,
        "rating": weights.rating * float(1.0 - np.append(model.problem.rating, 0.5)[taken].mean()),
        "keep": weights.keep * float(np.mean((taken != before)[before >= 0])) if (before >= 0).any() else 0.0,
    }
    return Choice(
        dishes=tuple(int(dish) for dish in taken),
        objective=sum(missed.values()) + sum(parts.values()),
        missed=missed,
        parts=parts,
        cost_mfen=cost,
        poor_mfen=poor,
        local_mfen=local,
    )


def misses(model: Model, dishes: Integers) -> list[tuple[Sum | Ratio | Count, float]]:
    """Return every target's lane with its miss, the mean of the units it is judged over."""
    found: list[tuple[Sum | Ratio | Count, float]] = []
    for per, sums in groupby(sorted(model.lanes.sums, key=lambda lane: lane.target.per), lambda lane: lane.target.per):
        found += _missed_sums(model.calendar.by_per[per], list(sums), dishes)
    others: list[Ratio | Count] = [*model.lanes.ratios, *model.lanes.counts]
    for lane in others:
        units = model.calendar.by_per[lane.target.per]
        found.append((lane, float(miss_of(lane.target, values(model, lane, dishes)) @ units.share)))
    return found


def _missed_sums(units: Units, sums: Sequence[Sum], dishes: Integers) -> list[tuple[Sum | Ratio | Count, float]]:
    """Return sums that are judged over the same units with their misses, reckoned at once."""
    filled = np.flatnonzero(dishes >= 0)
    value = np.zeros((len(units.share), len(sums)))
    np.add.at(value, units.of_slot[filled], np.stack([lane.amount[dishes[filled]] for lane in sums], axis=1))
    missed = units.share @ missed_of([lane.target for lane in sums], value / units.days[:, None])
    return [(lane, float(miss)) for lane, miss in zip(sums, missed, strict=True)]


def values(model: Model, lane: Sum | Ratio | Count, dishes: Integers) -> Floats:
    """Return the value of a target in each of its units, in its own unit."""
    judged = model.calendar.by_per[lane.target.per]
    if isinstance(lane, Sum):
        return _sums(judged, lane.amount, dishes) / judged.days
    if isinstance(lane, Ratio):
        part, whole = _sums(judged, lane.part, dishes), _sums(judged, lane.whole, dishes)
        ratios: Floats = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
        return ratios
    counted, judged = counting_units(model.calendar.by_per, lane.target)
    present = np.zeros((len(counted.share), lane.has.shape[1]), dtype=np.bool_)
    filled = np.flatnonzero(dishes >= 0)
    np.logical_or.at(present, counted.of_slot[filled], lane.has[dishes[filled]])
    kinds: Floats = present.sum(axis=1).astype(np.float64)
    if counted is judged:
        return kinds
    return _by_unit(counted.week, kinds, judged) / judged.days


def _sums(units: Units, amount: Floats, dishes: Integers) -> Floats:
    return _by_unit(units.of_slot, np.append(amount, 0.0)[dishes], units)


def _by_unit(places: Integers, amounts: Floats, units: Units) -> Floats:
    return np.bincount(places, weights=amounts, minlength=len(units.share)).astype(np.float64)
