"""Builders with defaults: request bodies of a small county. Everything here is fictional."""

from typing import Any

COUNTY = "520628"
MONDAY = "2026-11-30"
WEEK = ("2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04")

FOODS = {
    **{"rice": ("大米", "Rice"), "cabbage": ("白菜", "Cabbage"), "pork": ("猪肉", "Pork"), "salt": ("食盐", "Salt")},
    **{"egg": ("鸡蛋", "Egg"), "milk": ("牛奶", "Milk"), "tofu": ("豆腐", "Tofu"), "radish": ("萝卜", "Radish")},
}
"""What pages call foods, in Chinese and English; others are called by their code."""
DISHES = {"d01": ("白菜肉片盖饭", "Rice with cabbage and pork"), "d02": ("白菜饭", "Rice with cabbage")}

COOPERATIVES = {"a": ("云雾坡", "Yunwupo"), "b": ("石板井", "Shibanjing")}
"""What pages call cooperatives; others are called by the end of their id."""


def a_food(code: str, **other: Any) -> dict[str, Any]:
    """A food; 85 % of cabbage and all of anything else can be eaten; rice and salt keep for half a year."""
    name_zh, name_en = FOODS.get(code, (code, code))
    return {
        "food_code": code,
        "name_zh": name_zh,
        "name_en": name_en,
        "food_group": "vegetable",
        "edible_permille": 850 if code == "cabbage" else 1000,
        "temperature_class": "chilled" if code == "pork" else "ambient",
        "shelf_life_days": 180 if code in ("rice", "salt") else 10,
        "allergens": [],
        "canteen_ban": False,
        "farmed": code != "salt",
        "reference_price_fen_per_kg": 400,
    } | other


def a_dish(code: str = "d01", **portions_g: int) -> dict[str, Any]:
    """A dish; grams of raw edible food per child of 9 to 11."""
    parts = portions_g or {"rice": 100, "cabbage": 85, "pork": 20, "salt": 1}
    name_zh, name_en = DISHES.get(code, (code, code))
    return {
        "dish_code": code,
        "name_zh": name_zh,
        "name_en": name_en,
        "category": "mixed",
        "ingredients": [{"food_code": food, "portion_mg": grams * 1000} for food, grams in parts.items()],
    }


def a_canteen(number: int = 1, pupils: int = 100, **other: Any) -> dict[str, Any]:
    """A canteen of a primary school that serves lunch."""
    return {
        "canteen_id": f"sch-{number}",
        "name_zh": f"第{number}小学（虚构）",
        "name_en": f"Primary School {number} (fictional)",
        "county_code": COUNTY,
        "town_code": "520628101",
        "lat": 28.16,
        "lon": 109.20 + number / 100,
        "meals": ["lunch"],
        "budget_fen_per_pupil_day": 500,
        "headcounts": [{"age_band": "9-11", "sex": "f", "pupils": pupils}],
    } | other


def a_cooperative(name: str = "a", **other: Any) -> dict[str, Any]:
    """A cooperative of the same county."""
    name_zh, name_en = COOPERATIVES.get(name, (name, name))
    return {
        "cooperative_id": f"coop-{name}",
        "name_zh": f"{name_zh}合作社（虚构）",
        "name_en": f"{name_en} Cooperative (fictional)",
        "county_code": COUNTY,
        "town_code": "520628101",
        "lat": 28.20,
        "lon": 109.25,
        "priority_group": "none",
    } | other


def an_offer(cooperative: str, food: str, kg: int = 100, price: int = 400, **other: Any) -> dict[str, Any]:
    """An offer for the whole week; `kg` in all, `price` in fen per kg."""
    return {
        "offer_id": f"off-{cooperative}-{food}",
        "cooperative_id": f"coop-{cooperative}",
        "food_code": food,
        "available_from": WEEK[0],
        "available_until": WEEK[-1],
        "quantity_g": kg * 1000,
        "price_fen_per_kg": price,
        "shelf_life_days": 10,
        "minimum_lot_g": 100,
    } | other


def a_household(cooperative: str, number: int) -> dict[str, Any]:
    """A household of a cooperative, known by its pseudonym."""
    return {
        "household_id": f"hh-{cooperative}-{number}",
        "cooperative_id": f"coop-{cooperative}",
        "town_code": "520628101",
    }


def a_status(household: str, status: str = "lifted_out") -> dict[str, Any]:
    """A household's dated status."""
    return {"household_id": household, "status": status, "from_day": "2020-01-01", "until_day": None, "source": "test"}


def a_menu(canteen: str = "sch-1", days: tuple[str, ...] = WEEK, dish: str = "d01", **other: Any) -> dict[str, Any]:
    """A week's menu: one dish for lunch on each day."""
    served = [{"day": day, "meal": "lunch", "dish_codes": [dish]} for day in days]
    return {"canteen_id": canteen, "week_start": MONDAY, "days": served} | other
