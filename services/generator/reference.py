"""The facts the generator builds on, read from `data/` (sources: data/README.md). All masses are integers."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "data"

# A dry store can hold what keeps at least this long without cooling.
DRY_STORE_DAYS = 60


@dataclass(frozen=True, slots=True)
class Food:
    """What a food is to a buyer; `edible_permille` is the part of the bought weight that can be eaten."""

    code: str
    group: str
    edible_permille: int
    banned: bool
    temperature_class: str
    shelf_life_days: int
    farmed: bool
    season_from_month: int
    season_to_month: int
    price_fen_per_kg: int

    def in_season(self, month: int) -> bool:
        """A season may run over the new year."""
        low, high = self.season_from_month, self.season_to_month
        return low <= month <= high if low <= high else month >= low or month <= high

    @property
    def dry_store(self) -> bool:
        return not self.farmed and self.temperature_class == "ambient" and self.shelf_life_days >= DRY_STORE_DAYS


@dataclass(frozen=True, slots=True)
class Serving:
    """One dish of a weekly template; weekday 1 is Monday."""

    template_id: str
    weekday: int
    meal: str
    dish_code: str


@dataclass(frozen=True, slots=True)
class Division:
    """A county-level division of Guizhou; coordinates in 1e-5 degrees, population in ten thousands."""

    code: str
    name_zh: str
    name_en: str
    lat_e5: int
    lon_e5: int
    seat_place_id: str
    population_10k: int
    source: str


@dataclass(frozen=True, slots=True)
class Place:
    """A town or county seat at public coordinates, in 1e-5 degrees."""

    place_id: str
    name_zh: str
    name_en: str
    county_code: str
    town_code: str
    lat_e5: int
    lon_e5: int
    source: str


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day without school in the whole province (scope 52) or in one county."""

    scope_code: str
    day: date
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Reference:
    """Everything of `data/` the generator uses; a dish is milligrams of raw edible food for one pupil of 9 to 11."""

    foods: dict[str, Food]
    dishes: dict[str, tuple[tuple[str, int], ...]]
    servings: tuple[Serving, ...]
    templates: tuple[str, ...]
    divisions: tuple[Division, ...]
    places: tuple[Place, ...]
    holidays: tuple[Holiday, ...]


def load(data: Path = DATA) -> Reference:
    """Read the repository's own data from `data`."""
    servings = tuple(
        Serving(row["template_id"], int(row["weekday"]), row["meal"], row["dish_code"])
        for row in _rows(data / "menu_templates.csv")
    )
    return Reference(
        foods=_foods(data),
        dishes=_dishes(data),
        servings=servings,
        templates=tuple(dict.fromkeys(serving.template_id for serving in servings)),
        divisions=tuple(_division(row) for row in _rows(data / "divisions.csv")),
        places=tuple(_place(row) for row in _rows(data / "places.csv")),
        holidays=tuple(
            Holiday(row["scope_code"], date.fromisoformat(row["day"]), row["name_zh"], row["name_en"])
            for row in _rows(data / "holidays.csv")
        ),
    )


def thousandths(number: str) -> int:
    """A decimal as whole thousandths: kilograms to grams, grams to milligrams."""
    whole, _, rest = number.partition(".")
    return int(whole or "0") * 1000 + int((rest + "000")[:3])


def _e5(degrees: str) -> int:
    whole, _, rest = degrees.partition(".")
    return int(whole) * 100_000 + int((rest + "00000")[:5])


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        yield from csv.DictReader(handle)


def _foods(data: Path) -> dict[str, Food]:
    composition = {row["code"]: row for row in _rows(data / "foods.csv")}
    return {row["food_code"]: _food(composition[row["food_code"]], row) for row in _rows(data / "food_supply.csv")}


def _food(composition: dict[str, str], supply: dict[str, str]) -> Food:
    return Food(
        code=supply["food_code"],
        group=composition["food_group"],
        edible_permille=thousandths(composition["edible_fraction_cn"]),
        banned=composition["k12_canteen_ban"] != "0",
        temperature_class=supply["temperature_class"],
        shelf_life_days=int(supply["shelf_life_days"]),
        farmed=supply["farmed"] == "1",
        season_from_month=int(supply["season_from_month"]),
        season_to_month=int(supply["season_to_month"]),
        price_fen_per_kg=int(supply["price_fen_per_kg_reference"]),
    )


def _dishes(data: Path) -> dict[str, tuple[tuple[str, int], ...]]:
    dishes: dict[str, list[tuple[str, int]]] = {}
    for row in _rows(data / "dishes.csv"):
        dishes.setdefault(row["dish_code"], []).append((row["food_code"], thousandths(row["grams_raw"])))
    return {dish: tuple(foods) for dish, foods in dishes.items()}


def _division(row: dict[str, str]) -> Division:
    return Division(
        code=row["county_code"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        lat_e5=_e5(row["lat"]),
        lon_e5=_e5(row["lon"]),
        seat_place_id=row["seat_place_id"],
        population_10k=int(row["population_10k"]),
        source=row["source"],
    )


def _place(row: dict[str, str]) -> Place:
    return Place(
        place_id=row["place_id"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        county_code=row["county_code"],
        town_code=row["town_code"],
        lat_e5=_e5(row["lat"]),
        lon_e5=_e5(row["lon"]),
        source=row["source"],
    )
