"""What a province still wants and what to sow for it: every county and food at once, week after week."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from services.farmers.guidance.domain import Advice, Crop, Guidance, Needed, Supply, area, weekly_yield_g
from services.farmers.guidance.grid import Flags, Grams, Grid, Pair
from shared.weeks import monday_of

ADVICE = tuple(Advice)
"""What the numbers in :attr:`Reckoned.advice` stand for."""
_UNKNOWN = Crop("", "", 1, 1, 1, 1, 12)
_COVERED, _SOW, _TOO_LATE, _OUT_OF_SEASON, _NO_CROP = range(len(ADVICE))


@dataclass(frozen=True, slots=True, eq=False)
class Reckoned:
    """What weeks still want of foods (as in :class:`Guidance`), where `grid.foreseen`.

    `growing_weeks` is by county and food, -1 where nobody has said how the food grows.
    """

    grid: Grid
    wanted_g: Grams
    surplus_g: Grams
    planned_g: Grams
    mu_hundredths: Grams
    advice: npt.NDArray[np.int64]
    growing_weeks: npt.NDArray[np.int64]

    def guidance(self) -> Iterator[tuple[Pair, Guidance]]:
        """Yield what every week that needs something still wants, by county, food and week."""
        grid = self.grid
        for row, column in zip(*(each.tolist() for each in np.nonzero(grid.foreseen)), strict=True):
            at, week, growing = (row, column), grid.weeks[column], int(self.growing_weeks[row])
            yield (
                grid.pairs[row],
                Guidance(
                    food_code=grid.pairs[row][1],
                    week_start=week,
                    needed=Needed(int(grid.cycles_g[at]), int(grid.menus_g[at])),
                    supply=Supply(int(grid.contracts_g[at]), int(grid.offers_g[at]), int(grid.forecasts_g[at])),
                    wanted_g=int(self.wanted_g[at]),
                    surplus_g=int(self.surplus_g[at]),
                    advice=ADVICE[self.advice[at]],
                    sowing_week=None if growing < 0 else week - timedelta(weeks=growing),
                    planned_g=int(self.planned_g[at]),
                    mu_hundredths=int(self.mu_hundredths[at]),
                ),
            )


@dataclass(frozen=True, slots=True, eq=False)
class _Crops:
    """How the food of each row grows (1 where nobody has said), and in which columns it can be sown."""

    known: Flags
    growing_weeks: npt.NDArray[np.int64]
    harvest_weeks: npt.NDArray[np.int64]
    yield_kg_per_mu: npt.NDArray[np.int64]
    timely: Flags
    in_season: Flags


def reckon(grid: Grid, crops: Mapping[str, Crop], today: date) -> Reckoned:
    """Return what weeks still want and what to sow for it; the present week can be sown in.

    Weeks are gone through in order: an area sown for one goes on bearing in the next ones.
    """
    gap_g = grid.cycles_g + grid.menus_g - grid.contracts_g - grid.offers_g - grid.forecasts_g
    wanted_g = np.maximum(gap_g, 0)
    planned_g, mu = np.zeros_like(gap_g), np.zeros_like(gap_g)
    advice = np.full_like(gap_g, _COVERED)
    grown = _crops(grid, crops, monday_of(today))
    rows, last = np.arange(len(grid.pairs)), len(grid.weeks)
    coming_g = np.zeros(len(grid.pairs), np.int64)
    ending_g = np.zeros((len(grid.pairs), last + 1), np.int64)
    for week in range(last):
        coming_g -= ending_g[:, week]
        planned_g[:, week] = np.minimum(wanted_g[:, week], coming_g)
        missing_g = wanted_g[:, week] - planned_g[:, week]
        mu[:, week] = np.where(grown.known, area(missing_g, grown.harvest_weeks, grown.yield_kg_per_mu), 0)
        advice[:, week] = _advice(grown, week, missing_g)
        sown = np.where(advice[:, week] == _SOW, mu[:, week], 0)
        bearing_g = weekly_yield_g(sown, grown.harvest_weeks, grown.yield_kg_per_mu)
        coming_g += bearing_g
        ending_g[rows, np.minimum(week + grown.harvest_weeks, last)] += bearing_g
    return Reckoned(
        grid, wanted_g, wanted_g - gap_g, planned_g, mu, advice, np.where(grown.known, grown.growing_weeks, -1)
    )


def _advice(grown: _Crops, week: int, missing_g: Grams) -> npt.NDArray[np.int64]:
    nothing = [missing_g == 0, ~grown.known, ~grown.timely[:, week], grown.in_season[:, week]]
    return np.select(nothing, [_COVERED, _NO_CROP, _TOO_LATE, _SOW], _OUT_OF_SEASON).astype(np.int64)


def _crops(grid: Grid, crops: Mapping[str, Crop], this_week: date) -> _Crops:
    """Look up every food once, whatever the number of counties."""
    foods = sorted({food for _, food in grid.pairs})
    place = {food: number for number, food in enumerate(foods)}
    of_row = np.fromiter((place[food] for _, food in grid.pairs), np.intp, len(grid.pairs))
    timely, in_season = (np.zeros((len(foods), len(grid.weeks)), np.bool_) for _ in range(2))
    known = [crops.get(food, _UNKNOWN) for food in foods]
    for number, crop in enumerate(known):
        sowing = [week - timedelta(weeks=crop.growing_weeks) for week in grid.weeks]
        timely[number] = [week >= this_week for week in sowing]
        in_season[number] = [crop.sown_in(week) for week in sowing]
    return _Crops(
        np.array([crop is not _UNKNOWN for crop in known], np.bool_)[of_row],
        np.array([crop.growing_weeks for crop in known], np.int64)[of_row],
        np.array([crop.harvest_weeks for crop in known], np.int64)[of_row],
        np.array([crop.yield_kg_per_mu for crop in known], np.int64)[of_row],
        timely[of_row],
        in_season[of_row],
    )
