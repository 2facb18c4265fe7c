"""What the planner's pages show, from what nutrition answers."""

from datetime import date
from typing import Any

import pytest

from services.portal.planner import content, views
from services.portal.planner.eating import bands_of
from services.portal.planner.listing import School as Listed
from services.portal.planner.listing import named_like, weeks_of
from services.portal.planner.plans import in_words, suggestions
from services.portal.planner.publishing import objections_of
from services.portal.planner.rail import daily_rows, gauge_of, rail_of

MONDAY, TUESDAY = "2026-11-30", "2026-12-01"
DISHES = [
    {"dish_code": code, "name_zh": f"菜{code}", "name_en": f"Dish {code}", "cost_fen": 120, "retired": False}
    for code in ("a", "b", "c")
]
NAMES = views.Names("en", DISHES)


def a_meal(day: str = MONDAY, *codes: str, meal: str = "lunch", heads: dict[str, int] | None = None) -> dict[str, Any]:
    """A meal of a draft."""
    return {"day": day, "meal": meal, "dish_codes": list(codes), "headcounts": heads}


def a_target(value: float, miss: int, **other: Any) -> dict[str, Any]:
    """A number of the standard as nutrition tells it: at least 100 are asked for."""
    target = {"key": "calcium_mg", "kind": "nutrient", "of": "calcium_mg", "low": 100.0, "high": None, "value": value}
    return target | {"share_permille": round(10 * value), "miss_permille": miss, "unknown_permille": 0} | other


@pytest.mark.parametrize(
    "meal",
    [a_meal(MONDAY, "a", "b"), a_meal(MONDAY), a_meal(MONDAY, "S-1_x", heads={"9-11": 80, "12-14": 7}, meal="dinner")],
)
def test_a_meal_is_the_same_after_it_was_text(meal: dict[str, Any]) -> None:
    """What an undo or another tab brings back is the meal that was shown."""
    assert content.meal_of(content.text_of(meal)) == meal
    assert content.meals_of(content.texts_of([meal, meal])) == [meal, meal]


@pytest.mark.parametrize(
    "text", ["", "x", "2026-11-30.supper.a.", "2026-11-30.lunch.a", "2026-11-30.lunch.a.0-99:3", "~"]
)
def test_what_is_no_meal_is_none(text: str) -> None:
    """Nonsense in a form says nothing."""
    assert content.meals_of(text) == []
    assert content.place_of(text, "lunch") is None


def test_dishes_are_added_removed_and_replaced_once() -> None:
    """A dish stands in a meal once, takes the place of another where that stood, and what is not there stays out."""
    meal = a_meal(MONDAY, "a", "b")
    assert content.changed(meal, add="c")["dish_codes"] == ["a", "b", "c"]
    assert content.changed(meal, add="a")["dish_codes"] == ["a", "b"]
    assert content.changed(meal, remove="a")["dish_codes"] == ["b"]
    assert content.changed(meal, add="c", remove="a")["dish_codes"] == ["c", "b"]
    assert content.changed(meal, remove="x")["dish_codes"] == ["a", "b"]


def test_a_meal_without_dishes_leaves_the_week() -> None:
    """Meals stay in the order of the week; an emptied one is not sent, for it would stand against publishing."""
    week = [a_meal(TUESDAY, "a"), a_meal(MONDAY, "b", meal="dinner")]
    added = content.with_meal(week, a_meal(MONDAY, "c"))
    assert [(meal["day"], meal["meal"]) for meal in added] == [
        (MONDAY, "lunch"),
        (MONDAY, "dinner"),
        (TUESDAY, "lunch"),
    ]
    assert len(content.with_meal(added, a_meal(MONDAY))) == 2


def test_two_weeks_differ_in_dishes_and_eaters() -> None:
    """Each meal that is not the same is named with what came and went."""
    before = [a_meal(MONDAY, "a", "b"), a_meal(TUESDAY, "a")]
    after = [a_meal(MONDAY, "b", "c"), a_meal(TUESDAY, "a", heads={"9-11": 3})]
    assert content.differences(before, after) == [
        content.Difference(MONDAY, "lunch", ("c",), ("a",), eaters=False),
        content.Difference(TUESDAY, "lunch", (), (), eaters=True),
    ]
    told = views.changes(content.differences(before, after), NAMES)
    assert (told[0].came, told[0].went) == (("Dish c",), ("Dish a",))


@pytest.mark.parametrize(
    ("asked", "monday"),
    [("2026-12-03", MONDAY), ("", "2026-12-07"), ("9999-12-31", "2026-12-07"), ("2026-02-31", "2026-12-07")],
)
def test_which_week_is_shown(asked: str, monday: str) -> None:
    """A day means its week; nonsense and nothing mean the week that is planned now."""
    assert content.week_asked(asked, date(2026, 12, 2)).isoformat() == monday


def test_the_days_of_a_week() -> None:
    """Days that have begun and days without school are closed, a Saturday is there only with school or a meal."""
    days = [{"day": day, "p50": 90} for day in (TUESDAY, "2026-12-02", "2026-12-03", "2026-12-05")]
    forecast = {"meals": [{"meal": "lunch", "days": days}]}
    week = views.columns([a_meal(MONDAY, "a")], date(2026, 11, 30), date(2026, 11, 30), NAMES, ["lunch"], forecast)
    assert [column.day[-2:] for column in week] == ["30", "01", "02", "03", "04", "05"]
    assert [column.closed for column in week] == [views.BEGUN, None, None, None, views.NO_SCHOOL, None]
    assert [column.empty for column in week] == [0, 1, 1, 1, 0, 1]
    assert week[0].cells[0].dishes == (views.Dish("a", "Dish a", 120),)
    assert week[1].expected == 90
    assert views.day_shown(week, None) == TUESDAY
    assert views.day_shown(week, "2026-12-03") == "2026-12-03"


def test_dishes_of_a_day_cost_what_the_day_is_reckoned_with() -> None:
    """A judged week's prices are the analysis's, which its totals are made of; without one they are the library's."""
    spent = {"day": MONDAY, "cost_fen": 70, "budget_fen": 500}
    analysis = {"days": [spent], "meals": [], "dishes_fen": {"a": 40, "b": 30}}
    meals, monday, today = [a_meal(MONDAY, "a", "b")], date(2026, 11, 30), date(2026, 11, 1)
    judged, *_ = views.columns(meals, monday, today, NAMES, ["lunch"], None, analysis)
    assert [dish.cost_fen for dish in judged.cells[0].dishes] == [40, 30]
    bare, *_ = views.columns(meals, monday, today, NAMES, ["lunch"])
    assert [dish.cost_fen for dish in bare.cells[0].dishes] == [120, 120]
    assert not judged.partly_priced


def test_a_dish_with_a_food_without_a_price_has_none() -> None:
    """The rest of its foods is no price of it; a menu told while the food had one keeps that."""
    names = views.Names("en", [DISHES[0] | {"unpriced_foods": ["salt"]}, DISHES[1]])
    meals, monday, today = [a_meal(MONDAY, "a", "b")], date(2026, 11, 30), date(2026, 11, 1)
    spent = {"day": MONDAY, "cost_fen": 70, "budget_fen": 500}
    analysis = {"days": [spent], "meals": [], "dishes_fen": {"a": 40, "b": 30}, "unpriced": ["salt"]}
    for judged, told in ((None, [None, 120]), (analysis, [None, 30]), (analysis | {"unpriced": []}, [40, 30])):
        day, *_ = views.columns(meals, monday, today, names, ["lunch"], None, judged)
        assert [dish.cost_fen for dish in day.cells[0].dishes] == told
        assert day.partly_priced == (None in told)


def test_a_dish_nobody_knows_is_shown_by_its_code() -> None:
    """Nothing of a menu is hidden because its name is missing."""
    week = views.columns([a_meal(MONDAY, "zz")], date(2026, 11, 30), date(2026, 11, 1), NAMES, ["lunch"])
    assert week[0].cells[0].dishes[0].name == "zz"


@pytest.mark.parametrize(
    ("target", "tone", "word"),
    [
        (a_target(100, 0), "ok", "met"),
        (a_target(90, 100), "warn", "too little"),
        (a_target(20, 800), "bad", "too little"),
        (a_target(140, 300, high=120.0), "bad", "too much"),
        (a_target(3, 100, low=None, high=2.0, share_permille=None), "warn", "too much"),
    ],
)
def test_a_gauge_says_what_nutrition_judged(target: dict[str, Any], tone: str, word: str) -> None:
    """Colour and word follow what nutrition says is missed; the portal judges nothing."""
    gauge = gauge_of(target)
    assert (gauge.tone, gauge.word) == (tone, word)
    assert gauge.permille is not None
    assert 0 <= gauge.filled <= 100


def test_what_nobody_knows_is_not_nothing() -> None:
    """A nutrient whose amount is unknown has no share and no tone, of the week as of a day."""
    gauge = gauge_of(a_target(0, 1000) | {"value": 0.0, "unknown_permille": 400})
    assert (gauge.tone, gauge.word, gauge.permille) == ("", "unknown", None)
    days = [{"shares_permille": {"calcium_mg": 410}}, {"shares_permille": {}}]
    assert daily_rows({"days": days}) == [("Calcium", [410, None])]


def test_the_rail_says_what_would_lift_the_worst() -> None:
    """The nutrient that lacks most is named with what each change makes of it, and money is a day's."""
    day = {"day": MONDAY, "cost_fen": 450, "budget_fen": 500, "shares_permille": {"calcium_mg": 410}}
    analysis = {
        "score": 700,
        "targets": [a_target(41, 590)],
        "days": [day, day | {"cost_fen": 350}],
        "over_budget": False,
        "local_permille": 600,
        "poor_permille": 400,
        "unpriced": [],
        "out_of_season": [],
    }
    lift = {"day": MONDAY, "meal": "lunch", "dish_code": "a", "instead_of": "b", "value": 68.0, "more_fen": 40}
    lifts = {"lacking": a_target(41, 590), "lifts": [lift | {"over_budget": False}]}
    rail = rail_of(analysis, lifts, NAMES)
    assert rail is not None
    assert (rail.cost_fen, rail.budget_fen) == (400, 500)
    assert rail.lacking is not None
    assert (rail.lacking.name, rail.lifts[0].before_permille, rail.lifts[0].after_permille) == ("Calcium", 410, 680)
    assert (rail.lifts[0].name, rail.lifts[0].instead) == ("Dish a", "Dish b")
    assert rail_of(None, None, NAMES) is None


def test_objections_say_where() -> None:
    """A rule is a sentence with its day, meal and dish; a second menu is no objection to changing the first."""
    meals = [a_meal(MONDAY, "a", "b")]
    found = [
        {"rule": "banned-food", "field": "days.0.dish_codes.1", "detail": "…"},
        {"rule": "menu-exists", "field": "week_start", "detail": "…"},
        {"rule": "a-new-rule", "field": "days.7.day", "detail": "…"},
    ]
    told = objections_of(found, meals, NAMES, amends=False)
    assert (told[0].day, told[0].meal, told[0].dish) == (MONDAY, "lunch", "Dish b")
    assert [one.rule for one in told] == ["banned-food", "menu-exists", "a-new-rule"]
    assert [one.rule for one in objections_of(found, meals, NAMES, amends=True)] == ["banned-food", "a-new-rule"]


def test_a_suggestion_says_what_it_misses_most() -> None:
    """Shares and money are shown as nutrition answers them, the worst three of what is lacking named."""
    target = {
        "name_zh": "钙",
        "name_en": "calcium",
        "low": 1.0,
        "key": "calcium_mg",
        "share": 0.4,
        "missed_points": 3.0,
    }
    dish = {"name_zh": "饭", "name_en": "Rice"}
    menu = {
        "cost_fen_per_day": 480,
        "budget_fen_per_day": 500,
        "poor_share": 0.41,
        "local_share": 0.7,
        "targets": [target, target | {"share": 1.2, "key": "x"}, target | {"missed_points": 0.0, "key": "y"}],
        "days": [{"day": MONDAY, "meals": [{"meal": "lunch", "dishes": [dish]}]}],
    }
    (one,) = suggestions({"menus": [menu]}, "zh")
    assert (one.poor_permille, one.local_permille, one.missed) == (410, 700, (("钙", 400),))
    assert one.days[0][1][0].dishes == ("饭",)
    assert in_words([{"detail": "no", "detail_zh": ""}], "zh", "detail") == ["no"]


def test_lists_are_in_the_order_of_their_use() -> None:
    """The newest week comes first; a draft that was published is its menu and stands there once."""
    menu = {
        "menu_id": "m",
        "week_start": MONDAY,
        "status": "published",
        "days": [1],
        "published_at": "2026-11-24T00:00Z",
    }
    draft = {"draft_id": "d", "week_start": "2026-12-07", "status": "draft", "days": [], "name": "", "origin": "copy"}
    drafts = [draft | {"changed_at": "x"}, draft | {"status": "published", "draft_id": "e"}]
    weeks = weeks_of([menu], drafts)
    assert [(monday, [one.where for one in listed]) for monday, listed in weeks] == [
        ("2026-12-07", ["/planner/drafts/d"]),
        (MONDAY, ["/planner/menus/m"]),
    ]
    schools = [Listed("s-1", "长坪小学", 10, None), Listed("s-2", "Hill School", 10, "served")]
    assert [school.canteen_id for school in named_like(schools, " hill ")] == ["s-2"]


def test_dishes_to_choose_from() -> None:
    """What is in season comes first, what is banned is not offered, what stands in the meal is marked."""
    base = {"category": "mixed", "allergens": ["egg"], "banned_foods": [], "months": [11], "photo": None}
    base |= {"unpriced_foods": []}
    listed = [DISHES[0] | base | {"months": [5]}, DISHES[1] | base, DISHES[2] | base | {"banned_foods": ["x"]}]
    found = views.found_dishes(listed, NAMES, MONDAY, ["b"], "sch-1")
    assert [(one.code, one.in_season, one.chosen) for one in found] == [("b", True, True), ("a", False, False)]
    without = DISHES[0] | base | {"cost_fen": 0, "unpriced_foods": ["salt"]}
    found = views.found_dishes([without, DISHES[1] | base], NAMES, MONDAY, [], "sch-1")
    assert [(one.code, one.cost_fen) for one in found] == [("b", 120), ("a", None)]


def test_who_eats() -> None:
    """Everybody enrolled by age, both sexes together, unless a meal says otherwise."""
    rows = [{"age_band": "9-11", "sex": sex, "pupils": 50} for sex in "mf"]
    assert [(band.enrolled, band.eating) for band in bands_of({"headcounts": rows}, None)] == [(100, 100)]
    (band,) = bands_of({"headcounts": rows}, {"9-11": 80})
    assert (band.field, band.enrolled, band.eating) == ("heads_9-11", 100, 80)
