"""What forecasts would have missed: made on each Monday of the last weeks from nothing but what was known then."""

from dataclasses import dataclass

import numpy as np

from services.nutrition.attendance.domain import Errors, Miss
from services.nutrition.attendance.levels import Floats, History, Integers, expect, fit


@dataclass(frozen=True, slots=True)
class Backtest:
    """Errors of S series: the `meals` compared, and S × 3 means for the forecast, last week's number and enrolment."""

    weeks: int
    meals: Integers
    mae: Floats
    mape_permille: Floats
    covered_permille: Floats

    def errors(self, series: int) -> Errors | None:
        """Return one series' errors; None where no meal was there to compare with."""
        if not self.meals[series]:
            return None
        ways = zip(self.mae[series], self.mape_permille[series], strict=True)
        forecast, last_week, enrolment = (Miss(float(people), float(permille)) for people, permille in ways)
        return Errors(
            weeks=self.weeks,
            meals=int(self.meals[series]),
            forecast=forecast,
            last_week=last_week,
            enrolment=enrolment,
            covered_permille=round(float(self.covered_permille[series])),
        )


def backtest(history: History, upto: int, weeks: int) -> Backtest:
    """Forecast the last `weeks` weeks before day `upto`, each on its Monday, and compare with what was served."""
    count = len(history.served)
    people, permille = np.zeros((count, 3)), np.zeros((count, 3))
    meals, covered = np.zeros(count, dtype=np.int64), np.zeros(count)
    last_monday = (upto - 1) // 7 * 7
    for monday in range(last_monday - 7 * (weeks - 1), last_monday + 1, 7):
        if monday < 7:
            continue
        days = slice(monday, monday + 7)
        served = np.where(np.arange(monday, monday + 7) < upto, history.served[:, days], np.nan)
        there = ~np.isnan(served)
        enrolled = history.enrolled[:, days]
        told = expect(fit(history, monday), enrolled, history.classes[:, days])
        ways = (told.p50, last_week(history, monday), enrolled)
        for place, way in enumerate(ways):
            miss = np.where(there, np.abs(np.nan_to_num(served) - way), 0.0)
            people[:, place] += miss.sum(axis=1)
            permille[:, place] += (1000 * miss / np.where(there, served, 1.0)).sum(axis=1)
        meals += there.sum(axis=1)
        covered += (there & (np.floor(told.p10) <= served) & (served <= np.ceil(told.p90))).sum(axis=1)
    among = np.maximum(meals, 1)
    return Backtest(weeks, meals, people / among[:, None], permille / among[:, None], 1000 * covered / among)


def last_week(history: History, monday: int) -> Floats:
    """Return the plainest guess at a week: the same weekday of the week before, else the last meal, else enrolment."""
    before = history.served[:, :monday]
    from_last = ~np.isnan(before[:, ::-1])
    last = before[np.arange(len(before)), monday - 1 - from_last.argmax(axis=1)]
    last = np.where(from_last.any(axis=1), last, np.nan)[:, None]
    same = before[:, monday - 7 :]
    guess = np.where(np.isnan(same), last, same)
    return np.where(np.isnan(guess), history.enrolled[:, monday : monday + 7], guess)
