"""School days: dates in Asia/Shanghai, which has been UTC+8 without summer time since 1991."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum

from shared.errors import DomainError

_GUIZHOU = timezone(timedelta(hours=8))
_SATURDAY = 5
_NOBODY_MEANS = datetime(2000, 1, 2, tzinfo=UTC)
"""What somebody did before is a typing mistake; beyond the year 1 it could not even be turned into a local date."""


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


def check_done(at: datetime, now: datetime, field: str) -> None:
    """What is written down has been done, and not in another age."""
    if at > now:
        raise DomainError("in-future", f"{at.isoformat()} is still to come", field=field)
    if at < _NOBODY_MEANS:
        raise DomainError("long-ago", f"{at.isoformat()} is long ago", field=field)


def check_done_on(day: date, at: datetime, now: datetime, field: str) -> None:
    """What is written down of a day was done on it, in Guizhou, and is not still to come."""
    check_done(at, now, field)
    if today(at) != day:
        raise DomainError("other-day", f"{at.isoformat()} is not on {day}", field=field)


def check_monday(week_start: date) -> None:
    """A school week starts on a Monday."""
    if week_start.weekday() != 0:
        raise DomainError("week-starts-monday", f"{week_start} is not a Monday", field="week_start")
