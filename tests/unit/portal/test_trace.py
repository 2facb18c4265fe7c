"""What the trace page makes of answers."""

from typing import Any

from services.portal.trace import views

LOT: dict[str, Any] = {
    "lot_id": "lot-1",
    "cooperative_name_zh": "合作社（虚构）",
    "cooperative_name_en": None,
    "harvest_day": "2026-11-30",
    "certificate_no": "C-1",
    "recalled": False,
    "departed_at": None,
    "arrived_at": None,
    "received": False,
    "lowest_c": None,
    "highest_c": None,
    "cold_chain_broken": False,
}


def test_what_came_together_stands_together() -> None:
    """Lots of one cooperative, harvest and way are one entry with all their foods; others are entries of their own."""
    foods = [
        {"food_code": "rice", "lots": [LOT, LOT | {"harvest_day": "2026-11-29"}]},
        {"food_code": "leek", "lots": [LOT | {"certificate_no": "C-2", "lot_id": "lot-2"}]},
        {"food_code": "salt", "lots": []},
    ]
    trace = {"foods": foods, "dish_codes": []}
    names = {"rice": {"zh": "大米", "en": "Rice"}}
    found = views.harvests(trace, names, "en", ["lot-2"])
    told = [(one.harvested, [(food.name, food.certificate) for food in one.foods]) for one in found]
    assert told == [
        ("2026-11-30", [("Rice", "C-1"), ("leek", "C-2")]),
        ("2026-11-29", [("Rice", "C-1")]),
    ]
    assert [food.has_photo for food in found[0].foods] == [False, True]
    assert views.lots_in(trace) == ["lot-1", "lot-2"]
    assert found[0].cooperative == "合作社（虚构）"
    assert views.untraced(trace, names, "en") == ["salt"]


def test_meals_stand_in_the_order_they_are_eaten() -> None:
    """Those that nobody has recorded yet have no number; one that was called off has none who ate."""
    records = {"dinner": None, "snack": {"headcount": 0, "version": 2}, "lunch": {"headcount": 97, "version": 1}}
    meals = [
        {"meal_id": f"id-{name}", "meal": name, "planned_headcount": 100, "served": record}
        for name, record in records.items()
    ]
    found = [(one.meal, one.headcount, one.version) for one in views.servings({"meals": meals})]
    assert found == [("lunch", 97, 1), ("dinner", None, 0), ("snack", 0, 2)]
