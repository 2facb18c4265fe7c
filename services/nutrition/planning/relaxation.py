"""A problem as rows and columns: with whole dishes an integer program, with parts of dishes a bound on every menu.

Columns are first the choices (a dish or nothing in a place), then what is missed and the kinds that are had.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.nutrition.analysis.plates import Floats, Integers, Truths
from services.nutrition.planning.grain import Grain
from services.nutrition.planning.lanes import Ratio
from services.nutrition.planning.model import Model
from services.nutrition.planning.problem import Problem
from services.nutrition.planning.rows import Rows
from services.nutrition.planning.target_rows import add_count, add_ratio, add_sum
from services.nutrition.standards.domain import Per

Row = tuple[Integers, Floats, float]
"""Columns, their values, and the least these come to."""
_MAIN_FOOD_GAP = 2
"""Days on end in which a main ingredient comes once."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share that is judged day by day: of its units the places, the days, and the columns of what is missed of it."""

    lane: Ratio
    of_place: Integers
    days: Floats
    missed: Integers

    @property
    def units(self) -> range:
        """Its units, weeks where places are weeks."""
        return range(len(self.missed))


@dataclass(frozen=True, slots=True)
class Relaxation:
    """minimise cost · x, low ≤ A x ≤ high, 0 ≤ x ≤ upper; A row by row. First come the places: Σ its choices = size.

    Column i < len(place) says how often `dish[i]` (D: nothing) is taken in `place[i]`. `limit_rows` are those of
    `limits_of`, which weeks share. `shares` are the shares judged by day of which too little can be had.
    """

    grain: Grain
    place: Integers
    dish: Integers
    limit_rows: Integers
    shares: tuple[Share, ...]
    cost: Floats
    upper: Floats
    low: Floats
    high: Floats
    starts: Integers
    columns: Integers
    values: Floats


def relaxation_of(model: Model, grain: Grain) -> Relaxation:
    """Return a model's rows and columns at a grain."""
    place, dish = np.nonzero(grain.room)
    rows = Rows(place, dish, grain.size, grain.points[place, dish], grain.room[place, dish])
    size = grain.size.astype(np.float64)
    rows.choices(rows.add(size, size)[place], np.ones(len(place)))
    _keep_dishes_apart(rows, model, grain)
    _keep_main_foods_apart(rows, model, grain)
    limit_rows = _stay_within(rows, model, grain)
    for lane in model.lanes.sums:
        add_sum(rows, model, grain, lane)
    shares = []
    for ratio in model.lanes.ratios:
        missed, units = add_ratio(rows, model, grain, ratio), grain.units[ratio.target.per]
        if missed is not None and ratio.target.per is Per.DAY:
            shares.append(Share(ratio, units.of_slot, units.days, missed))
    for count in model.lanes.counts:
        add_count(rows, model, grain, count)
    return Relaxation(grain, place, dish, limit_rows, tuple(shares), **rows.arrays())


def repriced(relaxation: Relaxation, model: Model) -> Relaxation:
    """Return the relaxation of a model that differs in nothing but prices, budget, ratings and the plan before."""
    r, places = relaxation, len(relaxation.grain.size)
    points = np.full((places, model.points.shape[1]), np.inf)
    np.minimum.at(points, r.grain.of_slot, np.where(model.choices, model.points, np.inf))
    cost, values, upper = r.cost.copy(), r.values.copy(), r.upper.copy()
    cost[: len(r.place)] = points[r.place, r.dish]
    closed = np.flatnonzero(~np.isfinite(cost))
    cost[closed], upper[closed] = 0.0, 0.0
    row = r.limit_rows[0]
    there = slice(r.starts[row], r.starts[row + 1])
    values[there] = limits_of(model.problem)[0][0][r.dish[r.columns[there]]]
    return replace(r, cost=cost, upper=upper, values=values)


def extended(relaxation: Relaxation, rows: Sequence[Row]) -> Relaxation:
    """Return a program with more rows."""
    lengths = np.array([len(columns) for columns, _, _ in rows], dtype=np.int64)
    return replace(
        relaxation,
        low=np.append(relaxation.low, [low for _, _, low in rows]),
        high=np.append(relaxation.high, np.full(len(rows), np.inf)),
        starts=np.append(relaxation.starts, relaxation.starts[-1] + np.cumsum(lengths)),
        columns=np.concatenate([relaxation.columns, *(columns for columns, _, _ in rows)]),
        values=np.concatenate([relaxation.values, *(values for _, values, _ in rows)]),
    )


def with_groups(relaxation: Relaxation, groups: Truths) -> Relaxation:
    """Return a program with a row for each group of choices, which says nothing yet."""
    columns = [np.flatnonzero(group) for group in groups]
    return extended(relaxation, [(of, np.ones(len(of)), -np.inf) for of in columns])


def _keep_dishes_apart(rows: Rows, model: Model, grain: Grain) -> None:
    """A dish once in a meal, and in any days on end as often as its gap has room in them."""
    dishes = len(model.problem.rating)
    gap = np.append(model.problem.gap_days, 0)[rows.dish]
    in_meal = grain.meal[rows.place] * dishes + rows.dish
    rows.at_most(np.where((gap == 0) & (rows.dish < dishes), in_meal, -1), np.repeat(grain.meals, dishes))
    for days in np.unique(gap[gap > 0]):
        _keep_apart(rows, model, grain, np.where(gap == days, rows.dish, -1), int(days))


def _keep_main_foods_apart(rows: Rows, model: Model, grain: Grain) -> None:
    _keep_apart(rows, model, grain, np.append(model.problem.main_food, -1)[rows.dish], _MAIN_FOOD_GAP)


def _keep_apart(rows: Rows, model: Model, grain: Grain, group: Integers, gap: int) -> None:
    """Allow what is of one group once in any `gap` days on end: in as many windows as the grain can tell apart."""
    groups = int(group.max(initial=-1)) + 1
    for first, last in _windows(model, grain, gap):
        inside = (grain.first_day >= first) & (grain.last_day < last)
        limit = np.full(groups, -(-(last - first) // gap))
        rows.at_most(np.where(inside[rows.place], group, -1), limit)


def _windows(model: Model, grain: Grain, gap: int) -> list[tuple[int, int]]:
    """Return first and last day (not included) of windows: of `gap` days, or of whole weeks where places are weeks."""
    days = len(model.problem.days)
    if grain.is_fine:
        return [(first, min(first + gap, days)) for first in range(max(1, days - gap + 1))]
    week = model.calendar.by_per[Per.DAY].week
    starts, ends = np.searchsorted(week, np.unique(week)), np.searchsorted(week, np.unique(week), side="right")
    return [(int(first), int(last)) for first in starts for last in ends if first < last]


def limits_of(problem: Problem) -> list[tuple[Floats, float]]:
    """Return what each of D + 1 choices uses of the budget and of food that could run out, and how much there is.

    Both are divided by what there is, so that all are of one size.
    """
    plates = problem.plates
    scarce = np.flatnonzero(plates.food_g.max(axis=0, initial=0.0) * len(problem.slots) > problem.food_cap_g)
    limits = [(plates.cost_mfen.astype(np.float64), float(problem.budget_mfen))]
    limits += [(plates.food_g[:, food], float(problem.food_cap_g[food])) for food in scarce]
    return [(np.append(used, 0.0) / max(most, 1e-3), most / max(most, 1e-3)) for used, most in limits]


def _stay_within(rows: Rows, model: Model, grain: Grain) -> Integers:
    """Keep budget, food and equipment; returns the rows of budget and food."""
    problem, limits = model.problem, limits_of(model.problem)
    shared = rows.add(np.full(len(limits), -np.inf), np.array([most for _, most in limits]))
    for row, (used, _) in zip(shared, limits, strict=True):
        rows.choices(np.full(len(rows.dish), row), used[rows.dish])
    for used, limit in zip(problem.equipment_use, problem.equipment_limit, strict=True):
        meals = rows.add(np.full(len(grain.meals), -np.inf), grain.meals.astype(np.float64) * int(limit))
        rows.choices(meals[grain.meal[rows.place]], np.append(used, 0).astype(np.float64)[rows.dish])
    return shared
