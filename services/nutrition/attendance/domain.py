"""Days on which attendance is unlike other days, and what an attendance forecast says."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from services.nutrition.days import DayKind, is_school_day
from shared.fields import AgeBand, Meal
from shared.quantities import split

TERM_BREAK_DAYS = 14
"""So many days without school are no holiday any more but the end of a term."""
LOOK_AROUND = timedelta(days=TERM_BREAK_DAYS + 7)
"""How far before and behind a day its calendar must be known to tell which kind of day it is."""
_SATURDAY = 5
_DAY = timedelta(days=1)


class DayClass(StrEnum):
    """What kind of school day it is: pupils leave early before holidays, come late behind them, and skip weekends."""

    ORDINARY = "ordinary"
    BEFORE_HOLIDAY = "before_holiday"
    AFTER_HOLIDAY = "after_holiday"
    LAST_OF_TERM = "last_of_term"
    FIRST_OF_TERM = "first_of_term"
    MAKE_UP = "make_up"


class Basis(StrEnum):
    """What a forecast is made from: meals that were served, or without any what is enrolled."""

    HISTORY = "history"
    ENROLMENT = "enrolment"


@dataclass(frozen=True, slots=True)
class Expected:
    """Who will come to one meal: `p50` is what to plan for; one meal in ten stays below `p10`, one above `p90`."""

    day: date
    meal: Meal
    day_class: DayClass
    enrolled: int
    p10: int
    p50: int
    p90: int


@dataclass(frozen=True, slots=True)
class Miss:
    """By how much a way of forecasting missed: the mean of people, and of 1/1000 of those who came."""

    mae: float
    mape_permille: float


@dataclass(frozen=True, slots=True)
class Errors:
    """What forecasts made on the Mondays of the last weeks missed, beside last week's number and plain enrolment.

    `covered_permille` of the `meals` lay between P10 and P90; 800 would be right.
    """

    weeks: int
    meals: int
    forecast: Miss
    last_week: Miss
    enrolment: Miss
    covered_permille: int


def class_of(day: date, calendar: Mapping[date, DayKind]) -> DayClass:
    """Return which kind of day a school day is; a calendar known for LOOK_AROUND on both sides decides."""
    behind, before = _break(day, _DAY, calendar), _break(day, -_DAY, calendar)
    if behind >= TERM_BREAK_DAYS:
        return DayClass.LAST_OF_TERM
    if before >= TERM_BREAK_DAYS:
        return DayClass.FIRST_OF_TERM
    if behind:
        return DayClass.BEFORE_HOLIDAY
    if before:
        return DayClass.AFTER_HOLIDAY
    return DayClass.MAKE_UP if day.weekday() >= _SATURDAY else DayClass.ORDINARY


def _break(day: date, step: timedelta, calendar: Mapping[date, DayKind]) -> int:
    """Return how many days without school follow on one side; 0 when that is nothing but a weekend."""
    free, weekdays, other = 0, 0, day + step
    while free <= TERM_BREAK_DAYS and not is_school_day(other, calendar):
        free += 1
        weekdays += other.weekday() < _SATURDAY
        other += step
    return free if weekdays else 0


def by_band(people: int, enrolled: Mapping[AgeBand, int]) -> dict[AgeBand, int]:
    """Share those expected among the age bands as the enrolled are; nobody has counted them apart."""
    bands: Collection[AgeBand] = [band for band in AgeBand if enrolled.get(band)]
    return dict(zip(bands, split(people, [enrolled[band] for band in bands]), strict=True))
