"""What the dashboard makes of answers."""

from datetime import date
from typing import Any

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
    ("month", "today", "mondays"),
    [
        ("2026-11", date(2026, 11, 12), [9, 2]),
        ("2026-10", date(2026, 11, 26), [26, 19, 12, 5, 28]),
    ],
)
def test_the_weeks_whose_menus_are_judged(month: str, today: date, mondays: list[int]) -> None:
    """Of the present month those that have begun, of another one all that have a school day in it; the last first."""
    assert [monday.day for monday in views.weeks_of(month, today)] == mondays


def a_lack(value: float, unknown_permille: int = 0) -> dict[str, Any]:
    """What a menu lacks most: half of its calcium."""
    return {
        "key": "calcium_mg",
        "low": 800.0,
        "value": value,
        "miss_permille": 500,
        "unknown_permille": unknown_permille,
    }


@pytest.mark.parametrize(
    ("value", "unknown", "permille"),
    [(400.0, 0, 500), (400.0, 300, 500), (0.0, 0, 500), (0.0, 1, None), (1.0, 1000, None)],
)
def test_what_is_unknown_is_no_lack_of_so_many_per_cent(value: float, unknown: int, permille: int | None) -> None:
    """The nutrient is named; where nobody knows how much there is, no number stands for it."""
    lack = views.lack_of({"lacking": a_lack(value, unknown)})
    assert lack == views.Lack("Calcium", permille, unknown)
    assert views.lack_of({"lacking": None}) is None
    counted = views.standards([{"lacking": None}, {"lacking": a_lack(value, unknown)}])
    assert (counted.part, counted.whole) == (1, 1 if permille is None else 2)


def test_schools_without_a_menu_stand_first() -> None:
    """Then those that lack most; names are in the reader's language."""
    canteens = [
        {"canteen_id": f"sch-{n}", "name_zh": f"学校{n}", "name_en": f"School {n}", "pupils": 10} for n in range(1, 4)
    ]
    menus: list[dict[str, Any]] = [
        {"canteen_id": "sch-1", "lacking": None},
        {"canteen_id": "sch-3", "lacking": a_lack(value=400.0)},
    ]
    found = views.schools(canteens, menus, "en")
    assert [school.name for school in found] == ["School 2", "School 3", "School 1"]
    assert views.standards(menus).part == 1


def test_the_parts_of_a_spend_sum_up() -> None:
    """Own county, elsewhere in the province, the market, and what is left: together the spend."""
    county = {"from_county_fen": 50, "from_province_fen": 80, "from_market_fen": 10, "spend_fen": 100}
    assert views.spent_where([county]) == [[50, 30, 10, 10]]
