"""What the dashboard makes of answers."""

from datetime import date

import pytest

from services.portal.dashboard import views


@pytest.mark.parametrize(
    ("part", "whole", "permille", "tone"),
    [(0, 0, None, ""), (95, 100, 950, "ok"), (94, 100, 940, "warn"), (71, 100, 710, "bad"), (0, 3, 0, "bad")],
)
def test_a_share_says_how_good_it_is(part: int, whole: int, permille: int | None, tone: str) -> None:
    """From good on it is good, from three quarters of that fair; of nothing there is no share."""
    found = views.share(part, whole, 950)
    assert (found.permille, found.tone) == (permille, tone)


@pytest.mark.parametrize(
    ("month", "before", "after"), [("2026-11", "2026-10", "2026-12"), ("2027-01", "2026-12", "2027-02")]
)
def test_months_have_neighbours(month: str, before: str, after: str) -> None:
    """Also over the turn of the year, and after months of any length."""
    assert views.beside(month) == (before, after)


@pytest.mark.parametrize(
    ("month", "today", "monday"),
    [
        ("2026-11", date(2026, 11, 26), date(2026, 11, 23)),
        ("2026-10", date(2026, 11, 26), date(2026, 10, 26)),
        ("2026-12", date(2026, 11, 26), date(2026, 12, 28)),
    ],
)
def test_the_week_that_is_judged(month: str, today: date, monday: date) -> None:
    """Of the present month this week, of another one its last."""
    assert views.week_of(month, today) == monday


def test_schools_without_a_menu_stand_first() -> None:
    """Then those that lack most; names are in the reader's language."""
    canteens = [
        {"canteen_id": f"sch-{n}", "name_zh": f"学校{n}", "name_en": f"School {n}", "pupils": 10} for n in range(1, 4)
    ]
    menus = [{"canteen_id": "sch-1", "lacking": None}, {"canteen_id": "sch-3", "lacking": {"miss_permille": 200}}]
    found = views.schools(canteens, menus, "en")
    assert [school.name for school in found] == ["School 2", "School 3", "School 1"]
    assert views.standards(menus).part == 1


def test_the_parts_of_a_spend_sum_up() -> None:
    """Own county, elsewhere in the province, the market, and what is left: together the spend."""
    county = {"from_county_fen": 50, "from_province_fen": 80, "from_market_fen": 10, "spend_fen": 100}
    assert views.spent_where([county]) == [[50, 30, 10, 10]]
