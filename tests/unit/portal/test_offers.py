"""What the pages of offers make of offers, gaps and foods."""

from datetime import date
from typing import Any

from services.portal.naming import Names
from services.portal.offers import views

TODAY = date(2026, 11, 25)
NAMES: Names = {"foods": {"tomato": {"zh": "番茄", "en": "Tomato"}}}


def an_offer(offer_id: str = "off-1", **other: Any) -> dict[str, Any]:
    """100 kg of tomatoes next week, 40 of them promised."""
    offer = {
        "offer_id": offer_id,
        "cooperative_id": "coop-1",
        "food_code": "tomato",
        "available_from": "2026-11-30",
        "available_until": "2026-12-06",
        "quantity_g": 100_000,
        "promised_g": 40_000,
        "price_fen_per_kg": 305,
        "shelf_life_days": 5,
        "minimum_lot_g": 1_500,
        "harvest_day": None,
        "pack_size_g": None,
        "contract_id": None,
        "status": "open",
        "version": 2,
        "published_at": "2026-11-20T00:00:00Z",
        "reference": None,
    }
    return offer | other


def words(*offers: dict[str, Any], gaps: tuple[tuple[str, str], ...] = ()) -> list[tuple[str, str]]:
    """The offers that are shown as live, and where they stand."""
    told = {"items": [{"food_code": food, "kind": kind} for food, kind in gaps]}
    return [(card.offer_id, card.word) for card in views.cards_of(offers, told, NAMES, "en", TODAY)]


def test_where_an_offer_stands() -> None:
    """What is held back comes first; what is over or withdrawn is not on offer."""
    full = an_offer("off-2", promised_g=100_000, food_code="egg")
    gone, over = an_offer("off-3", status="withdrawn"), an_offer("off-4", available_until="2026-11-24")
    assert words(an_offer(), full, gone, over) == [("off-1", "On offer"), ("off-2", "All promised")]
    lacks = ("egg", "inspection_report")
    assert words(an_offer(), full, gaps=(lacks,))[0] == ("off-2", "Held back")


def test_what_was_offered_before_is_listed_once_for_a_product() -> None:
    """The newest of each; a product that is on offer now may have been withdrawn before."""
    old, newer = an_offer("off-1", available_until="2026-11-01"), an_offer("off-2", available_until="2026-11-08")
    assert [card.offer_id for card in views.former_of([old, newer], NAMES, "en", TODAY)] == ["off-2"]


def test_forms_begin_as_the_last_time() -> None:
    """Price and packs stay, the days are the coming week's, the weight is to be thought about; nothing is invented."""
    begun = views.begun_with(None, an_offer(pack_size_g=500), TODAY)
    assert (begun["from"], begun["until"]) == ("2026-11-30", "2026-12-06")
    assert (begun["price"], begun["minimum"], begun["pack"]) == ("3.05", "1.5", "0.5")
    assert "quantity" not in begun
    assert views.begun_with({"shelf_life_days": None}, None, TODAY)["shelf_life"] == ""
    assert views.begun_with(None, an_offer(contract_id="con-1"), TODAY)["price"] == ""


def test_an_offer_that_is_over_is_made_again_for_the_coming_week() -> None:
    """One that is to come keeps its days, one that is over gets those of next week and no harvest day."""
    assert views.again(an_offer(), TODAY)["from"] == "2026-11-30"
    over = an_offer(available_from="2026-11-02", available_until="2026-11-08", harvest_day="2026-11-01")
    made = views.again(over, TODAY)
    assert (made["from"], made["until"], made["harvest_day"], made["quantity"]) == (
        *("2026-11-30", "2026-12-06", ""),
        "100",
    )


def test_products_stand_in_groups() -> None:
    """What schools must not serve is not offered; what fits nowhere is there all the same."""
    foods = [
        {"food_code": code, "name_zh": code, "name_en": code, "food_group": group, "canteen_ban": banned}
        for code, group, banned in (
            ("tomato", "vegetable", False),
            ("green_bean", "vegetable", True),
            ("honey", "sugar", False),
            ("egg", "egg", False),
        )
    ]
    found = [(group, [one.code for one in each]) for group, each in views.groups_of(foods, "en")]
    assert found == [("Vegetables", ["tomato"]), ("Eggs and milk", ["egg"]), ("Other products", ["honey"])]
