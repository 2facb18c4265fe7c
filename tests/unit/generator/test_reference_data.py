"""The reference files under data/: complete, consistent with each other, and sensible as menus."""

import csv
import re
from collections import Counter, defaultdict
from typing import cast

import pytest

from services.generator import BadRow, read
from services.generator.demand import portions
from services.generator.reference import DATA, Reference, Serving, thousandths

CARRIED_OVER = ["foods.csv", "dishes.csv", "prices.csv", "canteen_bans.csv"]


def _rows(file: str) -> list[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _categories() -> dict[str, str]:
    return {row["dish_code"]: row["category"] for row in _rows("dishes.csv")}


def _meals(reference: Reference) -> dict[tuple[str, int, str], list[str]]:
    meals: dict[tuple[str, int, str], list[str]] = defaultdict(list)
    for serving in reference.servings:
        meals[serving.template_id, serving.weekday, serving.meal].append(serving.dish_code)
    return meals


@pytest.mark.parametrize("file", CARRIED_OVER)
def test_every_file_is_described(file: str) -> None:
    """data/README.md says of each file where it comes from."""
    assert f"`{file}`" in (DATA / "README.md").read_text(encoding="utf-8")


def test_food_supply_covers_every_ingredient() -> None:
    """Each food of a dish has a supply row, and the rows are valid by the table of columns."""
    entries = list(read(DATA, "food_supply.csv"))
    assert [str(entry) for entry in entries if isinstance(entry, BadRow)] == []
    codes = {cast("str", entry[1]["food_code"]) for entry in entries if not isinstance(entry, BadRow)}
    assert codes == {row["food_code"] for row in _rows("dishes.csv")}


def test_reference_prices_come_from_the_price_list() -> None:
    """A reference price is one of the listed prices in whole fen, and verified only where the list says so."""
    listed: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in _rows("prices.csv"):
        listed[row["food_code"]].append((thousandths(row["yuan_per_kg_as_purchased"]) // 10, row["verified"]))
    for row in _rows("food_supply.csv"):
        verified = "no" if "price: prices.csv" in row["source"] and "memory" in row["source"].split(";")[0] else "yes"
        assert (int(row["price_fen_per_kg_reference"]), verified) in listed[row["food_code"]]


def test_guizhou_has_88_divisions() -> None:
    """Codes are those of Guizhou, each once, and lie inside the province."""
    rows = _rows("divisions.csv")
    assert len({row["county_code"] for row in rows}) == len(rows) == 88
    assert all(re.fullmatch(r"52[0-9]{4}", row["county_code"]) for row in rows)
    assert all(24.5 < float(row["lat"]) < 29.3 and 103.5 < float(row["lon"]) < 109.7 for row in rows)


def test_the_sample_county_has_its_towns() -> None:
    """Songtao has at least eight towns at public coordinates, each with its own statistical code."""
    towns = [row for row in _rows("places.csv") if row["county_code"] == "520628"]
    assert len({row["town_code"] for row in towns}) == len(towns) >= 8
    assert all(row["source"].startswith("GeoNames") for row in towns)


def test_there_are_six_or_more_different_templates(reference: Reference) -> None:
    """Schools do not all eat the same: every template has its own lunches."""
    lunches = defaultdict(list)
    for serving in reference.servings:
        if serving.meal == "lunch":
            lunches[serving.template_id].append(serving.dish_code)
    assert len(lunches) >= 6
    assert len({tuple(lunch) for lunch in lunches.values()}) == len(lunches)


def test_every_template_feeds_five_days(reference: Reference) -> None:
    """Breakfast, lunch and dinner are planned for every school day of every template."""
    assert set(_meals(reference)) == {
        (template, weekday, meal)
        for template in reference.templates
        for weekday in range(1, 6)
        for meal in ("breakfast", "lunch", "dinner")
    }


def test_a_lunch_is_staple_main_vegetable_and_soup(reference: Reference) -> None:
    """Each lunch has one of each, and fruit or dairy on some days."""
    categories = _categories()
    extras = Counter[str]()
    for (template, _, meal), dishes in _meals(reference).items():
        if meal == "lunch":
            kinds = Counter(categories[dish] for dish in dishes)
            assert kinds["staple"] == kinds["vegetable"] == kinds["soup"] == 1
            assert kinds["meat"] + kinds["mixed"] == 1
            extras[template] += kinds["fruit"] + kinds["dairy"]
    assert all(2 <= extras[template] <= 5 for template in reference.templates)


@pytest.mark.parametrize("template", range(8))
def test_no_dish_comes_twice_in_a_week(reference: Reference, template: int) -> None:
    """Only staples come back within a template's week, over all meals."""
    categories = _categories()
    servings = [s for s in reference.servings if s.template_id == reference.templates[template]]
    repeated = [dish for dish, times in Counter(map(_dish, servings)).items() if times > 1]
    assert {categories[dish] for dish in repeated} <= {"staple"}


def _dish(serving: Serving) -> str:
    return serving.dish_code


def test_no_banned_food_is_served(reference: Reference) -> None:
    """No dish of a template holds a food that school canteens may not serve."""
    banned = {row["code"] for row in _rows("foods.csv") if row["k12_canteen_ban"] == "1"}
    assert banned
    served = {food for serving in reference.servings for food, _ in reference.dishes[serving.dish_code]}
    assert served.isdisjoint(banned)


def test_templates_need_only_what_can_be_had(reference: Reference) -> None:
    """Every food of a template is made by villages or keeps in a dry store."""
    served = {food for serving in reference.servings for food, _ in reference.dishes[serving.dish_code]}
    assert all(reference.foods[food].farmed or reference.foods[food].dry_store for food in served)


def test_lunches_fit_the_subsidy_and_vary(reference: Reference) -> None:
    """A template's lunches cost at most 5 yuan on the week's mean and hold at least 25 kinds of food."""
    table = portions(reference)
    for template in reference.templates:
        week = table.week((template, ("lunch",)))
        fen = sum(mg * reference.foods[food].price_fen_per_kg for food, mg in week.items()) / 10**6 / 5
        assert 300 < fen <= 500
        kinds = [food for food in week if reference.foods[food].group not in ("oil", "salt", "sugar", "condiment")]
        assert len(kinds) >= 25


def test_bought_weight_is_raw_weight_over_edible_fraction(reference: Reference) -> None:
    """60 g of edible cauliflower at 82 % are 74 g bought, rounded up in milligrams."""
    table = portions(reference)
    food = reference.foods["cauliflower"]
    assert food.edible_permille == 820
    template, weekday = next((s.template_id, s.weekday) for s in reference.servings if s.dish_code == "V01")
    served = [
        mg
        for serving in reference.servings
        if (serving.template_id, serving.weekday) == (template, weekday)
        for code, mg in reference.dishes[serving.dish_code]
        if code == "cauliflower"
    ]
    bought = table.day((template, ("breakfast", "lunch", "dinner")), weekday)["cauliflower"]
    assert bought == sum(-(-mg * 1000 // 820) for mg in served)
