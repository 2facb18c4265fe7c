"""What is needed and what is coming as arrays: a row for each county and food, a column for each week."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from services.farmers.guidance.domain import Cell
from services.farmers.guidance.supply import Sums

Grams = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Pair = tuple[str, str]
"""A county and a food."""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """What counties need and what is coming, g; only weeks that are `foreseen` have either.

    Rows are sorted by county and food. 64 bits hold the sums of a million rows of the largest amount there may be.
    """

    pairs: Sequence[Pair]
    weeks: Sequence[date]
    foreseen: Flags
    cycles_g: Grams
    menus_g: Grams
    contracts_g: Grams
    offers_g: Grams
    forecasts_g: Grams

    def recount(
        self, county_code: str, food_codes: Collection[str] | None, counted: Mapping[Cell, Sums], quantile: str
    ) -> None:
        """Put what was counted of foods (None: every one) of a county in the place of what stands there."""
        for row in range(bisect_left(self.pairs, (county_code, "")), len(self.pairs)):
            county, food = self.pairs[row]
            if county != county_code:
                return
            if food_codes is None or food in food_codes:
                sums = [counted.get((food, week), _NOTHING) for week in self.weeks]
                there = self.foreseen[row]
                self.contracts_g[row] = np.where(there, [each.contracts_g for each in sums], 0)
                self.offers_g[row] = np.where(there, [each.offers_g for each in sums], 0)
                self.forecasts_g[row] = np.where(there, [getattr(each, quantile) for each in sums], 0)


_NOTHING = Sums()


def grid_of(rows: Iterable[Sequence[Any]], first: date, weeks: int) -> Grid:
    """Make a grid of rows: county, food, week, then g from cycles, menus, contracts, offers and forecasts."""
    counties, foods, days, *grams = tuple(zip(*rows, strict=True)) or ((),) * 8
    pairs = sorted(set(zip(counties, foods, strict=True)))
    places = {pair: place for place, pair in enumerate(pairs)}
    at = (
        np.fromiter(map(places.__getitem__, zip(counties, foods, strict=True)), np.intp, len(days)),
        (np.array(days, "datetime64[D]") - np.datetime64(first)).astype(np.intp) // 7,
    )
    foreseen = np.zeros((len(pairs), weeks), np.bool_)
    foreseen[at] = True
    arrays = [np.zeros((len(pairs), weeks), np.int64) for _ in grams]
    for array, values in zip(arrays, grams, strict=True):
        array[at] = values
    return Grid(pairs, [first + timedelta(weeks=number) for number in range(weeks)], foreseen, *arrays)
