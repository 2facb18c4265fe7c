"""Numbers, money, weights and times as each language writes them."""

from datetime import UTC, date, datetime

import pytest

from services.portal.formats import Formats, machine_time, today

ZH, EN = Formats("zh"), Formats("en")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (EN.yuan(123_450), "¥1,234.50"),
        (ZH.yuan(-5), "-¥0.05"),
        (EN.yuan(12_345_678_900, whole=True), "¥123,456,789"),
        (EN.kg(12_500), "12.5 kg"),
        (ZH.kg(12_500), "12.5 公斤"),
        (EN.kg(85), "0.085 kg"),
        (EN.kg(0), "0 kg"),
        (ZH.grams(85.25), "85.2 克"),
        (ZH.jin(1_500), "3 斤"),
        (EN.percent(312), "31%"),
        (EN.percent(312, 1), "31.2%"),
        (EN.number(1_234_567), "1,234,567"),
        (EN.number(2.5, 2), "2.5"),
        (EN.lasting(7_500), "2 hours"),
        (ZH.lasting(300), "5分钟"),
    ],
)
def test_numbers(written: str, expected: str) -> None:
    """Units are said in the language, thousands apart, no decimal that says nothing."""
    assert written == expected


def test_days_and_times_are_guizhous() -> None:
    """An instant late in the evening of London is the next morning there; text and dates are the same."""
    late = "2026-11-30T23:30:00Z"
    assert (EN.moment(late), ZH.moment(late)) == ("Tue 1 Dec 07:30", "12月1日 周二 07:30")
    assert EN.day("2026-11-30") == EN.day(date(2026, 11, 30)) == "Mon 30 Nov"
    assert (ZH.long_day("2026-11-30"), EN.long_day("2026-11-30")) == (
        "2026年11月30日 星期一",
        "Monday 30 November 2026",
    )
    assert (ZH.month("2026-11"), EN.month("2026-11-30"), EN.weekday("2026-11-30")) == (
        "2026年11月",
        "November 2026",
        "Monday",
    )
    assert EN.time(datetime(2026, 11, 30, 6, 5, tzinfo=UTC)) == "14:05"
    assert machine_time(late) == "2026-11-30T23:30:00+00:00"
    assert today(datetime(2026, 11, 30, 16, 0, tzinfo=UTC)) == date(2026, 12, 1)
