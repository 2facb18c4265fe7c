"""The weekly templates of the seed data judged by the committed standard: good, as real canteens are, not perfect."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache

import pytest

from services.generator.reference import DATA
from services.nutrition.analysis.week import Served, WeekAnalysis, analyse
from services.nutrition.standards.library import standard
from services.nutrition.standards.requirement import requirement_of
from shared.fields import AgeBand, Meal, Sex
from tests.unit.nutrition import weeks as w
from tests.unit.nutrition.test_dish_data import foods, quotes, recipes

WEEK = [date(2026, 11, 30) + timedelta(days=day) for day in range(5)]
NINE = {(AgeBand.FROM_9_TO_11, sex): 100 for sex in Sex}
TEMPLATES = [f"tpl-0{number}" for number in range(1, 9)]


@cache
def _template(template_id: str) -> dict[tuple[date, Meal], list[str]]:
    """Return the dishes of a template by day and meal."""
    meals: dict[tuple[date, Meal], list[str]] = {}
    with (DATA / "menu_templates.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["template_id"] == template_id:
                meals.setdefault((WEEK[int(row["weekday"]) - 1], Meal(row["meal"])), []).append(row["dish_code"])
    return meals


def _judged(week: Mapping[tuple[date, Meal], Sequence[str]], meals: Sequence[Meal]) -> WeekAnalysis:
    requirement = requirement_of(standard("wst554-2017"), NINE, meals)
    library = list(recipes().values())
    place = {recipe.dish_code: index for index, recipe in enumerate(library)}
    plates = w.plates_for(library, list(foods().values()), requirement, list(quotes().values()))
    served = [
        Served(day, meal, tuple(place[code] for code in codes)) for (day, meal), codes in week.items() if meal in meals
    ]
    return analyse(plates, requirement, WEEK, served)


@pytest.mark.parametrize("template_id", TEMPLATES)
def test_a_template_is_a_good_week(template_id: str) -> None:
    """Lunches score 880 to 930 points, whole days 860 to 890: calcium, iron and milk are what is missing."""
    lunches = _judged(_template(template_id), [Meal.LUNCH])
    assert 880 <= lunches.score <= 930
    assert 390 <= sum(day.cost_mfen for day in lunches.days) / len(WEEK) / 1000 <= 455
    whole_days = _judged(_template(template_id), list(Meal))
    assert 860 <= whole_days.score <= 890
    worst = sorted(whole_days.met, key=lambda met: -met.lost_points)[:3]
    assert {met.target.key for met in worst} <= {"calcium_mg", "iron_mg", "milk_g", "vitamin_a_ug_rae"}


def test_what_makes_a_week_worse_lowers_its_score() -> None:
    """The same rice and cabbage every day scores far less; taking the milk and the fruit away costs points, too."""
    good = _template("tpl-01")
    dull = {(day, Meal.LUNCH): [good[WEEK[0], Meal.LUNCH][0], "V04"] for day in WEEK}
    poorer = {
        place: [code for code in codes if recipes()[code].category not in ("fruit", "dairy")]
        for place, codes in good.items()
    }
    score = _judged(good, [Meal.LUNCH]).score
    assert _judged(poorer, [Meal.LUNCH]).score < score - 10
    assert _judged(dull, [Meal.LUNCH]).score < score - 250
