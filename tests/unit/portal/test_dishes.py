"""What the dish library makes of answers."""

from typing import Any

import pytest

from services.portal.dishes import views

LOWS = {"energy_kcal": 700.0, "protein_g": 20.0, "iron_mg": 4.0}


def a_dish(**other: Any) -> dict[str, Any]:
    """Return a dish of the province."""
    dish = {
        "dish_code": "V01",
        "name_zh": "清炒花菜",
        "name_en": "Stir-fried cauliflower",
        "category": "vegetable",
        "cost_fen": 80,
        "unpriced_foods": [],
        "banned_foods": [],
        "months": [1, 2, 12],
        "allergens": ["soy", "unheard_of"],
        "canteen_id": None,
        "county_code": None,
        "photo": None,
        "nutrients": {
            "energy_kcal": {"amount": 70.0, "unknown_permille": 0},
            "protein_g": {"amount": 10.0, "unknown_permille": 100},
            "iron_mg": {"amount": 0.0, "unknown_permille": 1000},
        },
    }
    return dish | other


def a_portion(permille: int, unknown: int = 0) -> dict[str, Any]:
    """Return a portion that gives 10 g of protein for each 1/1000."""
    nutrients = {"protein_g": {"amount": permille / 100, "unknown_permille": unknown}}
    return {"portion_permille": permille, "portion_g": 100, "nutrients": nutrients, "cost_fen": permille}


def test_a_card_says_how_much_of_a_lunch_a_dish_gives() -> None:
    """By what a lunch must bring; what nobody has said is no number, and what is known in part is at least that."""
    card = views.card(a_dish(), LOWS, "en", 12, {"sch-1"})
    shown = [(gauge.key, gauge.permille, gauge.unknown, gauge.tone) for gauge in card.gauges]
    assert shown == [
        ("energy_kcal", 100, False, "info"),
        ("protein_g", 500, True, "ok"),
        ("calcium_mg", None, False, ""),
        ("iron_mg", None, False, ""),
    ]
    assert (card.name, card.allergens, card.own) == ("Stir-fried cauliflower", ["Soy", "unheard_of"], False)


@pytest.mark.parametrize(
    ("month", "banned", "state"), [(12, [], views.FREE), (6, [], views.OFF), (12, ["green_bean"], views.BANNED)]
)
def test_a_dish_is_in_season_or_not_allowed(month: int, banned: list[str], state: tuple[str, str]) -> None:
    """What must not be served says so before anything else."""
    card = views.card(a_dish(banned_foods=banned), {}, "zh", month, ())
    assert card.state == state
    assert card.month_numbers == [1, 2, 12]


def test_whose_dish_it_is() -> None:
    """A canteen's own, or the county's for whoever keeps it; a dish of the province is nobody's own."""
    assert views.is_own(a_dish(canteen_id="sch-1"), {"sch-1"})
    assert views.is_own(a_dish(county_code="520628"), {"520628"})
    assert not views.is_own(a_dish(canteen_id="sch-2"), {"sch-1"})
    assert not views.is_own(a_dish(), {"sch-1"})


def test_grams_and_nutrients_by_age() -> None:
    """Grams follow the portion; what is unknown of all foods is no number."""
    portions = {"6-8": a_portion(800), "9-11": a_portion(1000), "12-14": a_portion(1200, 50), "15-17": a_portion(1000)}
    parts = [{"name_zh": "花菜", "name_en": "Cauliflower", "portion_mg": 100_000}]
    told = {"portions": portions, "ingredients": parts}
    (grams,) = views.grams(told, "zh")
    assert (grams.name, grams.values) == ("花菜", [80.0, 100.0, 120.0, 100.0])
    (protein,) = views.nutrition(told)
    assert (protein.name, protein.unit, protein.partly) == ("Protein", "g", True)
    assert views.costs(told) == [800, 1000, 1200, 1000]
    portions["6-8"] = a_portion(800, 1000)
    assert views.nutrition(told)[0].values[0] is None


def test_a_copy_has_one_code_by_form() -> None:
    """The same for the same key, not longer than a code may be."""
    key = "01935e3a-7c00-7000-8000-00000000abcd"
    assert views.copy_code("V01", key) == "V01-0000abcd"
    assert len(views.copy_code("x" * 64, key)) <= 64
