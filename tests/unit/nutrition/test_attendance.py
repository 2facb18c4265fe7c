"""Attendance forecasts: what is learnt from meals served, and by how much it misses."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.attendance import made_up
from services.nutrition.attendance.backtest import backtest, last_week
from services.nutrition.attendance.domain import Basis, DayClass, Expected, by_band, class_of
from services.nutrition.attendance.forecasting import Known, MealForecast, forecast
from services.nutrition.attendance.levels import History, expect, fit
from services.nutrition.days import DayKind, is_school_day
from shared.fields import AgeBand, Meal

MONDAY = date(2026, 11, 30)
SUNDAY = date(2026, 12, 6)
LUNCH = Meal.LUNCH


def before(count: int, calendar: Mapping[date, DayKind] | None = None) -> list[date]:
    """The last school days before Monday, oldest first."""
    days = [MONDAY - timedelta(days=number) for number in range(1, 400)]
    return [day for day in days if is_school_day(day, calendar or {})][:count][::-1]


def known(came: Mapping[date, int], pupils: int = 100, **other: Any) -> Known:
    """A canteen that serves lunch and has told who came."""
    values: dict[str, Any] = {
        "origin": MONDAY,
        "last": SUNDAY,
        "meals": (LUNCH,),
        "served": {(day, LUNCH): people for day, people in came.items()},
        "enrolment": [],
        "pupils": pupils,
        "calendar": {},
    }
    return Known(**(values | other))


def told(facts: Known, days: Sequence[date] | None = None) -> MealForecast:
    """The forecast of lunch, for the coming week unless told otherwise."""
    (found,) = forecast(facts, {LUNCH: days or [MONDAY + timedelta(days=number) for number in range(5)]})
    return found


def first(facts: Known) -> Expected:
    """The forecast of Monday's lunch."""
    return told(facts).days[0]


@given(st.integers(1, 3000), st.data(), st.integers(4, 80))
def test_who_always_come_are_expected(pupils: int, data: st.DataObject, meals: int) -> None:
    """Constant attendance is forecast as that number, whatever is enrolled, with nothing to doubt about it."""
    people = data.draw(st.integers(1, pupils + pupils // 10))
    for day in told(known(dict.fromkeys(before(meals), people), pupils)).days:
        assert (day.p10, day.p50, day.p90) == (people, people, people)


@given(st.integers(1, 500), st.lists(st.one_of(st.none(), st.integers(1, 1500)), max_size=70))
def test_never_more_than_are_enrolled_and_come_as_guests(pupils: int, came: list[int | None]) -> None:
    """Whatever was served: 0 ≤ P10 ≤ P50 ≤ P90 ≤ enrolled and the most guests there ever were."""
    days = zip(before(len(came)), came, strict=True)
    facts = known({day: min(people, 3 * pupils) for day, people in days if people is not None}, pupils)
    guests = max([0, *(people - pupils for people in facts.served.values())])
    for day in told(facts).days:
        assert 0 <= day.p10 <= day.p50 <= day.p90 <= pupils + guests


def test_without_history_everybody_enrolled_is_expected() -> None:
    """Nobody served yet: enrolment is the forecast, it says so, doubts it downwards, and claims no error."""
    found = told(known({}, 250))
    assert (found.basis, found.meals, found.errors) == (Basis.ENROLMENT, 0, None)
    assert {(day.p50, day.p90) for day in found.days} == {(250, 250)}
    assert all(150 < day.p10 < 240 for day in found.days)
    assert first(known({}, 0)).p50 == 0


@given(st.integers(1, 300), st.integers(0, 19))
def test_one_outlier_does_not_run_away(people: int, place: int) -> None:
    """A school trip, or a number typed thrice, moves the forecast of 90 of 100 pupils by three at most."""
    came = dict.fromkeys(before(20), 90)
    came[before(20)[place]] = people
    assert abs(first(known(came)).p50 - 90) <= 3


def test_first_meals_are_believed_by_and_by() -> None:
    """The first meal moves the forecast towards it, not all the way; after four it is what came."""
    forecasts = [first(known(dict.fromkeys(before(meals), 70))).p50 for meals in (0, 1, 4)]
    assert forecasts[0] == 100
    assert 85 < forecasts[1] < 100
    assert forecasts[2] == 70
    assert first(known(dict.fromkeys(before(1), 300))).p90 <= 115


def test_a_lasting_change_is_followed() -> None:
    """When a third of the pupils stay away for good, two weeks later the forecast has come down with them."""
    days = before(50)
    came = dict.fromkeys(days[:40], 95) | dict.fromkeys(days[40:], 65)
    assert first(known(came)).p50 <= 75


def test_weekdays_differ() -> None:
    """Fridays on which a fifth goes home early are expected to be so again."""
    came = {day: 72 if day.weekday() == 4 else 90 for day in before(40)}
    assert [day.p50 for day in told(known(came)).days] == [90, 90, 90, 90, 72]


def test_scattered_meals_are_drawn_towards_enrolment() -> None:
    """Four meals all over the place say little: the forecast lies between them and enrolment, and its range is wide."""
    found = first(known(dict(zip(before(4), (60, 90, 70, 80), strict=True))))
    assert 75 < found.p50 < 95
    assert found.p90 - found.p10 >= 20


def test_a_new_enrolment_carries_over() -> None:
    """The share that comes stays when the number enrolled changes: 90 of 100, then 180 of 200."""
    came = dict.fromkeys(before(20), 90)
    assert first(known(came, 200, enrolment=[(date(2026, 9, 1), 100), (MONDAY, 200)])).p50 == 180


def test_days_before_holidays_are_apart() -> None:
    """Two days before holidays with a quarter fewer lower the next such day, not all the way, and no other day."""
    holidays = dict.fromkeys((date(2026, 9, 25), date(2026, 11, 11), date(2026, 12, 4)), DayKind.HOLIDAY)
    apart = {date(2026, 9, 24), date(2026, 11, 10)}
    came = {day: 72 if day in apart else 96 for day in before(60, holidays)}
    days = {day.day: day for day in told(known(came, calendar=holidays)).days}
    thursday = days[date(2026, 12, 3)]
    assert thursday.day_class is DayClass.BEFORE_HOLIDAY
    assert 72 < thursday.p50 < 86
    assert days[MONDAY].p50 == 96


def test_kinds_of_days() -> None:
    """The calendar tells: breaks of two weeks end a term, a free weekday is a holiday, school on Sunday is made up."""
    winter = {date(2027, 1, 25) + timedelta(days=number): DayKind.HOLIDAY for number in range(21)}
    calendar = winter | {date(2026, 12, 9): DayKind.HOLIDAY, date(2026, 12, 20): DayKind.MAKE_UP}
    kinds = {
        date(2026, 12, 4): DayClass.ORDINARY,
        date(2026, 12, 7): DayClass.ORDINARY,
        date(2026, 12, 8): DayClass.BEFORE_HOLIDAY,
        date(2026, 12, 10): DayClass.AFTER_HOLIDAY,
        date(2026, 12, 20): DayClass.MAKE_UP,
        date(2027, 1, 22): DayClass.LAST_OF_TERM,
        date(2027, 2, 15): DayClass.FIRST_OF_TERM,
    }
    assert {day: class_of(day, calendar) for day in kinds} == kinds


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_better_than_last_week_and_than_enrolment(seed: int) -> None:
    """Over made-up canteens the forecast misses a fifth fewer people than last week's number, half of enrolment's.

    Of all meals about eight in ten lie between P10 and P90, as they should.
    """
    history = made_up(seed, 300, 24)
    tested = backtest(history, history.served.shape[1], 6)
    forecast_mae, last_week_mae, enrolment_mae = tested.mae.mean(axis=0)
    assert forecast_mae < 0.8 * last_week_mae
    assert forecast_mae < 0.5 * enrolment_mae
    assert 760 < tested.covered_permille.mean() < 880


def test_a_backtest_knows_nothing_of_what_came_later() -> None:
    """What was served from a day on changes nothing of what is learnt up to it."""
    history = made_up(4, 20, 16)
    later = History(history.served.copy(), history.enrolled, history.classes)
    later.served[:, 84:] = 1.0
    week = history.enrolled[:, 84:91], history.classes[:, 84:91]
    assert np.array_equal(expect(fit(history, 84), *week).p50, expect(fit(later, 84), *week).p50)


def test_errors_are_what_they_say() -> None:
    """By hand: 100 enrolled, 90 came for weeks, then 81 last Monday: 9 off, 1/9 of them; enrolment was 19 off."""
    days = before(40)
    came = dict.fromkeys(days, 90) | {days[-5]: 81}
    errors = told(known(came)).errors
    assert errors is not None
    assert (errors.weeks, errors.meals) == (4, 20)
    assert errors.forecast.mae == pytest.approx(9 / 20)
    assert errors.forecast.mape_permille == pytest.approx(1000 / 9 / 20)
    assert errors.last_week.mae == pytest.approx(9 / 20)
    assert errors.enrolment.mae == pytest.approx((19 * 10 + 19) / 20)
    assert errors.covered_permille == 950


def test_last_week_falls_back() -> None:
    """The plain guess: the same weekday last week, else the last meal there was, else everybody enrolled."""
    served = np.full((2, 21), np.nan)
    served[0, [3, 7, 8]] = (60, 70, 80)
    history = History(served, np.full((2, 21), 100.0), np.zeros((2, 21), dtype=np.int64))
    guess = last_week(history, 14)
    assert guess[0].tolist() == [70, 80, 80, 80, 80, 80, 80]
    assert guess[1].tolist() == [100] * 7


def test_those_expected_are_shared_among_the_ages() -> None:
    """By age the expected are shared as the enrolled are, to the last pupil."""
    enrolled = {AgeBand.FROM_9_TO_11: 50, AgeBand.FROM_6_TO_8: 25}
    assert by_band(70, enrolled) == {AgeBand.FROM_6_TO_8: 23, AgeBand.FROM_9_TO_11: 47}
    assert by_band(0, enrolled) == {AgeBand.FROM_6_TO_8: 0, AgeBand.FROM_9_TO_11: 0}
