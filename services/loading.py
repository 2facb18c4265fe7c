"""Loads a generated directory into the services through their REST API, in batches.

A bad row is reported with file, line and reason, the good ones load; loading twice changes nothing.
"""

import csv
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import httpx

from services.generator import BadRow, read
from services.generator.columns import FILES
from services.generator.reference import DATA
from shared.errors import DomainError

BATCH = 500
COMPOSITION = (
    *("energy_kcal", "protein_g", "fat_g", "carbohydrate_g", "fibre_g", "calcium_mg", "iron_mg", "zinc_mg"),
    *("sodium_mg", "vitamin_a_ug_rae", "thiamin_mg", "riboflavin_mg", "vitamin_c_mg"),
)
Numbered = tuple[int, dict[str, Any]]


@dataclass
class Loaded:
    """What became of the rows; `bad` holds the first 1,000 of `bad_rows`."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    bad_rows: int = 0
    bad: list[BadRow] = field(default_factory=list)

    def report(self, row: BadRow) -> None:
        """Note a row that was not taken."""
        self.bad_rows += 1
        if len(self.bad) < 1000:
            self.bad.append(row)


@dataclass(frozen=True, slots=True)
class Source:
    """A file and where its rows go; `rows` reads them, numbered by line."""

    file: str
    service: str
    route: str
    rows: Callable[[Path, Loaded], Iterator[Numbered]]


def good_rows(directory: Path, file: str, loaded: Loaded) -> Iterator[Numbered]:
    """Return the readable rows of a file, reporting the others."""
    for item in read(directory, file):
        if isinstance(item, BadRow):
            loaded.report(item)
        else:
            number, row = item
            yield number, {name: _json(value) for name, value in row.items()}


def _json(value: object) -> object:
    if value is None or isinstance(value, (str, int, float)):
        return value
    return list(value) if isinstance(value, tuple) else str(value)


def _plain(file: str) -> Callable[[Path, Loaded], Iterator[Numbered]]:
    return lambda directory, loaded: good_rows(directory, file, loaded)


def _canteens(directory: Path, loaded: Loaded) -> Iterator[Numbered]:
    """Join each canteen with its headcounts; both files are in the order of the canteens' ids."""
    groups = groupby(good_rows(directory, "headcounts.csv", loaded), key=lambda item: item[1]["canteen_id"])
    waiting = next(groups, None)
    for number, row in good_rows(directory, "canteens.csv", loaded):
        while waiting is not None and waiting[0] < row["canteen_id"]:
            waiting = next(groups, None)
        counts = []
        if waiting is not None and waiting[0] == row["canteen_id"]:
            counts = [{k: v for k, v in count.items() if k != "canteen_id"} for _, count in waiting[1]]
            waiting = next(groups, None)
        del row["template_id"]
        yield number, row | {"headcounts": counts}


def _funding_classes(directory: Path, loaded: Loaded) -> Iterator[Numbered]:
    """Each class of the sample has one amount, paid from its day on."""
    names = ("class_code", "name_zh", "name_en")
    for number, row in good_rows(directory, "funding_classes.csv", loaded):
        amount = {name: value for name, value in row.items() if name not in names}
        yield number, {name: row[name] for name in names} | {"amounts": [amount]}


def _foods(directory: Path, loaded: Loaded) -> Iterator[Numbered]:
    """Join composition, supply and bans; of foods without a supply row nobody has said how they travel and keep."""
    supply = {row["food_code"]: row for _, row in good_rows(directory, "food_supply.csv", loaded)}
    with (directory / "canteen_bans.csv").open(encoding="utf-8") as handle:
        bans = {row["food_code"]: row for row in csv.DictReader(handle)}
    with (directory / "foods.csv").open(encoding="utf-8") as handle:
        for number, food in enumerate(csv.DictReader(handle), start=2):
            rule = _canteen_rule(bans.pop(food["code"], None))
            yield number, _food(food) | rule | _supply(supply.get(food["code"]))
    # What no composition table has and no canteen may cook must have a name to be refused by.
    for number, ban in enumerate(bans.values(), start=2):
        yield number, _unlisted(ban) | _canteen_rule(ban)


def _canteen_rule(ban: Mapping[str, str] | None) -> dict[str, Any]:
    return {} if ban is None else {"canteen_rule": f"{ban['rule_zh']}; {ban['rule_en']} ({ban['source']})"}


def _unlisted(ban: Mapping[str, str]) -> dict[str, Any]:
    return {
        **{name: ban[name] for name in ("food_code", "name_zh", "name_en", "food_group")},
        "composition_match": "none",
        "allergens": [],
        "canteen_ban": ban["banned"] == "1",
        "edible_permille": 1000,
        "edible_source": "not known, counted whole: it may not be served anyway",
    }


def _food(food: Mapping[str, str]) -> dict[str, Any]:
    allergens = [name for name in food["allergens"].split(";") if name.strip() not in ("", "none")]
    held = {name: float(food[name]) if food[name] else None for name in COMPOSITION}
    return {
        "food_code": food["code"],
        **{name: food[name] for name in ("name_zh", "name_en", "food_group")},
        **held,
        "composition_source": _composition_source(food),
        "composition_match": food["match"],
        "dark_vegetable": {"1": True, "0": False, "": None}[food["dark_vegetable"]],
        "allergens": [name.strip() for name in allergens],
        "canteen_ban": food["k12_canteen_ban"] == "1",
        "edible_permille": round(float(food["edible_fraction_cn"]) * 1000),
        "edible_source": food["edible_fraction_cn_source"],
        "note": food["note"] or None,
    }


def _composition_source(food: Mapping[str, str]) -> str | None:
    if food["data_source"] == "none":
        return None
    entry = f", NDB {food['usda_ndb_no']}" if food["usda_ndb_no"] else ""
    return f"{food['data_source']}{entry}: {food['usda_description']}"


def _supply(supply: Mapping[str, Any] | None) -> dict[str, Any]:
    if supply is None:
        return {}
    return {
        "temperature_class": supply["temperature_class"],
        "shelf_life_days": supply["shelf_life_days"],
        "farmed": bool(supply["farmed"]),
        "season_from_month": supply["season_from_month"],
        "season_to_month": supply["season_to_month"],
        "supply_source": supply["source"],
        "reference_price_fen_per_kg": supply["price_fen_per_kg_reference"],
    }


def _dishes(directory: Path, _loaded: Loaded) -> Iterator[Numbered]:
    with (directory / "dishes.csv").open(encoding="utf-8") as handle:
        numbered = enumerate(csv.DictReader(handle), start=2)
        for code, lines in groupby(numbered, key=lambda item: item[1]["dish_code"]):
            first, *more = list(lines)
            parts = [
                {"food_code": line["food_code"], "portion_mg": round(float(line["grams_raw"]) * 1000)}
                for _, line in (first, *more)
            ]
            number, dish = first
            names = {name: dish[name] for name in ("name_zh", "name_en", "category", "method", "portion_rule")}
            equipment = [piece for piece in dish["equipment"].split(";") if piece]
            bands = dict(band.split(":") for band in dish["portion_permille"].split(";") if band)
            portions = {band: int(permille) for band, permille in bands.items()} or None
            cooked = {"equipment": equipment, "portion_permille": portions}
            yield number, {"dish_code": code, **names, **cooked, "ingredients": parts}


def _meal_patterns(directory: Path, _loaded: Loaded) -> Iterator[Numbered]:
    """Join the places of each meal."""
    with (directory / "meal_patterns.csv").open(encoding="utf-8") as handle:
        numbered = enumerate(csv.DictReader(handle), start=2)
        for meal, lines in groupby(numbered, key=lambda item: item[1]["meal"]):
            rows = list(lines)
            yield rows[0][0], {"scope": "province", "meal": meal, "places": [_place(row) for _, row in rows]}


def _place(row: Mapping[str, str]) -> dict[str, Any]:
    lists = {name: [part for part in row[name].split("|") if part] for name in ("categories", "dish_codes")}
    return {"slot": row["slot"], **lists, "optional": row["optional"] == "1"}


def _prices(directory: Path, _loaded: Loaded) -> Iterator[Numbered]:
    """Every verified price, and what was only estimated of foods without one; the province takes them as its own."""
    with (directory / "prices.csv").open(encoding="utf-8") as handle:
        rows = list(enumerate(csv.DictReader(handle), start=2))
    verified = {row["food_code"] for _, row in rows if row["verified"] == "yes"}
    for number, row in rows:
        if row["verified"] == "yes" or row["food_code"] not in verified:
            yield (
                number,
                {
                    "food_code": row["food_code"],
                    "region_code": "52",
                    "day": _last_day(row["date"]),
                    "price_fen_per_kg": round(float(row["yuan_per_kg_as_purchased"]) * 100),
                    "source": row["source"],
                    "verified": row["verified"] == "yes",
                },
            )


def _last_day(said: str) -> str:
    """Return the last day of a week `2025-08-18/24`, the day itself, and the first of the years `2024-25 rough`."""
    if said.endswith("rough"):
        return f"{said[:4]}-01-01"
    first, _, last = said.partition("/")
    return first[: -len(last)] + last if last else first


def _crops(directory: Path, loaded: Loaded) -> Iterator[Numbered]:
    for number, row in good_rows(directory, "crops.csv", loaded):
        yield number, row | {"estimate": bool(row["estimate"])}


REFERENCE = (
    Source("foods.csv", "nutrition", "/foods", _foods),
    Source("dishes.csv", "nutrition", "/dishes", _dishes),
    Source("meal_patterns.csv", "nutrition", "/meal-patterns", _meal_patterns),
    Source(
        "certificate_requirements.csv", "farmers", "/certificate-requirements", _plain("certificate_requirements.csv")
    ),
    Source("crops.csv", "farmers", "/crops", _crops),
    Source("prices.csv", "procurement", "/reference-prices", _prices),
)
COUNTY = (
    Source("canteens.csv", "nutrition", "/canteens", _canteens),
    Source("funding_classes.csv", "nutrition", "/funding-classes", _funding_classes),
    Source("funding_counts.csv", "nutrition", "/funding-counts", _plain("funding_counts.csv")),
    Source("holidays.csv", "nutrition", "/holidays", _plain("holidays.csv")),
    Source("stocks.csv", "nutrition", "/stocks", _plain("stocks.csv")),
    Source("cooperatives.csv", "farmers", "/cooperatives", _plain("cooperatives.csv")),
    Source("certificates.csv", "farmers", "/certificates", _plain("certificates.csv")),
    Source("households.csv", "farmers", "/households", _plain("households.csv")),
    Source("household_statuses.csv", "farmers", "/household-statuses", _plain("household_statuses.csv")),
    Source("offers.csv", "farmers", "/offers", _plain("offers.csv")),
    Source("depots.csv", "logistics", "/depots", _plain("depots.csv")),
    Source("vehicles.csv", "logistics", "/vehicles", _plain("vehicles.csv")),
    Source("drivers.csv", "logistics", "/drivers", _plain("drivers.csv")),
)


async def load(
    directory: Path, clients: Mapping[str, httpx.AsyncClient], loaded: Loaded
) -> AsyncIterator[tuple[str, int]]:
    """Load reference data and a generated directory; yields (file, rows read so far) after each batch."""
    for folder, sources in ((DATA, REFERENCE), (directory, COUNTY)):
        for source in sources:
            done = 0
            async for batch in _load(folder, source, clients[source.service], loaded):
                done += batch
                yield source.file, done


async def _load(folder: Path, source: Source, client: httpx.AsyncClient, loaded: Loaded) -> AsyncIterator[int]:
    batch: list[Numbered] = []
    for item in source.rows(folder, loaded):
        batch.append(item)
        if len(batch) == BATCH:
            await _send(source, batch, client, loaded)
            yield len(batch)
            batch = []
    if batch:
        await _send(source, batch, client, loaded)
        yield len(batch)


async def _send(source: Source, batch: list[Numbered], client: httpx.AsyncClient, loaded: Loaded) -> None:
    try:
        response = await client.put(source.route, json={"rows": [row for _, row in batch]})
    except httpx.TransportError as error:
        raise DomainError("service-unreachable", f"{source.service} at {client.base_url}: {error}") from error
    if response.is_error:
        raise DomainError(*_why(response), field=source.file)
    answer = response.json()
    loaded.created += answer["created"]
    loaded.changed += answer["changed"]
    loaded.unchanged += answer["unchanged"]
    for refusal in answer["refused"]:
        loaded.report(BadRow(source.file, batch[refusal["index"]][0], refusal["field"], refusal["detail"]))


def _why(response: httpx.Response) -> tuple[str, str]:
    """Return the rule and the words by which a service refused a whole batch."""
    said = f"{response.request.method} {response.request.url} is answered {response.status_code}"
    try:
        told = response.json()
        return told["rule"], f"{said}: {told['detail']}"
    except (ValueError, KeyError, TypeError):
        return "refused", said


def total_rows(directory: Path) -> int:
    """Return how many rows a directory has, for the progress bar (headcounts are counted with their canteens)."""
    files = {source.file for source in COUNTY}
    return sum(max(0, _lines(directory / file) - 1) for file in files & FILES.keys())


def _lines(path: Path) -> int:
    if not path.is_file():
        return 0
    with path.open("rb") as handle:
        return sum(block.count(b"\n") for block in iter(lambda: handle.read(1 << 20), b""))
