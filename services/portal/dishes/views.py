"""What the dish library shows: pure functions from answers to what a template needs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.portal.languages import N_
from services.portal.pictures import Picture, of_dish
from services.portal.terms import ALLERGENS, CATEGORIES, NUTRIENTS

Told = Mapping[str, Any]
BANDS = ("6-8", "9-11", "12-14", "15-17")
REFERENCE = "9-11"
"""The age a recipe is written for, whose portion and cost stand on cards."""
GAUGES = ("energy_kcal", "protein_g", "calcium_mg", "iron_mg")
METHODS: Mapping[str, str] = {
    "steam": N_("Steamed"),
    "boil": N_("Boiled"),
    "simmer": N_("Simmered"),
    "stew": N_("Stewed"),
    "braise": N_("Braised"),
    "stir_fry": N_("Stir-fried"),
    "pan_fry": N_("Pan-fried"),
    "deep_fry": N_("Deep-fried"),
    "roast": N_("Roasted"),
    "blanch": N_("Blanched"),
    "none": N_("Handed out as it comes"),
}
SCOPES: Mapping[str, str] = {
    "province": N_("For all schools of the province"),
    "county": N_("For schools of the county"),
    "canteen": N_("Own dish"),
}
_UNITS = {"kcal": N_("kcal"), "g": N_("g"), "mg": N_("mg"), "rae": N_("µg")}
FREE, BANNED, OFF = ("ok", N_("In season")), ("bad", N_("Not allowed in schools")), ("", N_("Out of season"))


@dataclass(frozen=True, slots=True)
class Gauge:
    """What a portion gives of a nutrient: its share of what a lunch must bring in 1/1000, None where nobody says."""

    key: str
    name: str
    permille: int | None
    unknown: bool

    @property
    def tone(self) -> str:
        """How much it is, for the eye: a third of a lunch is much for one dish, a twentieth nearly nothing."""
        if self.permille is None:
            return ""
        return "ok" if self.permille >= 333 else "info" if self.permille >= 50 else "warn"


@dataclass(frozen=True, slots=True)
class Card:
    """A dish of the library. `cost_fen` is a portion's, None where no county says it; `dear` foods have no price."""

    code: str
    name: str
    category: str
    cost_fen: int | None
    unpriced: bool
    state: tuple[str, str]
    months: Sequence[bool]
    all_year: bool
    allergens: Sequence[str]
    gauges: Sequence[Gauge]
    own: bool
    picture: Picture | None

    @property
    def month_numbers(self) -> list[int]:
        """The months it is in season."""
        return [number for number, here in enumerate(self.months, 1) if here]


def lows_of(requirement: Told | None) -> dict[str, float]:
    """Return what a lunch must bring at least of each nutrient."""
    if requirement is None:
        return {}
    told = {target["key"]: target["low"] for target in requirement["targets"] if target["low"]}
    return {key: float(low) for key, low in told.items() if key in NUTRIENTS}


def gauges(nutrients: Told, lows: Mapping[str, float]) -> list[Gauge]:
    """Return the few nutrients that stand on cards."""
    found = []
    for key in GAUGES:
        given, low = nutrients.get(key), lows.get(key)
        if given is not None and given["unknown_permille"] >= 1000:
            given = None  # nobody has said it of anything in it
        share = round(given["amount"] * 1000 / low) if given is not None and low else None
        found.append(Gauge(key, NUTRIENTS[key], share, bool(given and given["unknown_permille"])))
    return found


def name_of(dish: Told, language: str) -> str:
    """Return what a dish or a food is called."""
    return str(dish[f"name_{language}"] or dish["name_zh"])


def card(
    dish: Told,
    lows: Mapping[str, float],
    language: str,
    month: int,
    own: Collection[str],
    whose: Mapping[str, str] | None = None,
) -> Card:
    """Return a dish as it stands in the list; `own` are the ids of canteens and counties whose dishes are one's own,
    `whose` says by which of them the list was asked for."""
    months = set(dish["months"])
    state = BANNED if dish["banned_foods"] else FREE if month in months else OFF
    return Card(
        code=dish["dish_code"],
        name=name_of(dish, language),
        category=CATEGORIES.get(dish["category"], dish["category"]),
        cost_fen=dish["cost_fen"],
        unpriced=bool(dish["unpriced_foods"]),
        state=state,
        months=[number in months for number in range(1, 13)],
        all_year=len(months) == 12,
        allergens=[ALLERGENS.get(each, each) for each in dish["allergens"]],
        gauges=gauges(dish.get("nutrients", {}), lows),
        own=is_own(dish, own),
        picture=of_dish(dish, whose or {}),
    )


def is_own(dish: Told, own: Collection[str]) -> bool:
    """Whether a dish stands in one's own library: the canteen's, or the county's for whoever keeps it."""
    return bool({dish["canteen_id"], dish["county_code"]} & set(own))


@dataclass(frozen=True, slots=True)
class Row:
    """A food or a nutrient by age band; None: unknown. `partly` is unknown of some of its foods."""

    name: str
    unit: str
    values: Sequence[float | None]
    partly: bool = False


def grams(analysis: Told, language: str) -> list[Row]:
    """Return the grams of each ingredient by age band."""
    portions = [analysis["portions"][band]["portion_permille"] for band in BANDS]
    return [
        Row(name_of(part, language), "g", [part["portion_mg"] * permille / 1_000_000 for permille in portions])
        for part in analysis["ingredients"]
    ]


def nutrition(analysis: Told) -> list[Row]:
    """Return what a portion gives of each nutrient by age band; what is unknown of all of its foods is None."""
    found = []
    for key, name in NUTRIENTS.items():
        given = [analysis["portions"][band]["nutrients"].get(key) for band in BANDS]
        if all(one is None for one in given):
            continue
        values = [None if one is None or one["unknown_permille"] >= 1000 else one["amount"] for one in given]
        partly = any(one is not None and 0 < one["unknown_permille"] < 1000 for one in given)
        found.append(Row(name, _UNITS[key.rpartition("_")[2]], values, partly))
    return found


def costs(analysis: Told) -> list[int | None]:
    """Return what a portion costs by age band (fen)."""
    return [analysis["portions"][band]["cost_fen"] for band in BANDS]


def copy_code(code: str, key: str) -> str:
    """Return the code of a copy: the same whenever the same form is sent again, another for each form."""
    return f"{code[:50]}-{key.replace('-', '')[-8:]}"
