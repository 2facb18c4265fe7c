"""What the dashboard makes of answers."""

from datetime import date
from typing import Any

import pytest

from services.portal.dashboard import maps, views
from services.portal.layers import Layer


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
    met, lacks = {"canteen_id": "sch-1", "lacking": None}, {"canteen_id": "sch-2", "lacking": a_lack(value, unknown)}
    counted = views.standards([lacks | {"canteen_id": "sch-1"}, met, lacks])
    assert (counted.part, counted.whole) == (1, 1 if permille is None else 2)


def test_a_menu_nobody_can_judge_meets_no_standard() -> None:
    """Where a standard asks nothing, nobody knows: the school is counted on neither side."""
    menu = {"canteen_id": "sch-1", "lacking": None, "unjudged": "meal-not-in-standard"}
    assert views.standards([menu]).whole == 0
    assert views.School("sch-1", "School 1", 100, menu).state == ("", "Nobody knows")


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


def a_school(number: int, lack: views.Lack | None = None, menu: dict[str, Any] | None = None) -> views.School:
    """A school; without a menu unless one is given."""
    return views.School(f"sch-{number}", f"School {number}", 100, menu, lack)


def a_place(number: int, lat: float, kind: str = "canteen") -> dict[str, Any]:
    """Where it lies, as logistics tells it."""
    return {"kind": kind, "place_id": f"sch-{number}", "lat": lat, "lon": 109.0}


def test_a_map_says_what_the_table_says() -> None:
    """Each school has a cell in the tone of its menu; at one spot the most urgent shows; others' places are none."""
    menu: dict[str, Any] = {}
    lacks, unknown = views.Lack("Calcium", 300, 0), views.Lack("Calcium", None, 1000)
    schools = [a_school(1), a_school(2, lacks, menu), a_school(3, None, menu), a_school(4, unknown, menu)]
    places = [a_place(1, 28.0), a_place(2, 28.0), a_place(3, 28.1), a_place(4, 28.2), a_place(9, 28.3)]
    layer = Layer((((28.0, 109.0), (28.1, 109.0)),), "测绘院（虚构）")
    found = maps.of_schools(schools, [*places, a_place(3, 27.0, "depot")], layer)
    assert found is not None
    assert [(area.name, area.state[0]) for area in found.areas] == [
        ("School 1", "bad"),
        ("School 3", "ok"),
        ("School 4", ""),
    ]
    spots = [(area.cell.x, area.cell.y) for area in found.areas[:2]]
    assert list(found.lines) == [" ".join(f"{x:.1f},{y:.1f}" for x, y in spots)]
    assert found.attribution == "测绘院（虚构）"
    assert {state[0]: n for state, n in found.counted} == {"bad": 1, "warn": 1, "ok": 1, "": 1}
    assert {area.state[0] for area in found.areas} <= set(views.SHAPES)


def test_a_map_of_nothing_is_none() -> None:
    """One school has nothing beside it, and where nobody says where schools are there is the table alone."""
    assert maps.of_schools([a_school(1)], [a_place(1, 28.0)], None) is None
    assert maps.of_schools([a_school(1), a_school(2)], [], None) is None


@pytest.mark.parametrize(("unmet", "tone"), [(0, "ok"), (1, "warn"), (50, "warn"), (51, "bad"), (1000, "bad")])
def test_a_county_stands_as_its_demand_was_met(unmet: int, tone: str) -> None:
    """The least that nobody met is seen; from a twentieth on it is much."""
    assert maps.met(unmet)[0] == tone


def test_counties_of_a_month_are_a_map() -> None:
    """Each by its seat; one without demand lacks nothing; one whose seat nobody knows is in the table alone."""

    def of(code: str, demand: int, unmet: int) -> dict[str, Any]:
        return {"county_code": code, "name_zh": code, "name_en": "", "demand_g": demand, "unmet_g": unmet}

    report = [of("520628", 1000, 0), of("520621", 0, 0), of("520622", 1_000_000, 1), of("529999", 10, 10)]
    found = maps.of_counties(report, "en")
    assert found is not None
    assert [(area.name, area.state[0]) for area in found.areas] == [
        ("520622", "warn"),
        ("520621", "ok"),
        ("520628", "ok"),
    ]
    assert maps.of_counties(report[:1], "zh") is None
