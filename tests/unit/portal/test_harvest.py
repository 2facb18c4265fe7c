"""What the harvest pages make of lots and of what is wanted."""

from datetime import date
from typing import Any

import pytest

from services.portal.harvest import views


def a_lot(lot_id: str = "lot-1", food: str = "tomato", **other: Any) -> dict[str, Any]:
    """10 kg, of which 6 and 3 kg are of households."""
    lot = {
        "lot_id": lot_id,
        "food_code": food,
        "harvest_day": "2026-11-23",
        "harvested_at": "2026-11-23T01:00:00Z",
        "quantity_g": 10_000,
        "remaining_g": 10_000,
        "certificate_no": "GZ-1",
        "recalled_at": None,
        "unfit_at": None,
        "contributions": [{"household_id": "hh-1", "quantity_g": 6_000}, {"household_id": "hh-2", "quantity_g": 3_000}],
    }
    return lot | other


def test_equal_parts_sum_to_the_whole() -> None:
    """To the gram, also where it does not divide."""
    parts = views.shared_out("equal", 10_000, ["hh-1", "hh-2", "hh-3"], None)
    assert sum(each["quantity_g"] for each in parts) == 10_000
    assert max(each["quantity_g"] for each in parts) - min(each["quantity_g"] for each in parts) <= 1


def test_as_last_time_keeps_the_proportions() -> None:
    """The own fields' part stays the cooperative's."""
    parts = views.shared_out("last", 20_000, [], a_lot())
    assert [(each["household_id"], each["quantity_g"]) for each in parts] == [("hh-1", 12_000), ("hh-2", 6_000)]
    assert views.shared_out("own", 20_000, ["hh-1"], a_lot()) == []


def test_what_came_in_last_is_offered_first() -> None:
    """Products that were brought in before go before those that are only on offer; none is named twice."""
    lots = [a_lot("a"), a_lot("b", "potato", harvest_day="2026-11-24")]
    assert views.codes_of(lots, [{"food_code": "tomato"}, {"food_code": "egg"}]) == ["potato", "tomato", "egg"]
    last = views.last_of(lots, "tomato")
    assert last is not None
    assert last["lot_id"] == "a"
    assert views.last_of(lots, "egg") is None


@pytest.mark.parametrize(
    ("code", "shape"),
    [("pak_choi", "leaf"), ("eggplant", "fruit"), ("egg", "egg"), ("king_oyster", "mushroom"), ("tomato", "fruit")],
)
def test_products_have_shapes(code: str, shape: str) -> None:
    """A leaf, a root, an egg: whoever reads slowly finds it by its picture."""
    assert views.shape_of(code) == shape


def test_days_to_choose_end_today() -> None:
    """Today is the first chip."""
    assert views.days_to_choose(date(2026, 12, 1)) == ["2026-12-01", "2026-11-30", "2026-11-29", "2026-11-28"]


def test_what_the_cooperative_grows_is_asked_of_it_first() -> None:
    """Then what is wanted most; weeks that want nothing are left out."""
    weeks = [{"week_start": "2026-12-07", "wanted_g": 0}, {"week_start": "2026-12-14", "wanted_g": 5_000}]
    foods = [("potato", False, 9_000), ("tomato", True, 5_000), ("egg", True, 0)]
    items = [
        {
            "food_code": code,
            "grown": grown,
            "wanted_g": grams,
            "next_sowing_week": None,
            "reference": None,
            "weeks": weeks,
        }
        for code, grown, grams in foods
    ]
    found = views.wanted_of({"items": items}, {}, "en")
    assert [each.product.code for each in found] == ["tomato", "potato"]
    assert found[0].first_week == "2026-12-14"
