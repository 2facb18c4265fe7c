"""Mendings in words: which dish how often, what it costs a child and day, what it lifts."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.nutrition.foods.domain import Nutrient
from services.nutrition.plans.words import NUTRIENT_NAMES, mending_words, target_name, when, yuan
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
