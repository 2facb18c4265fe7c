"""What codes of the services are called by people (msgids): meals, nutrients, groups, kinds of dishes, allergens."""

from collections.abc import Mapping
from typing import Any

from services.portal.languages import N_
from services.portal.reasons import EXHAUSTED

MEALS: Mapping[str, str] = {"breakfast": N_("Breakfast"), "lunch": N_("Lunch"), "dinner": N_("Dinner")}
NUTRIENTS: Mapping[str, str] = {
    "energy_kcal": N_("Energy"),
    "protein_g": N_("Protein"),
    "fat_g": N_("Fat"),
    "carbohydrate_g": N_("Carbohydrate"),
    "fibre_g": N_("Fibre"),
    "calcium_mg": N_("Calcium"),
    "iron_mg": N_("Iron"),
    "zinc_mg": N_("Zinc"),
    "sodium_mg": N_("Sodium"),
    "vitamin_a_ug_rae": N_("Vitamin A"),
    "thiamin_mg": N_("Vitamin B1"),
    "riboflavin_mg": N_("Vitamin B2"),
    "vitamin_c_mg": N_("Vitamin C"),
}
GROUPS: Mapping[str, str] = {
    "cereal_tuber": N_("Cereals and tubers"),
    "vegetable": N_("Vegetables"),
    "fruit": N_("Fruit"),
    "meat": N_("Meat"),
    "fish": N_("Fish"),
    "egg": N_("Eggs"),
    "milk": N_("Milk"),
    "soy_nut": N_("Soy and nuts"),
    "oil": N_("Oil"),
    "salt": N_("Salt"),
    "liver": N_("Liver"),
}
CATEGORIES: Mapping[str, str] = {
    "staple": N_("Staple food"),
    "mixed": N_("Meat with vegetables"),
    "meat": N_("Meat dish"),
    "vegetable": N_("Vegetable dish"),
    "soup": N_("Soup"),
    "dairy": N_("Milk and drinks"),
    "fruit": N_("Fruit"),
}
ALLERGENS: Mapping[str, str] = {
    "gluten": N_("Gluten"),
    "egg": N_("Eggs"),
    "milk": N_("Milk"),
    "soy": N_("Soy"),
    "peanut": N_("Peanuts"),
    "tree_nut": N_("Tree nuts"),
    "sesame": N_("Sesame"),
    "fish": N_("Fish"),
    "crustacean": N_("Shrimps and crabs"),
    "mollusc": N_("Shellfish"),
}
_PACKED_SHORT: Mapping[str, str] = {"lots-exhausted": EXHAUSTED}
_COUNTED: Mapping[str, str] = {
    "food_kinds": N_("Kinds of food"),
    "dark_share": N_("Dark vegetables"),
    "groups_in_meal": N_("Food groups in a meal"),
}
_SHARES: Mapping[str, str] = {
    "fat_g": N_("Energy from fat"),
    "carbohydrate_g": N_("Energy from carbohydrate"),
    "protein_g": N_("Energy from protein"),
}
_ALL = 1000
_KINDS_OF_VEGETABLES = N_("Kinds of vegetables")


def target_name(target: Mapping[str, Any]) -> str:
    """Return what one number a menu is judged by is called (a msgid)."""
    kind, of = target["kind"], target["of"]
    if kind in _COUNTED:
        return _COUNTED[kind]
    if kind == "energy_share":
        return _SHARES.get(of, of)
    if kind == "group_kinds" and of == "vegetable":
        return _KINDS_OF_VEGETABLES
    return NUTRIENTS.get(of) or GROUPS.get(of) or str(of)


def is_unknown(given: Mapping[str, Any]) -> bool:
    """Whether nobody knows how much there is of a nutrient: of no food, or of none of those that have any."""
    unknown: int = given["unknown_permille"]
    return unknown >= _ALL or (given["value"] == 0 and unknown > 0)


_LOST: Mapping[str, str] = {
    "recalled": N_("Recalled, it does not come: {reason}"),
    "undelivered": N_("Nothing can bring it, it does not come: {reason}"),
}


def lost(line: Mapping[str, Any]) -> str | None:
    """Return a sentence with a hole for the reason (a msgid) of an order line that was packed and does not come."""
    why = line.get("lost")
    return None if why is None else _LOST[why]


def packed_short(reason: str | None) -> str | None:
    """Return what a cooperative says of packing less than it promised: a msgid where the program said it for it."""
    return None if reason is None else _PACKED_SHORT.get(reason, reason)
