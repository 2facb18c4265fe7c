"""Attendance of many canteens at once: weekday × recent level, drawn towards enrolment as far as meals scatter.

A series is one meal of one canteen. Everything is a share of those enrolled that day, so that a new enrolment carries
over. The figures below without a source are assumptions of this project, as the backtest beside every forecast shows.
"""

from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import NDArray

from services.nutrition.attendance.domain import DayClass

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

CLASSES = tuple(DayClass)
WINDOW_WEEKS = 12
"""Weeks of meals that level and weekdays are learnt from."""
HALF_LIFE_DAYS = 14
"""A meal of two weeks ago counts half as much for the level as yesterday's."""
LEVEL_SPREAD = 0.10
"""How far canteens' usual attendance lies from enrolment (standard deviation)."""
WEEKDAY_SPREAD = 0.05
"""How far weekdays lie from each other (standard deviation)."""
USUAL_SCATTER = 0.05
"""How far meals lie from the level, as long as there are too few to see it."""
SPECIAL_SPREAD = 0.10
"""How far special days lie from others, and one such day from the next (standard deviation)."""
FEWEST = 4
"""Below so many meals the scatter and what is usual are partly assumed."""
RECENT = 10
"""Meals whose median is what is usual now: an outlier is held near it, a lasting change moves it within a week."""
LEAST_TOLERANCE = 0.10
TOLERANCE = 3 * 1.4826
"""Three standard deviations, by the median of absolute deviations (1.4826 of them are one, for normal errors)."""
GUESTS_QUANTILE = 0.9
TENTH = 1.2815515655446004
"""The normal distribution's 90 % point."""


@dataclass(frozen=True, slots=True)
class History:
    """What S series served on T days; the first day is a Monday, T a multiple of 7.

    `served` is NaN where no meal is known; `classes` counts a day's DayClass from 0 (ordinary).
    """

    served: Floats
    enrolled: Floats
    classes: Integers


@dataclass(frozen=True, slots=True)
class Fit:
    """What was learnt of S series: shares of those enrolled.

    `weekday` is S × 7, `special` S × classes, both factors with the sum of evidence behind `special`; `scatter` is one
    meal's standard deviation, `doubt` the level's; `guests` come beyond those enrolled at one meal in ten.
    """

    meals: Integers
    level: Floats
    weekday: Floats
    special: Floats
    special_doubt: Floats
    scatter: Floats
    doubt: Floats
    guests: Floats


@dataclass(frozen=True, slots=True)
class Range:
    """People expected, S × days."""

    p10: Floats
    p50: Floats
    p90: Floats


def fit(history: History, upto: int) -> Fit:
    """Learn from the meals before day `upto`; series without any are expected to come as enrolled."""
    weeks = max(1, -(-upto // 7))
    start = max(0, weeks - WINDOW_WEEKS)
    known = (np.arange(history.served.shape[1]) < upto) & (history.enrolled > 0)
    rate = np.where(known, history.served, np.nan) / np.where(history.enrolled > 0, history.enrolled, 1.0)
    window = slice(start * 7, weeks * 7)
    ordinary = np.where(history.classes[:, window] == 0, rate[:, window], np.nan).reshape(len(rate), -1, 7)
    held = _held(ordinary)
    meals = _count(held.reshape(len(rate), -1))
    recency = _recency(weeks - start, weeks * 7 - upto)
    scatter = _scatter(held, meals, recency)
    pull = (scatter / WEEKDAY_SPREAD) ** 2
    weekday = _weekday(held, pull)
    draw = (scatter / LEVEL_SPREAD) ** 2
    weight = np.where(np.isnan(held), 0.0, recency)
    seen = weight.sum(axis=(1, 2))
    total = (np.nan_to_num(held / weekday[:, None, :]) * weight).sum(axis=(1, 2))
    level = np.where(meals > 0, (total + draw) / np.maximum(seen + draw, 1e-12), 1.0)
    doubt = np.where(meals > 0, scatter / np.sqrt(np.maximum(seen + draw, 1e-12)), LEVEL_SPREAD)
    special, special_doubt = _special(history, rate, weekday, level, scatter)
    beyond = np.nan_to_num((held.reshape(len(rate), -1) - 1) * history.enrolled[:, window], nan=-np.inf)
    guests = _guests(beyond, meals)
    return Fit(meals, level, weekday, special, special_doubt, scatter, doubt, guests)


def expect(fitted: Fit, enrolled: Floats, classes: Integers, first_weekday: int = 0) -> Range:
    """Return who is expected on days in a row, S × days; the first is a Monday unless said otherwise.

    Never more than are enrolled and usually come as guests.
    """
    weekdays = (np.arange(enrolled.shape[1]) + first_weekday) % 7
    rows = np.arange(len(enrolled))[:, None]
    factor = fitted.weekday[:, weekdays] * fitted.special[rows, classes]
    rate = fitted.level[:, None] * factor
    spread = np.sqrt(
        (fitted.scatter[:, None] ** 2 + fitted.doubt[:, None] ** 2) * factor**2
        + (rate * fitted.special_doubt[rows, classes]) ** 2
    )
    most = enrolled + fitted.guests[:, None]
    p10, p50, p90 = (np.clip(enrolled * (rate + z * spread), 0.0, most) for z in (-TENTH, 0.0, TENTH))
    return Range(p10, p50, p90)


def _count(values: Floats) -> Integers:
    counted: Integers = (~np.isnan(values)).sum(axis=-1)
    return counted


def _median(values: Floats) -> Floats:
    """Return the medians along the last axis of what is there, NaN where nothing is."""
    ordered = np.sort(values, axis=-1)
    count = _count(values)
    places = np.maximum(np.stack([(count - 1) // 2, count // 2], axis=-1), 0)
    median: Floats = np.take_along_axis(ordered, places, axis=-1).mean(axis=-1)
    return median


def _held(rate: Floats) -> Floats:
    """Hold outliers near what is usual now (S × weeks × 7), each weekday against its own usual."""
    flat = rate.reshape(len(rate), -1)
    usual = _median(flat)[:, None]
    of_weekday = rate.swapaxes(1, 2)
    own = np.where(_count(of_weekday) >= FEWEST, _median(of_weekday), usual)
    shift = np.nan_to_num(own / usual, nan=1.0)
    alike = (rate / shift[:, None, :]).reshape(flat.shape)
    count = _count(alike)
    from_last = np.cumsum(~np.isnan(alike)[:, ::-1], axis=1)[:, ::-1]
    recent = np.where(from_last <= RECENT, alike, np.nan)
    assumed = np.where(np.arange(FEWEST - 1) < (FEWEST - count)[:, None], 1.0, np.nan)
    now = np.hstack([recent, assumed])
    centre = _median(now)[:, None]
    scale = np.nan_to_num(_median(np.abs(now - centre)))[:, None]
    tolerance = np.maximum(TOLERANCE * scale, LEAST_TOLERANCE)
    held: Floats = np.clip(alike, centre - tolerance, centre + tolerance).reshape(rate.shape) * shift[:, None, :]
    return held


def _recency(weeks: int, after: int) -> Floats:
    """Return how much a day of the window counts, weeks × 7: 1 for the last, half as much a half-life before."""
    age = np.arange(weeks * 7)[::-1] - after
    return (0.5 ** (np.maximum(age, 0) / HALF_LIFE_DAYS)).reshape(weeks, 7)


def _scatter(held: Floats, meals: Integers, recency: Floats) -> Floats:
    """Return how far one meal lies from the level, weekdays with a usual of their own apart; recent ones count most."""
    of_weekday = held.swapaxes(1, 2)
    known = _count(of_weekday) >= FEWEST
    shift = np.where(known, _median(of_weekday), _median(held.reshape(len(held), -1))[:, None])
    alike = held / shift[:, None, :]
    weight = np.where(np.isnan(alike), 0.0, recency)
    total = np.maximum(weight.sum(axis=(1, 2)), 1e-12)
    mean = (np.nan_to_num(alike) * weight).sum(axis=(1, 2)) / total
    squares = ((np.nan_to_num(alike - mean[:, None, None]) ** 2) * weight).sum(axis=(1, 2)) / total
    free = np.maximum(meals - np.maximum(known.sum(axis=1), 1), 1)
    seen = squares * np.maximum(meals, 1) / free
    assumed = np.clip(FEWEST - meals, 0, None)
    scatter: Floats = np.sqrt((seen * meals + assumed * USUAL_SCATTER**2) / np.maximum(meals + assumed, 1))
    return scatter


def _weekday(held: Floats, pull: Floats) -> Floats:
    """Return each weekday's factor: its mean over the mean of weekdays, drawn towards 1 by what meals scatter."""
    of_weekday = held.swapaxes(1, 2)
    count = _count(of_weekday)
    mean = np.nan_to_num(of_weekday).sum(axis=2) / np.maximum(count, 1)
    days = np.maximum((count > 0).sum(axis=1), 1)
    middle = np.where(count > 0, mean, 0.0).sum(axis=1) / days
    ratio = np.where(count > 0, mean / np.where(middle > 0, middle, 1.0)[:, None], 1.0)
    factor: Floats = (ratio * count + pull[:, None]) / np.maximum(count + pull[:, None], 1e-12)
    return np.where(count > 0, factor, 1.0)


def _special(history: History, rate: Floats, weekday: Floats, level: Floats, scatter: Floats) -> tuple[Floats, Floats]:
    """Return each class's factor: its days against ordinary ones within two weeks, drawn towards 1, and its doubt."""
    known = ~np.isnan(rate)
    total, count = np.zeros((len(rate), len(CLASSES))), np.zeros((len(rate), len(CLASSES)))
    rows = np.arange(len(rate))
    for day in np.flatnonzero((known & (history.classes > 0)).any(axis=0)).tolist():
        near = slice(max(0, day - HALF_LIFE_DAYS), day + HALF_LIFE_DAYS + 1)
        weekdays = np.arange(near.start, near.start + rate[:, near].shape[1]) % 7
        alike = np.where(history.classes[:, near] == 0, rate[:, near] / weekday[:, weekdays], np.nan)
        usual = np.where(_count(alike) > 0, _median(alike), level) * weekday[:, day % 7]
        here = known[:, day] & (history.classes[:, day] > 0)
        ratio = np.clip(np.where(here, rate[:, day] / usual, 0.0), 0.0, 2.0)
        total[rows, history.classes[:, day]] += ratio
        count[rows, history.classes[:, day]] += here
    draw = 1 + (scatter[:, None] / SPECIAL_SPREAD) ** 2
    factor, doubt = (total + draw) / (count + draw), SPECIAL_SPREAD * np.sqrt(1 + draw / (count + draw))
    ordinary = np.arange(len(CLASSES)) == 0
    return np.where(ordinary, 1.0, factor), np.where(ordinary, 0.0, doubt)


def _guests(beyond: Floats, meals: Integers) -> Floats:
    """Return how many come beyond those enrolled at one meal in ten at least (S × days, −inf where unknown)."""
    ordered = np.sort(beyond, axis=1)[:, ::-1]
    place = np.array([floor(n * (1 - GUESTS_QUANTILE)) for n in range(beyond.shape[1] + 1)])[meals]
    found = np.take_along_axis(ordered, np.minimum(place, beyond.shape[1] - 1)[:, None], axis=1)[:, 0]
    return np.maximum(found, 0.0)
