"""School days: dates in Asia/Shanghai, which has been UTC+8 without summer time since 1991."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

_GUIZHOU = timezone(timedelta(hours=8))
_SATURDAY = 5


class DayKind(StrEnum):
    """How a county's calendar sets a day apart: no school although it is a weekday, or school although it is none."""

    HOLIDAY = "holiday"
    MAKE_UP = "make_up"


def today(now: datetime) -> date:
    """Return the date in Guizhou at the aware instant `now`."""
    return now.astimezone(_GUIZHOU).date()


def has_begun(day: date, now: datetime) -> bool:
    """Whether the day is closed for planning: what was ordered for it is on its way."""
    return day <= today(now)


def is_school_day(day: date, calendar: Mapping[date, DayKind]) -> bool:
    """Whether pupils come: Monday to Friday, unless the county's calendar says otherwise."""
    kind = calendar.get(day)
    return kind is DayKind.MAKE_UP if kind is not None else day.weekday() < _SATURDAY
