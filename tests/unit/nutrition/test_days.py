"""School days."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.nutrition.days import (
    DayKind,
    check_done,
    check_done_on,
    check_monday,
    has_begun,
    is_school_day,
    today,
)
from shared.errors import DomainError

NOW = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


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


@pytest.mark.parametrize(
    ("at", "rule"),
    [
        (NOW, None),
        (NOW + INSTANT, "in-future"),
        (datetime(2000, 1, 2, tzinfo=UTC), None),
        (datetime(2000, 1, 2, tzinfo=UTC) - INSTANT, "long-ago"),
    ],
)
def test_what_was_done_was_done_by_now_and_in_this_age(at: datetime, rule: str | None) -> None:
    """Now is in time, an instant later is to come; what lies before the year 2000's second day is a typing mistake."""
    if rule is None:
        check_done(at, NOW, "served_at")
        return
    with pytest.raises(DomainError) as refused:
        check_done(at, NOW, "served_at")
    assert (refused.value.rule, refused.value.field) == (rule, "served_at")


def test_what_is_written_of_a_day_was_done_on_it() -> None:
    """The day is Guizhou's: from 16:00 UTC of the day before; what is still to come is refused on any day."""
    day = date(2026, 11, 30)
    check_done_on(day, datetime(2026, 11, 29, 16, 0, tzinfo=UTC), NOW, "served_at")
    for at, rule in ((datetime(2026, 11, 29, 15, 59, tzinfo=UTC), "other-day"), (NOW + INSTANT, "in-future")):
        with pytest.raises(DomainError) as refused:
            check_done_on(day, at, NOW, "served_at")
        assert (refused.value.rule, refused.value.field) == (rule, "served_at")


def test_a_school_week_starts_on_a_monday() -> None:
    """Any other day is refused by name."""
    monday = date(2026, 11, 30)
    check_monday(monday)
    for number in range(1, 7):
        with pytest.raises(DomainError) as refused:
            check_monday(monday + timedelta(days=number))
        assert (refused.value.rule, refused.value.field) == ("week-starts-monday", "week_start")
