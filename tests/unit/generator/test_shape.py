"""What a generated county looks like: everything refers to something, and the amounts are those of a real programme."""

import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

from services.generator.canteens import canteens_of, stocks_of
from services.generator.columns import FILES
from services.generator.demand import CountyDemand, portions
from services.generator.geography import County, counties_of
from services.generator.reference import Reference
from tests.unit.generator.conftest import SEED, Dataset, day, whole, words

MONDAY = date(2026, 11, 30)


def test_every_row_is_valid_and_every_reference_resolves(dataset: Dataset) -> None:
    """What the writer writes the reader accepts, and no row names something that is not there."""
    known: dict[str, set[str]] = {}
    for file, columns in FILES.items():
        for column in columns:
            if column.refers_to:
                assert set(dataset.texts(file, column.name)) <= known[column.refers_to], (file, column.name)
        known[file] = set(dataset.texts(file, columns[0].name))


def test_foods_and_dishes_are_known(dataset: Dataset, reference: Reference) -> None:
    """Offers and stocks are of foods in data/, templates of dishes in data/."""
    assert set(dataset.texts("offers.csv", "food_code")) <= {f.code for f in reference.foods.values() if f.farmed}
    assert set(dataset.texts("stocks.csv", "food_code")) <= {f.code for f in reference.foods.values() if f.dry_store}
    assert set(dataset.texts("menu_templates.csv", "dish_code")) <= set(reference.dishes)


@pytest.mark.parametrize("file", [file for file, columns in FILES.items() if columns[0].refers_to is None])
def test_ids_are_unique(dataset: Dataset, file: str) -> None:
    """An id names one thing; only a template has several rows, one a serving."""
    ids = dataset.texts(file, FILES[file][0].name)
    assert file == "menu_templates.csv" or len(ids) == len(set(ids))


@pytest.mark.parametrize("file", ["canteens.csv", "funding_classes.csv", "cooperatives.csv", "depots.csv"])
def test_invented_names_say_so(dataset: Dataset, file: str) -> None:
    """Every invented school, funding class, cooperative and depot is marked in both languages."""
    assert all(name.endswith("（虚构）") for name in dataset.texts(file, "name_zh"))
    assert all(name.endswith("(fictional)") for name in dataset.texts(file, "name_en"))


def test_classes_pay_what_the_canteens_have(dataset: Dataset) -> None:
    """But for the extra of pupils in need, the classes of a canteen pay its budget for every pupil; nobody is named."""
    paid = {words(row, "class_code"): row for row in dataset.rows("funding_classes.csv")}
    pupils = Counter[str]()
    for row in dataset.rows("headcounts.csv"):
        pupils[words(row, "canteen_id")] += whole(row, "pupils")
    fen, in_need = Counter[str](), Counter[str]()
    for row in dataset.rows("funding_counts.csv"):
        canteen, code = words(row, "canteen_id"), words(row, "class_code")
        if code == "extra-poor":
            in_need[canteen] = whole(row, "pupils")
        else:
            assert whole(row, "pupils") == pupils[canteen]
            fen[canteen] += whole(paid[code], "amount_fen_per_pupil_day")
    assert fen == {
        words(row, "canteen_id"): whole(row, "budget_fen_per_pupil_day") for row in dataset.rows("canteens.csv")
    }
    assert all(in_need[canteen] <= 0.3 * number for canteen, number in pupils.items())
    assert sum(in_need.values()) > 0.08 * sum(pupils.values())
    columns = [column.name for column in FILES["funding_counts.csv"]]
    assert columns == ["canteen_id", "class_code", "valid_from", "pupils", "source"]


def test_nobody_is_named(dataset: Dataset) -> None:
    """Households and drivers are numbers: no file holds a name or a telephone of a person."""
    assert [column.name for column in FILES["households.csv"]] == ["household_id", "cooperative_id", "town_code"]
    assert [column.name for column in FILES["drivers.csv"]] == ["driver_id", "depot_id"]
    assert not any(re.search(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])", (dataset.path / file).read_text()) for file in FILES)
    assert all("虚构" in plate for plate in dataset.texts("vehicles.csv", "plate"))


def test_schools_stand_near_their_town(dataset: Dataset) -> None:
    """A school lies within 20 km north or east of its town's public coordinates, inside its county's list of towns."""
    towns = {words(row, "town_code"): row for row in dataset.rows("towns.csv")}
    for canteen in dataset.rows("canteens.csv"):
        town = towns[words(canteen, "town_code")]
        assert town["county_code"] == canteen["county_code"]
        assert abs(float(str(town["lat"])) - float(str(canteen["lat"]))) < 0.19
        assert abs(float(str(town["lon"])) - float(str(canteen["lon"]))) < 0.21


def test_households_and_the_share_of_the_poor(dataset: Dataset) -> None:
    """20 households for 1,000 pupils; about 65 % of the supply comes from those who count as poor in the week."""
    pupils = sum(whole(row, "pupils") for row in dataset.rows("headcounts.csv"))
    members = dict(
        zip(
            dataset.texts("households.csv", "household_id"),
            dataset.texts("households.csv", "cooperative_id"),
            strict=True,
        )
    )
    assert len(members) == pytest.approx(pupils * 20 / 1000, rel=0.02)
    poor = Counter(members[household] for household, status in _statuses(dataset).items() if status != "not_poor")
    all_members = Counter(members.values())
    supply = from_poor = 0.0
    for offer in dataset.rows("offers.csv"):
        cooperative, grams = words(offer, "cooperative_id"), whole(offer, "quantity_g")
        supply += grams
        from_poor += grams * poor[cooperative] / all_members[cooperative]
    assert from_poor / supply == pytest.approx(0.65, abs=0.05)


def _statuses(dataset: Dataset) -> dict[str, str]:
    """The status of each household on the week's Monday."""
    return {
        words(row, "household_id"): words(row, "status")
        for row in dataset.rows("household_statuses.csv")
        if day(row, "from_day") <= MONDAY and (row["until_day"] is None or day(row, "until_day") >= MONDAY)
    }


def test_statuses_follow_each_other_without_gap(dataset: Dataset) -> None:
    """On every day since 2014 a household has exactly one status, and nobody is registered poor after 2020."""
    histories: dict[str, list[tuple[date, date | None, str]]] = defaultdict(list)
    for row in dataset.rows("household_statuses.csv"):
        until = None if row["until_day"] is None else day(row, "until_day")
        histories[words(row, "household_id")].append((day(row, "from_day"), until, words(row, "status")))
    assert set(histories) == set(dataset.texts("households.csv", "household_id"))
    assert max(map(len, histories.values())) >= 3
    for history in histories.values():
        assert history[0][0] == date(2014, 1, 1)
        assert history[-1][1] is None
        for (_, until, status), (since, _, _) in pairwise(history):
            assert until is not None
            assert since == until + timedelta(days=1)
            assert status != "registered_poor" or until <= date(2020, 12, 31)


def _demands(reference: Reference, dataset: Dataset) -> dict[str, tuple[County, CountyDemand]]:
    """Each county's demand, built again from its schools."""
    schools = len(dataset.texts("canteens.csv", "canteen_id"))
    cooperatives = len(dataset.texts("cooperatives.csv", "cooperative_id"))
    number = len(dataset.texts("counties.csv", "county_code"))
    table, demands = portions(reference), {}
    for county in counties_of(reference, schools, cooperatives, number):
        demands[county.code] = (county, CountyDemand(table))
        for canteen in canteens_of(reference, county, SEED):
            demands[county.code][1].add(canteen.plan, canteen.eaters, canteen.pupils)
    return demands


def test_supply_is_a_quarter_above_demand_and_four_foods_are_short(dataset: Dataset, reference: Reference) -> None:
    """In each county and week every planned food is offered at 125 % of its demand, but four at 70 to 90 %."""
    homes = dict(
        zip(
            dataset.texts("cooperatives.csv", "cooperative_id"),
            dataset.texts("cooperatives.csv", "county_code"),
            strict=True,
        )
    )
    supply: Counter[tuple[str, str, date]] = Counter()
    for offer in dataset.rows("offers.csv"):
        home = homes[words(offer, "cooperative_id")]
        supply[home, words(offer, "food_code"), day(offer, "available_from")] += whole(offer, "quantity_g")
    for code, (_, demand) in _demands(reference, dataset).items():
        for week in range(3):
            monday = MONDAY + timedelta(weeks=week)
            need = demand.offered_g(12)
            # Offers are whole hundreds of grams, which is coarse for the few kilograms of a spice.
            ratios = {food: supply[code, food, monday] / grams for food, grams in need.items() if grams > 20_000}
            short = [food for food, ratio in ratios.items() if ratio < 1]
            assert len(short) == 4
            assert all(0.69 < ratios[food] < 0.91 for food in short)
            assert all(ratio == pytest.approx(1.25, rel=0.02) for food, ratio in ratios.items() if food not in short)


def test_offers_keep_to_price_window_and_products(dataset: Dataset, reference: Reference) -> None:
    """Prices lie within 12 % of the reference; a cooperative has 12 to 24 products, offered in each of three weeks."""
    products: dict[str, Counter[str]] = defaultdict(Counter)
    for offer in dataset.rows("offers.csv"):
        food = reference.foods[words(offer, "food_code")]
        assert abs(whole(offer, "price_fen_per_kg") - food.price_fen_per_kg) <= food.price_fen_per_kg * 0.12 + 1
        assert day(offer, "available_until") == day(offer, "available_from") + timedelta(days=6)
        assert whole(offer, "shelf_life_days") == food.shelf_life_days
        products[words(offer, "cooperative_id")][food.code] += 1
    assert all(12 <= len(foods) <= 24 and set(foods.values()) == {3} for foods in products.values())
    assert set(products) == set(dataset.texts("cooperatives.csv", "cooperative_id"))


def test_small_cooperatives_sell_a_little_dearer(province: Dataset, reference: Reference) -> None:
    """Few households, higher price: on average the smaller half asks more than the larger half."""
    sizes = Counter(province.texts("households.csv", "cooperative_id"))
    middle = sorted(sizes.values())[len(sizes) // 2]
    levels: dict[bool, list[float]] = {True: [], False: []}
    for offer in province.rows("offers.csv"):
        level = whole(offer, "price_fen_per_kg") / reference.foods[words(offer, "food_code")].price_fen_per_kg
        levels[sizes[words(offer, "cooperative_id")] < middle].append(level)
    small, large = (sum(levels[half]) / len(levels[half]) for half in (True, False))
    assert large < small < large + 0.04


def test_vehicles_carry_the_busiest_day(dataset: Dataset, reference: Reference) -> None:
    """Vehicles hold the busiest day four times at one trip each, the cooled ones four times what must be cooled."""
    homes = dict(zip(dataset.texts("depots.csv", "depot_id"), dataset.texts("depots.csv", "county_code"), strict=True))
    capacity: Counter[tuple[str, str]] = Counter()
    for vehicle in dataset.rows("vehicles.csv"):
        capacity[homes[words(vehicle, "depot_id")], words(vehicle, "temperature_class")] += whole(vehicle, "capacity_g")
    for code, (_, demand) in _demands(reference, dataset).items():
        cooled, total = demand.busiest_day_g()
        assert capacity[code, "chilled"] >= cooled * 4 - 1
        assert total * 4 - 1 <= capacity[code, "chilled"] + capacity[code, "ambient"] < total * 4 + 3_000_000
    assert len(dataset.texts("drivers.csv", "driver_id")) > len(dataset.texts("vehicles.csv", "vehicle_id"))


def test_dry_stores_last_four_weeks(county: Dataset, reference: Reference) -> None:
    """A canteen starts with four weeks of every dry food its template needs, and some of every other dry food."""
    stock: Counter[tuple[str, str]] = Counter()
    for row in county.rows("stocks.csv"):
        stock[words(row, "canteen_id"), words(row, "food_code")] += whole(row, "quantity_g")
    table = portions(reference)
    [sample] = counties_of(reference, 44, 33, None)
    for canteen in canteens_of(reference, sample, SEED):
        assert {food for food, _ in stocks_of(reference, table, canteen)} == {
            food.code for food in reference.foods.values() if food.dry_store
        }
        for food, need_mg in table.week(canteen.plan).items():
            if not reference.foods[food].farmed:
                assert stock[canteen.canteen_id, food] >= 4 * (need_mg * canteen.eaters // 100_000)


def test_budgets_pay_for_the_templates(dataset: Dataset, reference: Reference) -> None:
    """At reference prices a canteen's template costs no more than its budget on the week's mean."""
    table = portions(reference)
    budgets = {words(row, "canteen_id"): whole(row, "budget_fen_per_pupil_day") for row in dataset.rows("canteens.csv")}
    for county, _ in _demands(reference, dataset).values():
        for canteen in canteens_of(reference, county, SEED):
            week = table.week(canteen.plan).items()
            fen = sum(mg * reference.foods[food].price_fen_per_kg for food, mg in week) * canteen.eaters // 10**8
            assert fen <= budgets[canteen.canteen_id] * canteen.pupils * 5
