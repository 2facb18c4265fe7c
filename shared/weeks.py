"""School weeks begin on a Monday."""

from datetime import date, timedelta


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())
