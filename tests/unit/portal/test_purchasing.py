"""What the procurement board makes of answers."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.portal.purchasing import outcome, views

MONDAY, TUESDAY = "2026-11-30", "2026-12-01"
CLOSES = "2026-11-28T08:00:00Z"


def a_food(code: str, need: int, open_g: int = 0, unmet_g: int = 0, offered: int | None = 0) -> dict[str, Any]:
    """Return a food that is needed on Monday alone."""
    grams = {"quantity_g": need, "allocated_g": need - open_g - unmet_g, "open_g": open_g, "unmet_g": unmet_g}
    known = {"name_zh": None, "name_en": None, "price_fen_per_kg": None, "poor_permille": None, "reference": None}
    days = [grams | {"delivery_day": MONDAY}]
    return {"food_code": code, "offered_g": offered, "days": days} | grams | known


def needs(*foods: dict[str, Any], closed: bool = False) -> dict[str, Any]:
    """Return what is needed on two days."""
    days = [{"delivery_day": day, "closes_at": CLOSES, "closed": closed} for day in (MONDAY, TUESDAY)]
    return {"days": days, "foods": list(foods)}


@pytest.mark.parametrize(
    ("today", "monday"),
    [("2026-11-23", "2026-11-23"), ("2026-11-25", "2026-11-23"), ("2026-11-26", MONDAY), ("2026-11-29", MONDAY)],
)
def test_the_week_people_buy_for(today: str, monday: str) -> None:
    """Until Wednesday the present week, from Thursday on the next; a day that was asked for says its own week."""
    assert str(views.week_of(None, date.fromisoformat(today))) == monday
    assert str(views.week_of(date(2026, 12, 3), date.fromisoformat(today))) == MONDAY


def test_what_is_missing_stands_on_top() -> None:
    """What nobody has, then what is not offered enough, then what waits, the largest gap first."""
    told = needs(
        a_food("rice", 9),
        a_food("tofu", 5, open_g=5, offered=5),
        a_food("carp", 5, open_g=5, offered=4),
        a_food("pork", 5, unmet_g=1),
        a_food("egg", 8, open_g=8, offered=None),
    )
    found = views.rows(told, "zh")
    assert [row.code for row in found] == ["pork", "carp", "egg", "tofu", "rice"]
    assert [row.state for row in found] == [views.NOBODY, views.SCARCE, views.WAITS, views.WAITS, views.COVERED]
    assert [None if cell is None else cell.gap_g for cell in found[0].cells] == [1, None]
    total = views.sums(told)
    assert (total.need_g, total.ordered_g, total.waiting_g, total.unmet_g, total.short) == (32, 13, 18, 1, 4)


@pytest.mark.parametrize(
    ("hour", "food", "tone"),
    [
        (0, a_food("rice", 9), "ok"),
        (0, a_food("rice", 9, open_g=1), "warn"),
        (-48, a_food("rice", 9, open_g=1), "info"),
    ],
)
def test_the_next_deadline(hour: int, food: dict[str, Any], tone: str) -> None:
    """It warns within a day if something is missing on the day it is for."""
    now = datetime(2026, 11, 28 + hour // 24, 7, tzinfo=UTC)
    found = views.deadline(needs(food), now)
    assert found is not None
    assert (found.day, found.closes_at, found.tone) == (MONDAY, CLOSES, tone)


def test_after_the_last_deadline() -> None:
    """Every day has closed; where no day closes there is no deadline."""
    now = datetime(2026, 11, 30, tzinfo=UTC)
    closed = views.deadline(needs(a_food("rice", 9), closed=True), now)
    assert closed is not None
    assert (closed.day, closed.tone) == (None, "warn")
    never = needs(a_food("rice", 9))
    never["days"] = [day | {"closes_at": None} for day in never["days"]]
    assert views.deadline(never, now) is None


@pytest.mark.parametrize(
    ("status", "told"), [("loaded", (9_000, 8_000, None, None)), ("settled", (9_000, 8_000, 7_000, 6_000))]
)
def test_five_quantities_stay_apart(status: str, told: tuple[int | None, ...]) -> None:
    """What was weighed and what was accepted of it are two; before the gate has weighed there is neither."""
    grams = {"confirmed_g": 9_000, "dispatched_g": 8_000, "received_g": 7_000, "accepted_g": 6_000}
    of_line = {"food_code": "tomato", "ordered_g": 10_000, "price_fen_per_kg": 600, "reference": None}
    said = {"packed_short_reason": None, "lost": None, "lost_reason": None, "text_zh": "", "text_en": ""}
    of_order = {"order_id": "order-1", "canteen_id": "sch-1", "cooperative_id": "coop-1", "delivery_day": MONDAY}
    more = {"version": 1, "amount_fen": 3600, "answer_by": CLOSES, "approve_by": None, "dispatched_at": CLOSES}
    order = of_order | more | {"status": status, "lines": [of_line | grams | said]}
    (line,) = views.order_of(order, {"canteens": {}, "suppliers": {}, "foods": {}}, "en").lines
    assert line.ordered_g == 10_000
    assert (line.confirmed_g, line.packed_g, line.weighed_g, line.accepted_g) == told


def test_names_fall_back() -> None:
    """To the other language, then to the code."""
    told = {"name_zh": "白菜", "name_en": None}
    assert (views.named(told, "en", "x"), views.named({"name_zh": None, "name_en": None}, "en", "x")) == ("白菜", "x")


def test_the_last_runs_of_each_kind() -> None:
    """Of those that compare only one that is done is worth a look."""
    runs = [
        {"kind": kind, "status": status, "queued_at": f"2026-11-2{n}"}
        for n, (kind, status) in enumerate(
            [("orders", "done"), ("exact", "done"), ("orders", "running"), ("exact", "failed")]
        )
    ]
    assert outcome.last_runs(runs) == (runs[2], runs[1])
    assert outcome.last_runs([]) == (None, None)
