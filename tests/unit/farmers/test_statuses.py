"""Dated statuses, without a database."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.farmers.households.domain import STATUSES, Period, record_status, status_on
from shared.errors import Conflict, DomainError

DAY = date(2020, 1, 1)
days = st.integers(0, 20).map(lambda n: DAY + timedelta(days=n))
periods = st.builds(
    lambda start, length, status: Period(
        start, None if length is None else start + timedelta(days=length), status, "x"
    ),
    days,
    st.one_of(st.none(), st.integers(0, 10)),
    st.sampled_from([str(each) for each in STATUSES]),
)


def said_on(history: Iterable[Period], day: date) -> str | None:
    """Return the status that holds on `day`."""
    held = status_on(history, day)
    return None if held is None else held.status


@given(st.lists(periods, max_size=12))
def test_history_says_one_thing_for_a_day(new: list[Period]) -> None:
    """Whatever is recorded in whatever order, closed periods hold on all their days and nothing is recorded twice."""
    history: list[Period] = []
    for period in new:
        try:
            if record_status(history, period):
                history.append(period)
        except Conflict:
            assert period not in history
    for period in history:
        assert record_status(history, period) is False
        assert said_on(history, period.from_day) == period.status
        if period.until_day is not None:
            assert said_on(history, period.until_day) == period.status


def test_an_open_status_lasts_until_the_next() -> None:
    """The registry goes on by a new period; the old row stays as it is."""
    history = [Period(DAY, None, "registered_poor", "x")]
    later = Period(DAY + timedelta(days=9), None, "lifted_out", "x")
    assert record_status(history, later) is True
    history.append(later)
    assert [said_on(history, DAY + timedelta(days=n)) for n in (-1, 0, 8, 9, 999)] == [
        None,
        "registered_poor",
        "registered_poor",
        "lifted_out",
        "lifted_out",
    ]


def test_a_period_ends_after_it_begins() -> None:
    """A reversed period is refused and names its field."""
    with pytest.raises(DomainError) as wrong:
        record_status([], Period(DAY, DAY - timedelta(days=1), "monitored", "x"))
    assert (wrong.value.rule, wrong.value.field) == ("period-reversed", "until_day")
