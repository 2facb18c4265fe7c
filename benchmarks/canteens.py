"""Canteens to plan for: made from a seed out of the foods and dishes of data/, or read from a JSON file.

A file holds one object: `standard_id`; `heads` {age band: {"m": pupils, "f": pupils}}; `meals`; `days` (dates);
`budget_fen` per pupil and day; `dishes` [{dish_code, category, portion_rule: "proportional" or "fixed", equipment: [],
grams: {food_code: g raw edible for ages 9 to 11}}]; `equipment` {code: dishes of a meal it can take};
`quotes` {food_code: {price_fen_per_kg, local_permille, poor_permille, available_kg or null}}; `ratings` {dish_code:
0–1}. Foods are those of data/foods.csv. `python -m benchmarks.canteens SEED [DISHES] [DAYS]` prints one.
"""

import csv
import functools
import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from services.nutrition.dishes.domain import Ingredient, PortionRule, Recipe, portions_of
from services.nutrition.foods.domain import Food, Nutrient, Season
from services.nutrition.market.domain import PriceSource, Quote
from services.nutrition.patterns.domain import Pattern, Place
from services.nutrition.planning.building import prepare
from services.nutrition.planning.facts import Facts, Wishes
from services.nutrition.planning.problem import Problem
from services.nutrition.standards.library import standard
from services.nutrition.standards.requirement import requirement_of
from shared.fields import AgeBand, Meal, Sex, TemperatureClass

DATA = Path(__file__).resolve().parents[1] / "data"
MONDAY = date(2026, 11, 30)
Canteen = dict[str, Any]
"""A canteen as its file holds it."""

_SHARES = {"staple": 0.12, "meat": 0.17, "mixed": 0.24, "vegetable": 0.21, "soup": 0.16, "fruit": 0.06, "dairy": 0.04}
"""How many of a library's dishes are of each category, about as in data/dishes.csv."""
_AROMATICS = ("garlic", "ginger", "scallion", "garlic_chives", "coriander", "chili_dried", "star_anise")
_DRY = frozenset({"shiitake_dried", "wood_ear_dried", "vermicelli_mung", "laver", "pork_bacon_cured", "peanut"})


def rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file of data/."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@functools.cache
def foods() -> Mapping[str, Food]:
    """Return the foods that can be bought, from foods.csv, prices.csv and food_supply.csv."""
    supply = {row["food_code"]: row for row in rows("food_supply.csv")}
    prices = {row["food_code"]: row for row in rows("prices.csv")}
    return {
        row["code"]: _food(row, supply.get(row["code"]), prices[row["code"]])
        for row in rows("foods.csv")
        if row["code"] in prices and row["k12_canteen_ban"] != "1"
    }


def _food(row: Mapping[str, str], supply: Mapping[str, str] | None, price: Mapping[str, str]) -> Food:
    season = None
    if supply and supply["season_from_month"]:
        season = Season(int(supply["season_from_month"]), int(supply["season_to_month"]))
    return Food(
        food_code=row["code"],
        food_group=row["food_group"],
        edible_permille=round(1000 * float(row["edible_fraction_cn"] or row["edible_fraction"])),
        temperature_class=TemperatureClass(supply["temperature_class"]) if supply else TemperatureClass.AMBIENT,
        shelf_life_days=int(supply["shelf_life_days"]) if supply else 7,
        farmed=bool(supply) and supply is not None and supply["farmed"] == "1",
        canteen_ban=False,
        allergens=frozenset(),
        dark_vegetable={"1": True, "0": False}.get(row["dark_vegetable"]),
        season=season,
        reference_price_fen_per_kg=round(100 * float(price["yuan_per_kg_as_purchased"])),
        composition={n: round(1000 * float(row[n.value])) for n in Nutrient if row[n.value]},
    )


@functools.cache
def _dishes() -> Mapping[str, list[dict[str, Any]]]:
    """Return the dishes of data/dishes.csv by category."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows("dishes.csv"):
        if row["portion_rule"] == "per_band":
            continue
        new: dict[str, Any] = {name: row[name] for name in ("dish_code", "category", "portion_rule")}
        new |= {"equipment": row["equipment"].split(";") if row["equipment"] else [], "grams": {}}
        found.setdefault(row["dish_code"], new)["grams"][row["food_code"]] = float(row["grams_raw"])
    by_category = defaultdict(list)
    for dish in found.values():
        if dish["grams"].keys() <= foods().keys():
            by_category[dish["category"]].append(dish)
    return by_category


def made_canteen(seed: int, dishes: int = 150, days: int = 5, meals: tuple[Meal, ...] = (Meal.LUNCH,)) -> Canteen:
    """Return a fictional primary school of Guizhou with so many dishes to choose from."""
    luck = random.Random(seed)
    bands = (AgeBand.FROM_6_TO_8, AgeBand.FROM_9_TO_11, AgeBand.FROM_12_TO_14)
    library = made_library(luck, dishes)
    return {
        "standard_id": "wst554-2017",
        "heads": {band.value: {sex.value: luck.randint(20, 150) for sex in Sex} for band in bands},
        "meals": [meal.value for meal in meals],
        "days": [day.isoformat() for day in school_days(days)],
        "budget_fen": sum({Meal.BREAKFAST: 300, Meal.LUNCH: 500, Meal.DINNER: 450}[meal] for meal in meals),
        "dishes": library,
        "equipment": {"steamer": 2, "wok": 2, "stock_pot": 2, "griddle": 1, "oven": 1},
        "quotes": made_quotes(luck, library),
        "ratings": {dish["dish_code"]: round(luck.betavariate(4, 3), 3) for dish in library},
    }


def made_library(luck: random.Random, count: int) -> list[dict[str, Any]]:
    """Return dishes: those of data/dishes.csv, then their kin with other foods of the same groups and other amounts."""
    library: list[dict[str, Any]] = []
    for category, share in _SHARES.items():
        known = _dishes()[category]
        wanted = max(3, round(share * count))
        library += luck.sample(known, min(wanted, len(known)))
        library += [_kin(luck, luck.choice(known), f"{category}-{number}") for number in range(wanted - len(known))]
    return library


def _kin(luck: random.Random, dish: Mapping[str, Any], code: str) -> dict[str, Any]:
    grams: dict[str, float] = {}
    for food, amount in dish["grams"].items():
        other = food
        if (
            luck.random() < 0.7
            and food not in _AROMATICS
            and foods()[food].food_group not in ("oil", "salt", "condiment")
        ):
            group = foods()[food].food_group
            kin = [code for code, of in foods().items() if of.food_group == group and code not in _AROMATICS]
            other = luck.choice([code for code in kin if (code in _DRY) == (food in _DRY)])
        grams[other] = grams.get(other, 0.0) + round(amount * luck.uniform(0.8, 1.2), 1)
    return {**dish, "dish_code": code, "grams": grams}


def made_quotes(luck: random.Random, library: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what each food costs a county: two in three farmed foods are on offer, some of them in small amounts."""
    quotes = {}
    for code in sorted({food for dish in library for food in dish["grams"]}):
        food, price = foods()[code], foods()[code].reference_price_fen_per_kg or 0
        offered = bool(food.farmed) and luck.random() < 0.67
        scarce = offered and luck.random() < 0.2
        quotes[code] = {
            "price_fen_per_kg": round(price * luck.uniform(0.88, 1.12)),
            "local_permille": 1000 if offered else 0,
            "poor_permille": luck.randint(350, 950) if offered else 0,
            "available_kg": luck.randint(20, 60) if scarce else None,
        }
    return quotes


def school_days(count: int) -> list[date]:
    """Return school days from MONDAY on."""
    coming = (MONDAY + timedelta(days=ahead) for ahead in range(3 * count))
    return [day for day in coming if day.weekday() < 5][:count]


@functools.cache
def patterns() -> Mapping[Meal, Pattern]:
    """Return what meals are made of, from data/meal_patterns.csv."""
    places: dict[Meal, list[Place]] = defaultdict(list)
    for row in rows("meal_patterns.csv"):
        categories, codes = (frozenset(filter(None, row[name].split("|"))) for name in ("categories", "dish_codes"))
        places[Meal(row["meal"])].append(Place(row["slot"], categories, codes, row["optional"] == "1"))
    return {meal: Pattern(meal, tuple(of)) for meal, of in places.items()}


def facts_of(canteen: Canteen) -> Facts:
    """Return a canteen as the planner's side of the service knows it."""
    heads = {(AgeBand(band), Sex(sex)): n for band, by_sex in canteen["heads"].items() for sex, n in by_sex.items()}
    eaters = {band: sum(n for (of, _), n in heads.items() if of == band) for band in {band for band, _ in heads}}
    meals = tuple(Meal(meal) for meal in canteen["meals"])
    days = tuple(date.fromisoformat(day) for day in canteen["days"])
    return Facts(
        canteen_id="benchmark",
        county_code="520628",
        eaters=dict(sorted(eaters.items())),
        requirement=requirement_of(standard(canteen["standard_id"]), heads, meals),
        days=days,
        patterns={meal: patterns()[meal] for meal in meals},
        recipes=tuple(_recipe(dish) for dish in canteen["dishes"]),
        foods=foods(),
        quotes={code: _quote(code, quote) for code, quote in canteen["quotes"].items()},
        budget_mfen=1000 * canteen["budget_fen"] * len(days),
        ratings=canteen["ratings"],
        equipment_limit=canteen["equipment"],
    )


def problem_of(canteen: Canteen) -> Problem:
    """Return a canteen's planning problem, made as the service makes it."""
    return prepare(facts_of(canteen), Wishes()).problem


def read_canteen(path: Path) -> Canteen:
    """Return a canteen from its file."""
    canteen: Canteen = json.loads(path.read_text(encoding="utf-8"))
    return canteen


def _recipe(dish: Mapping[str, Any]) -> Recipe:
    parts = [
        Ingredient(code, round(1000 * grams), foods()[code].edible_permille, foods()[code].temperature_class, False)
        for code, grams in dish["grams"].items()
    ]
    portions = portions_of(PortionRule(dish["portion_rule"]), None)
    equipment = tuple(dish["equipment"])
    return Recipe(dish["dish_code"], 1, tuple(parts), dish["category"], portions, equipment=equipment)


def _quote(code: str, quote: Mapping[str, Any]) -> Quote:
    kg = quote["available_kg"]
    return Quote(
        code,
        quote["price_fen_per_kg"],
        PriceSource.OFFER if quote["local_permille"] else PriceSource.REFERENCE,
        quote["local_permille"],
        quote["poor_permille"],
        None if kg is None else round(1000 * kg),
    )


if __name__ == "__main__":
    sizes = [int(argument) for argument in sys.argv[1:]]
    seed, dishes, days = sizes + [1, 150, 5][len(sizes) :]
    print(json.dumps(made_canteen(seed, dishes, days), ensure_ascii=False))
