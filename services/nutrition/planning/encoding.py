"""A model as a few flat tables, which annealing can change move by move without ever losing a digit.

A dish adds whole numbers to values: a target's sum, a part of a ratio, what is spent, the pans in use. Which value of
the menu that is depends on the slot (its week, its day, its meal). Whole numbers (a target's bound is about 10⁹ of
them) make the same moves give the same menu on every machine, and nothing drifts however many moves are made.
"""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from services.nutrition.analysis.plates import Floats, Integers, Truths
from services.nutrition.planning.lanes import Count
from services.nutrition.planning.model import Model
from services.nutrition.planning.problem import Problem
from services.nutrition.planning.units import Calendar, Units, counting_units
from services.nutrition.standards.domain import Target

FINE = 1e9
"""Whole numbers a target's bound is cut into; half of one is the error of a dish."""
EXCESS = 100.0
"""A whole budget (or food cap) too much is, in a single week, as bad as so many clashes; in an answer nothing is."""
_NO_HIGH = 1e300
Array = TypeVar("Array", Floats, Integers, Truths)


class Things(NamedTuple):
    """What targets that count count, numbered through all of them.

    The things of dish d stand in `list` from `starts[d]` on; `target` is whose each thing is; `has` (D + 1 × things)
    says at once whether a dish has it. In a slot thing k is counted at `base` + k (S × targets that count).
    """

    starts: Integers
    list: Integers
    target: Integers
    has: Truths
    base: Integers
    counters: int


class Tables(NamedTuple):
    """A whole model. Row D of tables by dish is the empty plate.

    `slots` (S × 7): day; then where in `lists` the slots of its meal, its choices and the slots to swap with begin and
    end. `points` (S × D + 1): what simply adds up, infinite where the dish is not allowed.
    `rules` (D + 1 × 2): days until a dish may come again; the row in which its main ingredient is counted, or −1.
    `amount` (D + 1 × columns): what a dish adds; `state` (S × columns): to which value. The columns are `sums` targets,
    `hard` limits, the parts and then the wholes of `ratios` targets; in `state`, targets that count follow.
    `bounds` (values × 4): low, high, points for each unit below and above; of a ratio it stands at its part.
    `missed_by_nothing`: points of each value of an empty menu.
    Values from `hard_from` up to `hard_to` are limits.
    """

    slots: Integers
    lists: Integers
    points: Floats
    rules: Integers
    amount: Integers
    state: Integers
    bounds: Floats
    missed_by_nothing: Floats
    things: Things
    sums: int
    hard: int
    ratios: int
    hard_from: int
    hard_to: int
    days: int
    rows: int


class _Columns:
    """Columns of `amount` and `state`, and the bounds of their values, as they come."""

    def __init__(self) -> None:
        self.amounts: list[Integers] = []
        self.states: list[Integers] = []
        self.bounds: list[Floats] = [np.zeros((0, 4))]
        self.values = 0

    def add(self, amount: Floats | Integers | None, of_slot: Integers, bounds: Floats) -> None:
        """Add what dishes add to one value per unit, and the bounds of those; None where things are counted."""
        if amount is not None:
            self.amounts.append(np.append(np.rint(amount).astype(np.int64), 0))
        self.states.append(self.values + of_slot)
        self.bounds.append(bounds)
        self.values += len(bounds)


def tables_of(model: Model) -> Tables:
    """Return a model's tables."""
    lanes, columns = model.lanes, _Columns()
    _add_sums(columns, model)
    sums, hard_from = len(columns.states), columns.values
    _add_limits(columns, model)
    hard, hard_to = len(columns.states) - sums, columns.values
    _add_ratios(columns, model)
    _add_counts(columns, model)
    slots, lists = _places(model)
    rules, rows = _rules(model.problem)
    bounds = np.concatenate(columns.bounds)
    return Tables(
        slots=slots,
        lists=lists,
        points=_solid(np.where(model.choices, model.points, np.inf)),
        rules=rules,
        amount=_side_by_side(columns.amounts, len(rules)),
        state=_side_by_side(columns.states, len(slots)),
        bounds=bounds,
        missed_by_nothing=np.maximum(0.0, bounds[:, 0]) * bounds[:, 2],
        things=_things(lanes.counts, model.calendar, len(rules)),
        sums=sums,
        hard=hard,
        ratios=len(lanes.ratios),
        hard_from=hard_from,
        hard_to=hard_to,
        days=len(model.problem.days),
        rows=rows,
    )


def repriced(tables: Tables, model: Model) -> Tables:
    """Return the tables of a model that differs from theirs in prices, budget, ratings and the plan before only."""
    amount, bounds = tables.amount.copy(), tables.bounds.copy()
    amount[:-1, tables.sums] = model.problem.plates.cost_mfen
    bounds[tables.hard_from] = _limit(np.ones(1), *_budget(model))[0]
    slots, lists = _places(model) if not _as_open(tables, model) else (tables.slots, tables.lists)
    points = _solid(np.where(model.choices, model.points, np.inf))
    return tables._replace(slots=slots, lists=lists, points=points, amount=amount, bounds=bounds)


def _as_open(tables: Tables, model: Model) -> bool:
    return np.array_equal(np.isfinite(tables.points), model.choices)


def _budget(model: Model) -> tuple[float, float]:
    """Return the budget, and the clashes that one 1/1000 fen too much is as bad as."""
    most = model.problem.budget_mfen
    return most, EXCESS * model.calendar.weeks / max(most, 1)


def _add_sums(columns: _Columns, model: Model) -> None:
    for lane in model.lanes.sums:
        units, scale = model.calendar.by_per[lane.target.per], FINE / (lane.target.low or lane.target.high or 1.0)
        columns.add(lane.amount * scale, units.of_slot, _bounds(lane.target, units, scale * units.days))


def _add_limits(columns: _Columns, model: Model) -> None:
    """Add first the budget, then the food (in mg) that could run out, and the equipment of each meal."""
    problem, calendar = model.problem, model.calendar
    everywhere, meals = np.zeros(len(problem.slots), dtype=np.int64), np.ones(calendar.meals)
    food_mg, cap_mg = np.rint(problem.plates.food_g * 1000), np.floor(problem.food_cap_g * 1000)
    scarce = np.flatnonzero(food_mg.max(axis=0, initial=0.0) * len(problem.slots) > cap_mg)
    columns.add(problem.plates.cost_mfen, everywhere, _limit(np.ones(1), *_budget(model)))
    for used, most in ((food_mg[:, food], cap_mg[food]) for food in scarce):
        columns.add(used, everywhere, _limit(np.ones(1), most, EXCESS * calendar.weeks / max(most, 1)))
    for used, most in zip(problem.equipment_use, problem.equipment_limit, strict=True):
        columns.add(used, calendar.meal_of_slot, _limit(meals, most, 1.0))


def _limit(units: Floats, most: float, points: float) -> Floats:
    limit: Floats = units[:, None] * np.array([0.0, most, 0.0, points])
    return limit


def _add_ratios(columns: _Columns, model: Model) -> None:
    ratios = [(lane, model.calendar.by_per[lane.target.per]) for lane in model.lanes.ratios]
    scales = [FINE / max(float(lane.whole.max(initial=0.0)), 1e-9) for lane, _ in ratios]
    for (lane, units), scale in zip(ratios, scales, strict=True):
        columns.add(lane.part * scale, units.of_slot, _bounds(lane.target, units, np.ones(len(units.share))))
    for (lane, units), scale in zip(ratios, scales, strict=True):
        columns.add(lane.whole * scale, units.of_slot, np.zeros((len(units.share), 4)))


def _add_counts(columns: _Columns, model: Model) -> None:
    for lane in model.lanes.counts:
        judged = counting_units(model.calendar.by_per, lane.target)[1]
        columns.add(None, judged.of_slot, _bounds(lane.target, judged, judged.days))


def _bounds(target: Target, units: Units, sized: Floats) -> Floats:
    """Return the bounds of a target's units, whose values come `sized` to one of its own unit."""
    bounds = np.zeros((len(units.share), 4))
    bounds[:, 1] = _NO_HIGH
    points = target.weight * units.share
    if target.low is not None and target.low > 0:
        bounds[:, 0] = target.low * sized
        bounds[:, 2] = points / bounds[:, 0]
    if target.high is not None:
        bounds[:, 1] = target.high * sized
        bounds[:, 3] = points / ((target.high or 1.0) * sized)
    return bounds


def _places(model: Model) -> tuple[Integers, Integers]:
    """Return `slots` and `lists` of the tables."""
    meal = model.calendar.meal_of_slot
    as_number = model.choices.astype(np.float64)
    shared = (as_number @ as_number.T) > 0
    np.fill_diagonal(shared, False)
    columns, lists = [model.calendar.day_of_slot], np.zeros(0, dtype=np.int64)
    for truths in (meal[:, None] == meal[None, :], model.choices, shared):
        starts, members = _lists(truths)
        columns += [len(lists) + starts[:-1], len(lists) + starts[1:]]
        lists = np.concatenate([lists, members])
    return _solid(np.stack(columns, axis=1)), lists


def _rules(problem: Problem) -> tuple[Integers, int]:
    """Return `rules` of the tables, and the rows in which what is served each day is counted: dishes, main foods."""
    main = np.append(problem.main_food, -1)
    row = np.where(main < 0, -1, main + len(main))
    return _solid(np.stack([np.append(problem.gap_days, 0), row], axis=1)), len(main) + int(main.max()) + 1


def _things(counts: Sequence[Count], calendar: Calendar, rows: int) -> Things:
    """Return the things of all targets that count; each unit has a counter for each thing of its target."""
    has, base, counters = np.zeros((rows, 0), dtype=np.bool_), [], 0
    target: list[int] = []
    for place, lane in enumerate(counts):
        counted, kinds = counting_units(calendar.by_per, lane.target)[0], lane.has.shape[1]
        base.append(counters + counted.of_slot * kinds - len(target))
        has = np.hstack([has, np.vstack([lane.has, np.zeros((1, kinds), np.bool_)])])
        target += [place] * kinds
        counters += len(counted.share) * kinds
    slots = len(calendar.day_of_slot)
    return Things(*_lists(has), np.array(target, np.int64), _solid(has), _side_by_side(base, slots), counters)


def _lists(truths: Truths) -> tuple[Integers, Integers]:
    """Return where the list of each row begins (one more than rows) and the true columns of all rows."""
    rows, columns = np.nonzero(truths)
    return np.searchsorted(rows, np.arange(len(truths) + 1)).astype(np.int64), columns.astype(np.int64)


def _side_by_side(columns: Sequence[Integers], rows: int) -> Integers:
    return _solid(np.stack(columns, axis=1)) if columns else np.zeros((rows, 0), dtype=np.int64)


def _solid(array: Array) -> Array:
    """Return an array row by row in memory: any other layout would have the kernel compiled once more."""
    return np.ascontiguousarray(array)
