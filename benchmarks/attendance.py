"""Attendance: how soon every canteen of a province knows how many will come, and by how much that misses.

The canteens are made up: levels that drift, weekdays that differ, weeks of illness, days around holidays, numbers typed
wrong, meals nobody recorded. What the forecast cannot know, the scatter of every day, is in both columns.
"""

import time

import numpy as np

from benchmarks.harness import Options, Outcome, benchmark
from services.nutrition.attendance.backtest import backtest
from services.nutrition.attendance.levels import CLASSES, History, expect, fit

CANTEENS = 17_890
WEEKS = 40
TESTED_WEEKS = 4
_HOLIDAYS = (("before_holiday", 0.88), ("after_holiday", 0.95))


@benchmark("nutrition.attendance")
def attendance(options: Options) -> Outcome:
    """Mean people a forecast of every canteen's next week misses, and the seconds it takes."""
    history = made_up(options.seed, options.scaled(CANTEENS), WEEKS)
    days = history.served.shape[1]
    started = time.perf_counter()
    told = expect(fit(history, days - 7), history.enrolled[:, -7:], history.classes[:, -7:])
    took = time.perf_counter() - started
    assert np.all((told.p10 <= told.p50) & (told.p50 <= told.p90))
    started = time.perf_counter()
    tested = backtest(history, days, TESTED_WEEKS)
    tested_took = time.perf_counter() - started
    mae, mape = tested.mae.mean(axis=0), tested.mape_permille.mean(axis=0)
    ways = ("forecast", "last_week", "enrolment")
    return Outcome(
        input=f"{len(history.served)} canteens, {WEEKS} weeks",
        value=float(mae[0]),
        unit="people",
        reference="last week's number",
        reference_value=float(mae[1]),
        details={
            "seconds_forecast": round(took, 3),
            f"seconds_backtest_{TESTED_WEEKS}_weeks": round(tested_took, 3),
            "mae": dict(zip(ways, mae.round(2).tolist(), strict=True)),
            "mape_permille": dict(zip(ways, mape.round(1).tolist(), strict=True)),
            "covered_permille": round(float(tested.covered_permille.mean())),
        },
    )


def made_up(seed: int, canteens: int, weeks: int) -> History:
    """Return made-up canteens that serve one meal on the five days of each week."""
    random = np.random.default_rng(seed)
    shape = (canteens, weeks * 7)
    enrolled = np.exp(random.normal(5.2, 1.0, (canteens, 1))).clip(20, 3000).round()
    drift = np.cumsum(random.normal(0, 0.004, shape), axis=1) * 0.9
    level = np.clip(random.normal(0.93, 0.05, (canteens, 1)) + drift, 0.3, 1.1)
    weekday = 1 + random.normal(0, 0.03, (canteens, 7)) - np.array([0, 0, 0, 0, 0.03, 0, 0])
    place = np.arange(shape[1])
    share = level * weekday[:, place % 7]
    for ill in np.flatnonzero(random.random(canteens) < 0.3):
        start = int(random.integers(0, shape[1] - 10))
        share[ill, start : start + 10] -= 0.15 * random.random()
    classes = np.zeros(shape, dtype=np.int64)
    for friday in range(4 + 7 * 5, shape[1] - 3, 7 * 9):
        for day, (kind, factor) in zip((friday, friday + 3), _HOLIDAYS, strict=True):
            classes[:, day] = CLASSES.index(kind)
            share[:, day] *= factor
    scatter = np.sqrt(enrolled * np.clip(share * (1.1 - share), 0, None) + (0.02 * enrolled) ** 2)
    served = random.normal(enrolled * share, scatter)
    wrong = random.random(shape) < 0.005
    served = np.where(wrong, served * random.choice([0.1, 2.0], shape), served).round().clip(1)
    served[:, place % 7 >= 5] = np.nan
    served[random.random(shape) < 0.03] = np.nan
    return History(served, np.repeat(enrolled, shape[1], axis=1), classes)
