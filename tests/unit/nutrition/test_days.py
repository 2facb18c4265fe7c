"""School days."""

from datetime import UTC, date, datetime

from services.nutrition.days import DayKind, has_begun, is_school_day, today


def test_a_day_begins_in_guizhou() -> None:
    """A day begins at 16:00 UTC of the day before."""
    day = date(2026, 11, 30)
    assert not has_begun(day, datetime(2026, 11, 29, 15, 59, tzinfo=UTC))
    assert has_begun(day, datetime(2026, 11, 29, 16, 0, tzinfo=UTC))
    assert today(datetime(2026, 11, 29, 16, 0, tzinfo=UTC)) == day


def test_school_days() -> None:
    """School is Monday to Friday; a county's calendar adds and takes days."""
    friday, saturday, sunday = date(2026, 12, 4), date(2026, 12, 5), date(2026, 12, 6)
    assert [is_school_day(day, {}) for day in (friday, saturday, sunday)] == [True, False, False]
    calendar = {friday: DayKind.HOLIDAY, saturday: DayKind.MAKE_UP, sunday: DayKind.HOLIDAY}
    assert [is_school_day(day, calendar) for day in (friday, saturday, sunday)] == [False, True, False]
