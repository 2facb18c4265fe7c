"""What the database sums up is what is counted row by row, whatever the rows are."""

import random
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert

from services.farmers.contracts.models import Contract, ContractDelivery
from services.farmers.cooperatives.models import Cooperative
from services.farmers.forecasts.models import Forecast
from services.farmers.guidance.domain import Supply
from services.farmers.guidance.supply import REACHED, Sums, Where, count
from services.farmers.offers.models import Offer
from services.farmers.tables import table_of
from tests.api.farmers.counted_once import Agreed, Expected, Offered, supplies_by_hand
from tests.conftest import WorldOf
from tests.world import START

FIRST = date(2027, 3, 1)
WEEKS = [FIRST + timedelta(weeks=number) for number in range(8)]
ASKED = WEEKS[2:6]
FOODS = ["cabbage", "egg"]
COUNTIES = [f"county-{number:02}" for number in range(60)]
Rows = dict[str, list[dict[str, Any]]]


async def test_sums_are_those_of_single_rows(world_of: WorldOf) -> None:
    """Of sixty counties at once, of one alone and of one food: contracts, offers and forecasts, for every quantile."""
    made = {county: _a_county(random.Random(county), county) for county in COUNTIES}
    farmers = (await world_of("farmers")).services["farmers"]
    async with farmers.begin() as uow:
        for table in (Cooperative, Contract, ContractDelivery, Offer, Forecast):
            rows = [row for county in COUNTIES for row in made[county][str(table.__tablename__)]]
            await uow.session.execute(insert(table_of(table)), rows)
    async with farmers.begin(read_only=True) as uow:
        found = await count(uow.session, uow.dialect, Where(COUNTIES, None, ASKED[0], ASKED[-1]))
        alone = await count(uow.session, uow.dialect, Where([COUNTIES[7]], ["egg"], ASKED[0], ASKED[-1]))
        for quantile in (*REACHED, "expected_g"):
            by_hand = {county: _by_hand(made[county], quantile) for county in COUNTIES}
            assert {county: _counting(found[county], quantile) for county in COUNTIES} == by_hand
            eggs = _counting(alone[COUNTIES[7]], quantile)
            assert eggs == {cell: each for cell, each in by_hand[COUNTIES[7]].items() if cell[0] == "egg"}
    assert all(any(each.contracts_g for each in county.values()) for county in by_hand.values())
    assert sum(each.forecasts_g for county in by_hand.values() for each in county.values())


def _counting(found: dict[tuple[str, date], Sums], quantile: str) -> dict[tuple[str, date], Supply]:
    """Return the sums with that quantile of forecasts."""
    sums = {cell: Supply(each.contracts_g, each.offers_g, getattr(each, quantile)) for cell, each in found.items()}
    return _asked_for(sums)


def _asked_for(found: dict[tuple[str, date], Supply]) -> dict[tuple[str, date], Supply]:
    return {cell: each for cell, each in found.items() if cell[1] in ASKED and each != Supply()}


def _by_hand(rows: Rows, quantile: str) -> dict[tuple[str, date], Supply]:
    """Count a county's rows one by one."""
    contracts = {row["contract_id"]: row for row in rows["contract"] if row["status"] == "open"}
    agreed = [
        Agreed(row["contract_id"], of["cooperative_id"], of["food_code"], row["week_start"], row["quantity_g"])
        for row in rows["contract_delivery"]
        if (of := contracts.get(row["contract_id"])) is not None
    ]
    offered: dict[tuple[Any, ...], int] = {}
    for row in rows["offer"]:
        window = (row["food_code"], row["available_from"], row["available_until"], row["contract_id"])
        grams = row["quantity_g"] if row["status"] == "open" else row["promised_g"]
        offered[window] = offered.get(window, 0) + grams
    expected = [
        Expected(row["cooperative_id"], row["food_code"], row["week_start"], _amount(row, quantile))
        for row in rows["forecast"]
        if row["status"] == "open"
    ]
    found = supplies_by_hand(agreed, [Offered(w[0], w[1], w[2], grams, w[3]) for w, grams in offered.items()], expected)
    return _asked_for(found)


def _amount(row: dict[str, Any], quantile: str) -> int:
    if quantile == "expected_g" or row[quantile] is not None:
        return int(row[quantile])
    return row["quantity_g"] if row["probability_permille"] >= REACHED[quantile] else 0


def _a_county(luck: random.Random, county: str) -> Rows:
    """Make rows of a few cooperatives that contradict each other in every way the tables allow."""
    rows: Rows = {name: [] for name in ("cooperative", "contract", "contract_delivery", "offer", "forecast")}
    for number in range(3):
        owner = f"{county}-{number}"
        rows["cooperative"].append(
            {"cooperative_id": owner, "name_zh": "", "name_en": "", "county_code": county, "town_code": "", "lat": 0.0}
            | {"lon": 0.0, "priority_group": "none", "households": 0, "poor_households": 0, "version": 1}
            | {"registered_at": START}
        )
        for food in FOODS:
            contracts = [f"{owner}-{food}-{n}" for n in range(luck.randint(0, 2))]
            for contract_id in contracts:
                _agree(luck, rows, contract_id, owner, food)
            for each in range(luck.randint(0, 4)):
                _offer(luck, rows, f"{owner}-{food}-{each}", luck.choice([None, *contracts]), owner, food)
            for week in luck.sample(WEEKS, luck.randint(0, len(WEEKS))):
                rows["forecast"].append(_forecast(luck, owner, food, week))
    _agree(luck, rows, f"{county}-sure", f"{county}-0", "cabbage", status="open", weeks=ASKED)
    return rows


def _agree(luck: random.Random, rows: Rows, contract_id: str, owner: str, food: str, **said: Any) -> None:
    status = said.get("status", luck.choice(["open", "open", "cancelled"]))
    rows["contract"].append(
        {"contract_id": contract_id, "cooperative_id": owner, "food_code": food, "season_from": WEEKS[0]}
        | {"season_until": WEEKS[-1], "quantity_g": 1, "grade": "", "price_kind": "fixed", "price_fen_per_kg": 1}
        | {"floor_at_market_mean": False, "status": status, "version": 1, "signed_at": START, "changed_at": START}
    )
    for week in said.get("weeks", luck.sample(WEEKS, luck.randint(1, len(WEEKS)))):
        grams = luck.randint(1, 90)
        rows["contract_delivery"].append({"contract_id": contract_id, "week_start": week, "quantity_g": grams})


def _offer(luck: random.Random, rows: Rows, offer_id: str, under: str | None, owner: str, food: str) -> None:
    begin = FIRST + timedelta(days=luck.choice([0, 14, luck.randint(0, 55)]))
    last = begin + timedelta(days=luck.choice([0, 6, luck.randint(0, 40)]))
    grams = luck.randint(1, 500)
    rows["offer"].append(
        {"offer_id": offer_id, "cooperative_id": owner, "food_code": food, "available_from": begin}
        | {"available_until": last, "quantity_g": grams, "promised_g": luck.randint(0, grams), "price_fen_per_kg": 1}
        | {"shelf_life_days": 9, "minimum_lot_g": 1, "contract_id": under, "poor_share_permille": 0, "version": 1}
        | {"status": luck.choice(["open", "withdrawn"]), "published_at": START}
    )


def _forecast(luck: random.Random, owner: str, food: str, week: date) -> dict[str, Any]:
    unsure = luck.random() < 0.5
    grams = sorted(luck.randint(0, 200) for _ in range(3))
    return {
        "forecast_id": f"{owner}-{food}-{week}",
        "cooperative_id": owner,
        "food_code": food,
        "week_start": week,
        "p10_g": None if unsure else grams[0],
        "p50_g": None if unsure else grams[1],
        "p90_g": None if unsure else grams[2],
        "quantity_g": grams[2] if unsure else None,
        "probability_permille": luck.choice([50, 100, 500, 899, 900]) if unsure else None,
        "expected_g": luck.randint(0, 200),
        "status": luck.choice(["open", "open", "withdrawn"]),
        "version": 1,
        "changed_at": START,
    }
