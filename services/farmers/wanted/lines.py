"""The lines of publications, made of what was reckoned for many counties beside what was said before, as arrays."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from services.farmers.guidance.domain import Advice
from services.farmers.guidance.grid import Grams
from services.farmers.guidance.reckoning import ADVICE, Reckoned
from services.farmers.wanted.domain import WEEKS

COLUMNS = (
    "county_code",
    "published_week",
    "food_code",
    "week_start",
    "wanted_g",
    "change_g",
    "advice",
    "sowing_week",
    "mu_hundredths",
)
_ADVICE = [str(each) for each in ADVICE]
_COVERED, _SOW = ADVICE.index(Advice.COVERED), ADVICE.index(Advice.SOW)


@dataclass(frozen=True, slots=True)
class Before:
    """What the publications before said: their weeks by county, and rows (county, food, week, g) that were wanted."""

    published: Mapping[str, date]
    wanted: Sequence[Sequence[Any]]


def to_publish(now: Reckoned, before: Before, county_codes: Collection[str]) -> Iterator[tuple[Any, ...]]:
    """Return lines of what counties still want, and of what they want no more though the publication before said so.

    A line has the columns of the table; its change is None for weeks the publication before did not look ahead to.
    """
    first = now.grid.weeks[0]
    ours = [row for row, (county, _) in enumerate(now.grid.pairs) if county in county_codes]
    known = [now.grid.pairs[row] for row in ours]
    pairs = sorted({*known, *((row[0], row[1]) for row in before.wanted)})
    places = {pair: place for place, pair in enumerate(pairs)}
    at = np.array([places[pair] for pair in known], np.intp)
    wanted_g, mu = _spread(now.wanted_g[ours], at, len(pairs)), _spread(now.mu_hundredths[ours], at, len(pairs))
    advice = _spread(now.advice[ours], at, len(pairs), _COVERED)
    growing_weeks = _spread(now.growing_weeks[ours], at, len(pairs), -1)
    before_g = np.zeros_like(wanted_g)
    for county, food, week, grams in before.wanted:
        before_g[places[county, food], (week - first).days // 7] = grams
    rows, weeks = np.nonzero((wanted_g > 0) | (before_g > 0))
    cells, growing_weeks = (rows, weeks), growing_weeks[rows]
    compared = weeks < np.array([_compared(before, county, first) for county, _ in pairs], np.int64)[rows]
    return zip(
        [pairs[row][0] for row in rows.tolist()],
        repeat(first, len(rows)),
        [pairs[row][1] for row in rows.tolist()],
        _mondays(first, weeks),
        wanted_g[cells].tolist(),
        _or_none(compared, (wanted_g - before_g)[cells].tolist()),
        [_ADVICE[number] for number in advice[cells].tolist()],
        _or_none((advice[cells] != _COVERED) & (growing_weeks >= 0), _mondays(first, weeks - growing_weeks)),
        np.where(advice[cells] == _SOW, mu[cells], 0).tolist(),
        strict=True,
    )


def _spread(array: Grams, at: npt.NDArray[np.intp], rows: int, nothing: int = 0) -> Grams:
    """Put rows in other places of a larger array, nothing in the others."""
    larger = np.full((rows, *array.shape[1:]), nothing, np.int64)
    larger[at] = array
    return larger


def _compared(before: Before, county_code: str, first: date) -> int:
    """Return for how many weeks from the first on the publication before says something."""
    published = before.published.get(county_code)
    return 0 if published is None else WEEKS - (first - published).days // 7


def _mondays(first: date, weeks: npt.NDArray[np.int64]) -> list[date]:
    days: list[date] = (np.datetime64(first) + weeks * 7).tolist()
    return days


def _or_none(is_so: npt.NDArray[np.bool_], values: Sequence[Any]) -> list[Any]:
    return [value if so else None for so, value in zip(is_so.tolist(), values, strict=True)]
