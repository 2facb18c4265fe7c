"""School days: dates in Asia/Shanghai, which has been UTC+8 without summer time since 1991."""

from datetime import date, datetime, timedelta, timezone

_GUIZHOU = timezone(timedelta(hours=8))


def today(now: datetime) -> date:
    """Return the date in Guizhou at the aware instant `now`."""
    return now.astimezone(_GUIZHOU).date()
