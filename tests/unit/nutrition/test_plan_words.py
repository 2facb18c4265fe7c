"""Mendings in words: which dish how often, what it costs a child and day, what it lifts."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.nutrition.foods.domain import Nutrient
from services.nutrition.plans.words import NUTRIENT_NAMES, mending_words, target_name, unmended_words, when, yuan
from services.nutrition.standards.domain import TargetKind

MONDAY = date(2026, 11, 30)
WEEK = [MONDAY + timedelta(days=number) for number in range(5)]
CALCIUM: dict[str, Any] = {"kind": "nutrient", "of": "calcium_mg", "low": 375.0, "high": None}
SALT: dict[str, Any] = {"kind": "food_g", "of": "salt", "low": None, "high": 4.0}


def _mending(before: float, after: float, cost_mfen: int) -> dict[str, Any]:
    return {"value_before": before, "value_after": after, "cost_mfen_per_day": cost_mfen}


def test_milk_daily() -> None:
    """The example of the issue, in both languages."""
    words = mending_words(_mending(153.75, 255.0, 200_000), CALCIUM, ("纯牛奶", "Milk"), when(WEEK, WEEK))
    assert words == (
        "每天纯牛奶：+¥2.00/生·天，钙 41 % → 68 %",
        "Milk daily: +¥2.00 a child and day, calcium 41 % → 68 %",
    )


def test_leaving_a_place_empty() -> None:
    """A mending may take a dish away, which saves money; what is too much is a share of the most there may be."""
    words = mending_words(_mending(6.0, 5.0, -4_600), SALT, None, when(WEEK[:1], WEEK))
    assert words == (
        "周一留空：−¥0.05/生·天，盐 150 % → 125 %",
        "nothing on Monday: −¥0.05 a child and day, salt 150 % → 125 %",
    )


def test_what_it_takes_the_place_of() -> None:
    """A mending that changes one dish names both, and says by how much it goes beyond the budget."""
    mending = _mending(187.5, 225.0, 12_000) | {"over_budget_mfen_per_day": 4_000}
    words = mending_words(mending, CALCIUM, ("豆腐", "Tofu"), when(WEEK[:1], WEEK), ("白菜", "Cabbage"))
    assert words == (
        "周一用豆腐换白菜：+¥0.12/生·天，钙 50 % → 60 %（超预算¥0.04）",
        "Tofu instead of Cabbage on Monday: +¥0.12 a child and day, calcium 50 % → 60 % (¥0.04 beyond the budget)",
    )
    nothing = mending_words(_mending(6.0, 4.0, -4_600), SALT, None, when(WEEK[:1], WEEK), ("咸菜", "Pickles"))
    assert nothing[0] == "周一不上咸菜：−¥0.05/生·天，盐 150 % → 100 %"


def test_days_judged_one_by_one() -> None:
    """Where each day is judged by itself its mean can look met though days are not: it is told how far they are."""
    daily = {"kind": "food_g", "of": "milk", "low": 70.0, "high": None, "per": "day"}
    mending = _mending(120.0, 160.0, 80_000) | {"miss_before": 0.4, "miss_after": 0.2}
    words = mending_words(mending, daily, ("纯牛奶", "Milk"), when(WEEK[:1], WEEK))
    assert words[1] == "Milk on Monday: +¥0.80 a child and day, milk and dairy met 60 % → 80 %"


def test_what_cannot_be_mended() -> None:
    """A target without a mending says whether no dish lifts it, or which other target stands against it."""
    assert unmended_words(CALCIUM, None) == ("钙：菜库中没有菜能改善", "calcium: no dish of the library lifts it")
    assert unmended_words(CALCIUM, SALT)[1] == "calcium: what lifts it worsens others by more, salt first of all"


@pytest.mark.parametrize(
    ("days", "of", "often"),
    [
        (WEEK, WEEK, ("每天", "daily")),
        (WEEK[1:2], WEEK, ("周二", "on Tuesday")),
        (WEEK[1:4], WEEK, ("3天", "on 3 of 5 days")),
        (WEEK[:1], WEEK[:1], ("周一", "on Monday")),
    ],
)
def test_how_often(days: list[date], of: list[date], often: tuple[str, str]) -> None:
    """Daily, on one weekday, or on so many days; twice a day is once."""
    assert when([*days, *days], of) == often


@pytest.mark.parametrize(("mfen", "text"), [(0, "+¥0.00"), (-400, "+¥0.00"), (149_500, "+¥1.50"), (-12_000, "−¥0.12")])
def test_money(mfen: int, text: str) -> None:
    """1/1000 fen become ¥ with two decimals, rounded once; nothing has no sign of its own."""
    assert yuan(mfen) == text


def test_every_target_has_a_name() -> None:
    """All nutrients and kinds of target are named in both languages, a group nobody translated by its code."""
    assert NUTRIENT_NAMES.keys() == set(Nutrient)
    for kind in TargetKind:
        of = "fat_g" if kind in (TargetKind.NUTRIENT, TargetKind.ENERGY_SHARE) else "soy_nut"
        zh, en = target_name({"kind": kind, "of": of})
        assert "" not in (zh, en)
    assert target_name({"kind": "group_g", "of": "red_orange"}) == ("red_orange", "red orange")
