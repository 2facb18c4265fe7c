"""One canteen's forecasts: its facts as arrays, what is learnt of them, and who is expected to which meal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor

import numpy as np

from services.nutrition.attendance.backtest import backtest
from services.nutrition.attendance.domain import Basis, DayClass, Errors, Expected, class_of
from services.nutrition.attendance.levels import CLASSES, History, Range, expect, fit
from services.nutrition.days import DayKind
from services.nutrition.enrolment.domain import enrolled_on
from shared.fields import Meal
from shared.weeks import monday_of

LOOK_BACK = timedelta(days=400)
"""A school year and a month: each holiday of the calendar has been once."""
ERROR_WEEKS = 4
"""Weeks whose meals a forecast's error is measured on."""
_NOISE = 1e-6
"""What floats may lie beside the whole number they mean."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a canteen the evening before `origin`: who came, how many are enrolled, and the calendar."""

    origin: date
    last: date
    meals: tuple[Meal, ...]
    served: Mapping[tuple[date, Meal], int]
    enrolment: Sequence[tuple[date, int]]
    pupils: int
    calendar: Mapping[date, DayKind]

    @property
    def first(self) -> date:
        """The Monday everything is counted from."""
        return first_day(self.origin)


@dataclass(frozen=True, slots=True)
class MealForecast:
    """Who is expected to one meal on some days, what that rests on, and what such forecasts missed lately."""

    meal: Meal
    basis: Basis
    meals: int
    errors: Errors | None
    days: tuple[Expected, ...]


def first_day(origin: date) -> date:
    """Return the Monday from which meals are looked at."""
    return monday_of(origin - LOOK_BACK)


def forecast(known: Known, days: Mapping[Meal, Sequence[date]], error_weeks: int = ERROR_WEEKS) -> list[MealForecast]:
    """Return the forecasts of each meal on its days, none before the origin; without `error_weeks`, no errors."""
    history = _history(known)
    upto = (known.origin - known.first).days
    fitted = fit(history, upto)
    told = expect(fitted, history.enrolled, history.classes)
    tested = backtest(history, upto, error_weeks)
    found = []
    for series, meal in enumerate(known.meals):
        meals = int(fitted.meals[series])
        found.append(
            MealForecast(
                meal=meal,
                basis=Basis.HISTORY if meals else Basis.ENROLMENT,
                meals=meals,
                errors=tested.errors(series) if meals else None,
                days=tuple(_expected(known, history, told, series, day) for day in days.get(meal, ())),
            )
        )
    return found


def _history(known: Known) -> History:
    first = known.first
    weeks = -(-((known.last - first).days + 1) // 7)
    days = [first + timedelta(days=number) for number in range(weeks * 7)]
    enrolled = np.array([enrolled_on(day, known.enrolment, known.pupils) for day in days], dtype=np.float64)
    classes = np.array([CLASSES.index(class_of(day, known.calendar)) for day in days], dtype=np.int64)
    served = np.full((len(known.meals), len(days)), np.nan)
    for (day, meal), people in known.served.items():
        if first <= day < known.origin and meal in known.meals:
            served[known.meals.index(meal), (day - first).days] = people
    shape = served.shape
    return History(served, np.broadcast_to(enrolled, shape), np.broadcast_to(classes, shape))


def _expected(known: Known, history: History, told: Range, series: int, day: date) -> Expected:
    place = (day - known.first).days
    middle = floor(told.p50[series, place] + 0.5)
    return Expected(
        day=day,
        meal=known.meals[series],
        day_class=DayClass(CLASSES[history.classes[series, place]]),
        enrolled=int(history.enrolled[series, place]),
        p10=min(middle, floor(told.p10[series, place] + _NOISE)),
        p50=middle,
        p90=max(middle, ceil(told.p90[series, place] - _NOISE)),
    )
