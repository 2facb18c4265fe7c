"""Rows that say what a share judged day by day makes of a week's dishes: a dark day makes up for no pale one.

The program only knows how often dishes come in a week, and dark vegetables of one day would make up for pale ones of
another. How little of the share days can miss with given dishes is found by putting days together (a program over all
mixes of a day's dishes), and its prices of the dishes make a row: Σ worth of the dishes + what the days miss ≥ 0. The
row is true whoever found it, as the worth of every dish is in the end reckoned from all mixes it can be in (`_lifted`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import highspy
import numpy as np

from services.nutrition.analysis.plates import Floats, Integers
from services.nutrition.planning.bound import linear_program, solver
from services.nutrition.planning.relaxation import Relaxation, Row, Share, extended

ROUNDS = 4
_MOST_MIXES = 20_000
_MOST_KEPT = 300_000
"""Mixes of the other places told apart; more are taken together, each at its best."""
_WORTH_A_ROW = 1e-3
_SAFE = 1e-9


@dataclass(frozen=True, slots=True)
class _Place:
    """A place's kinds of dishes, part and whole of the share in each; `columns` of its choices and the kind `of` each.

    Days without the place take nothing: the kind that is `nothing`.
    """

    part: Floats
    whole: Floats
    columns: Integers
    of: Integers
    days_without: float
    nothing: int


@dataclass(frozen=True, slots=True)
class _Worth:
    """What each kind of dish, or mix of them, is worth: the more, the more of its share the day would miss with it."""

    points: Floats
    part: Floats
    whole: Floats


def with_mixes(relaxation: Relaxation, rounds: int = ROUNDS) -> Relaxation:
    """Return a program with rows for the shares that are judged by day, as far as its own solution breaks them."""
    shares = [(share, _places(relaxation, share, unit), unit) for share in relaxation.shares for unit in share.units]
    shares = [of for of in shares if of[1]]
    if not shares:
        return relaxation
    highs, rows = solver(), []
    highs.passModel(linear_program(relaxation))
    for _ in range(rounds):
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            break
        often = np.array(highs.getSolution().col_value)
        new = [row for of in shares for row in [_row(*of, often)] if row is not None]
        for columns, values, low in new:
            highs.addRow(low, highspy.kHighsInf, len(columns), columns.astype(np.int32), values)
        rows += new
        if not new:
            break
    return extended(relaxation, rows)


def _places(relaxation: Relaxation, share: Share, unit: int) -> list[_Place]:
    """Return the places of a unit whose dishes count in a share; none if a place has two slots a day."""
    size, days = relaxation.grain.size, share.days[unit]
    part, whole = np.append(share.lane.part, 0.0), np.append(share.lane.whole, 0.0)
    found = []
    for place in np.flatnonzero(share.of_place == unit):
        columns = np.flatnonzero(relaxation.place == place)
        dishes, without = relaxation.dish[columns], float(days - size[place])
        if without < 0:
            return []
        taken = np.append(dishes, -1) if without > 0 else dishes
        kinds, of = np.unique(np.stack([part[taken], whole[taken]], axis=1), axis=0, return_inverse=True)
        if kinds[:, 1].max() > 0:
            of = of.ravel()
            found.append(_Place(kinds[:, 0], kinds[:, 1], columns, of[: len(columns)], without, int(of[-1])))
    found.sort(key=lambda place: -len(place.part))
    return found


def _row(share: Share, places: Sequence[_Place], unit: int, often: Floats) -> Row | None:
    """Return the row of a unit that a solution breaks most, None if it breaks none by much."""
    low, days, missed = share.lane.target.low or 0.0, share.days[unit], share.missed[unit]
    worths = _from_days(places, low, days, often)
    if worths is None:
        return None
    for place, worth in enumerate(worths):
        others = _mixed([*worths[:place], *worths[place + 1 :]])
        worths[place] = replace(worth, points=_lifted(worth, others, low))
    both = list(zip(places, worths, strict=True))
    columns = np.concatenate([*(place.columns for place in places), [missed]])
    values = np.concatenate([*(worth.points[place.of] / days for place, worth in both), [1.0]])
    without = sum(place.days_without * float(worth.points[place.nothing]) for place, worth in both) / days
    if values @ often[columns] + without > -_WORTH_A_ROW:
        return None
    return columns, values, -without - _SAFE


def _lifted(worth: _Worth, others: _Worth, low: float) -> Floats:
    """Return what each choice is worth in the worst of its mixes: with that, no mix is worth less than nothing."""
    missed = _missed(worth.part[:, None] + others.part, worth.whole[:, None] + others.whole, low)
    points: Floats = -(missed + others.points).min(axis=1)
    return points


def _missed(part: Floats, whole: Floats, low: float) -> Floats:
    """Return which part of its least share a day misses; of nothing it is nothing, and all is missed."""
    missed: Floats = np.maximum(0.0, 1.0 - part / (low * np.maximum(whole, 1e-9)))
    return missed


def _mixed(worths: Sequence[_Worth]) -> _Worth:
    """Return all mixes of choices; where they are too many, those alike taken together, each at its best."""
    mixed = _Worth(np.zeros(1), np.zeros(1), np.zeros(1))
    for worth in worths:
        there = np.isfinite(worth.points)
        if len(mixed.points) * there.sum() > _MOST_KEPT:
            mixed = _joined(mixed, np.sqrt(_MOST_KEPT / there.sum()))
        mixed = _Worth(
            (mixed.points[:, None] + worth.points[there]).ravel(),
            (mixed.part[:, None] + worth.part[there]).ravel(),
            (mixed.whole[:, None] + worth.whole[there]).ravel(),
        )
    return mixed


def _joined(worth: _Worth, cells: float) -> _Worth:
    """Return mixes, those with nearly equal part and whole as one: the most part, the least whole and points."""
    grid = [
        np.floor(of / max(float(of.max()), 1e-9) * (cells - 1)).astype(np.int64) for of in (worth.part, worth.whole)
    ]
    _, of = np.unique(grid[0] * 2**20 + grid[1], return_inverse=True)
    points, part, whole = np.full(of.max() + 1, np.inf), np.zeros(of.max() + 1), np.full(of.max() + 1, np.inf)
    np.minimum.at(points, of, worth.points)
    np.maximum.at(part, of, worth.part)
    np.minimum.at(whole, of, worth.whole)
    return _Worth(points, part, whole)


def _from_days(places: Sequence[_Place], low: float, days: float, often: Floats) -> list[_Worth] | None:
    """Return worths by the prices of a solution's dishes when days that miss the least are put together of them."""
    amounts = []
    for place in places:
        amount = np.bincount(place.of, weights=np.maximum(often[place.columns], 0.0), minlength=len(place.part))
        amount[place.nothing] += place.days_without
        amounts.append(amount / amount.sum())
    there = [np.flatnonzero(amount > 1e-9) for amount in amounts]
    sizes = [len(kinds) for kinds in there]
    if np.prod(sizes) > _MOST_MIXES:
        return None
    grid = np.meshgrid(*(np.arange(size) for size in sizes), indexing="ij")
    mixes = np.stack([of.ravel() for of in grid], axis=1)
    part, whole = np.zeros(len(mixes)), np.zeros(len(mixes))
    for number, (place, kinds) in enumerate(zip(places, there, strict=True)):
        part += place.part[kinds[mixes[:, number]]]
        whole += place.whole[kinds[mixes[:, number]]]
    rows = mixes + np.append(0, np.cumsum(sizes)[:-1])
    taken = np.concatenate([amount[kinds] for amount, kinds in zip(amounts, there, strict=True)])
    prices = np.split(_prices(_missed(part, whole, low), rows, taken), np.cumsum(sizes)[:-1])
    worths = []
    for place, kinds, price in zip(places, there, prices, strict=True):
        points = np.full(len(place.part), np.inf)
        points[kinds] = -price
        worths.append(_Worth(points, place.part, place.whole))
    return worths


def _prices(missed: Floats, rows: Integers, amounts: Floats) -> Floats:
    """Return the prices of dishes in the cheapest days put together of given amounts of them."""
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(missed), len(amounts)
    program.col_cost_ = missed
    program.col_lower_, program.col_upper_ = np.zeros(len(missed)), np.full(len(missed), np.inf)
    program.row_lower_ = program.row_upper_ = amounts
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = np.arange(len(missed) + 1) * rows.shape[1]
    program.a_matrix_.index_ = rows.ravel()
    program.a_matrix_.value_ = np.ones(rows.size)
    highs = solver()
    highs.passModel(program)
    highs.run()
    return np.array(highs.getSolution().row_dual)
