"""Planting guidance for a whole province: its arithmetic, and a county's answer from a database."""

import asyncio
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from benchmarks.harness import Options, Outcome, benchmark
from services.farmers.contracts.models import Contract, ContractDelivery
from services.farmers.cooperatives.models import Cooperative
from services.farmers.forecasts.models import Forecast
from services.farmers.guidance import usecases
from services.farmers.guidance.domain import Agreed, Cell, Crop, Expected, Needed, Offered, guide, supplies
from services.farmers.guidance.models import DemandLine
from services.farmers.main import definition
from services.farmers.offers.models import Offer
from services.farmers.tables import table_of
from shared.database import open_database
from shared.unit_of_work import UnitOfWork

COOPERATIVES, COUNTIES, FOODS, WEEKS = 5_000, 88, 100, 26
MONDAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, tzinfo=UTC)
AIM_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class County:
    """What is known of a county's demand and supply; `expected` is every cooperative's, nothing summed up yet."""

    needed: dict[Cell, Needed]
    agreed: list[Agreed]
    offered: list[Offered]
    expected: list[Expected]


@benchmark("farmers.guidance")
def guide_province(options: Options) -> Outcome:
    """Seconds to say what a province still wants of each food and week and what to sow, beside the aim of ten."""
    cooperatives = options.scaled(COOPERATIVES)
    luck = random.Random(options.seed)
    crops = {_food(n): Crop(_food(n), "", luck.randint(5, 30), luck.randint(1, 12), 2000, 2, 10) for n in range(FOODS)}
    seconds, facts, advice = 0.0, 0, Counter[str]()
    # A county at a time, as a request asks, so that what is made up needs no memory for a province.
    for county in _counties(luck, cooperatives):
        given = _as_read(county)
        county.expected.clear()
        started = time.perf_counter()
        found = guide(county.needed, supplies(county.agreed, county.offered, given), crops, MONDAY)
        seconds += time.perf_counter() - started
        facts += len(county.agreed) + len(county.offered) + len(given)
        advice.update(str(each.advice) for each in found)
        assert all(e.needed.demand_g == e.supply.supply_g + e.wanted_g - e.surplus_g for e in found)
    county = next(_counties(random.Random(options.seed), cooperatives))
    return Outcome(
        input=f"{cooperatives} cooperatives, {COUNTIES} counties, {FOODS} foods, {WEEKS} weeks; {facts} facts as read",
        value=seconds,
        unit="s",
        reference="the aim for a province of 5,000 cooperatives",
        reference_value=AIM_SECONDS,
        details={
            "weeks_of_foods": sum(advice.values()),
            **dict(sorted(advice.items())),
            "seconds_a_county_from_sqlite": round(asyncio.run(_from_database(county)), 2),
            "forecasts_of_that_county": len(county.expected),
        },
    )


def _as_read(county: County) -> list[Expected]:
    """Return what the query gives: forecasts of cooperatives without a contract for the food are summed up."""
    bound = {(each.cooperative_id, each.food_code) for each in county.agreed}
    sums: dict[tuple[str | None, str, date], int] = defaultdict(int)
    for each in county.expected:
        owner = each.cooperative_id if (each.cooperative_id, each.food_code) in bound else None
        sums[owner, each.food_code, each.week_start] += each.quantity_g
    return [Expected(*place, grams) for place, grams in sums.items()]


def _counties(luck: random.Random, cooperatives: int) -> Iterator[County]:
    """Yield counties; each cooperative forecasts and offers every food, and has contracts for every tenth of them."""
    weeks = [MONDAY + timedelta(weeks=number) for number in range(WEEKS)]
    foods = [_food(number) for number in range(FOODS)]
    for county in range(COUNTIES):
        villages = [f"coop-{number}" for number in range(county, cooperatives, COUNTIES)]
        most_g = 200_000 * max(1, len(villages))
        agreed = [
            Agreed(f"{village}-{food}", village, food, week, 30_000)
            for village in villages
            for food in luck.sample(foods, FOODS // 10)
            for week in weeks
        ]
        contracts = {each.contract_id for each in agreed}
        yield County(
            needed={(f, w): Needed(luck.randrange(most_g), luck.randrange(most_g)) for f in foods for w in weeks},
            agreed=agreed,
            offered=[_offer(luck, f"{village}-{food}", food, contracts) for village in villages for food in foods],
            expected=[
                Expected(village, food, week, 50_000 + 1_000 * (number % 90))
                for number, village in enumerate(villages)
                for food in foods
                for week in weeks
            ],
        )


def _offer(luck: random.Random, contract_id: str, food: str, contracts: set[str]) -> Offered:
    """Return an offer that begins within the half year and runs for up to eight weeks, under a contract if one is."""
    first = MONDAY + timedelta(days=luck.randrange(7 * WEEKS))
    under = contract_id if contract_id in contracts else None
    return Offered(food, first, first + timedelta(days=luck.randrange(56)), 400_000, under)


def _food(number: int) -> str:
    return f"food-{number:03}"


async def _from_database(county: County) -> float:
    """Return the seconds the county's answer takes from a database that holds every single row."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'farmers.sqlite'}")
        await database.run_sync(lambda connection: _fill(connection, county))
        started = time.perf_counter()
        async with database.transaction(read_only=True) as session:
            asked = usecases.Asked("520628", MONDAY, WEEKS, "p50_g")
            foods = sorted({food for food, _ in county.needed})
            found = await usecases.of_foods(UnitOfWork(session, database.dialect, NOW), asked, foods)
        seconds = time.perf_counter() - started
        await database.close()
    assert sum(len(each.weeks) for each in found) == len(county.needed)
    supplied = sum(week.supply.supply_g for food in found for week in food.weeks)
    here = supplies(county.agreed, county.offered, _as_read(county))
    assert supplied == sum(here[cell].supply_g for cell in county.needed if cell in here), "rows and facts differ"
    return seconds


def _fill(connection: Connection, county: County) -> None:
    definition.metadata.create_all(connection)
    rows = _rows(county)
    for table in (Cooperative, Contract, ContractDelivery, Offer, Forecast, DemandLine):
        connection.execute(insert(table_of(table)), rows[table.__tablename__])


def _rows(county: County) -> dict[Any, list[dict[str, Any]]]:
    own = {"county_code": "520628", "town_code": "", "lat": 0.0, "lon": 0.0, "priority_group": "none"}
    counts = {"name_zh": "", "name_en": "", "households": 0, "poor_households": 0, "version": 1, "registered_at": NOW}
    until = MONDAY + timedelta(weeks=WEEKS)
    season = {"season_from": MONDAY, "season_until": until, "grade": "", "price_kind": "fixed", "status": "open"}
    signed = {"price_fen_per_kg": 1, "floor_at_market_mean": False, "version": 1, "signed_at": NOW, "changed_at": NOW}
    terms = {"promised_g": 0, "price_fen_per_kg": 1, "shelf_life_days": 9, "minimum_lot_g": 1, "status": "open"}
    made = {"poor_share_permille": 0, "version": 1, "published_at": NOW}
    said = {"p10_g": 0, "p90_g": 10**9, "status": "open", "version": 1, "changed_at": NOW}
    villages = list(dict.fromkeys(each.cooperative_id for each in county.expected))
    contracts = {each.contract_id: (each.cooperative_id, each.food_code) for each in county.agreed}
    return {
        "cooperative": [own | counts | {"cooperative_id": each} for each in villages],
        "contract": [
            season | signed | {"contract_id": name, "cooperative_id": owner, "food_code": food, "quantity_g": 1}
            for name, (owner, food) in contracts.items()
        ],
        "contract_delivery": [
            {"contract_id": each.contract_id, "week_start": each.week_start, "quantity_g": each.quantity_g}
            for each in county.agreed
        ],
        "offer": [
            terms
            | made
            | {"offer_id": f"{number}", "cooperative_id": villages[number // FOODS], "food_code": each.food_code}
            | {"available_from": each.available_from, "available_until": each.available_until}
            | {"quantity_g": each.quantity_g, "contract_id": each.contract_id}
            for number, each in enumerate(county.offered)
        ],
        "forecast": [
            said
            | {"forecast_id": f"{number}", "cooperative_id": each.cooperative_id, "food_code": each.food_code}
            | {"week_start": each.week_start, "p50_g": each.quantity_g, "expected_g": each.quantity_g}
            for number, each in enumerate(county.expected)
        ],
        "demand_line": [
            {"county_code": "520628", "week_start": week, "food_code": food}
            | {"from_cycles_g": need.from_cycles_g, "from_menus_g": need.from_menus_g}
            for (food, week), need in county.needed.items()
        ],
    }
