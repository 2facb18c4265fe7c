"""The weekly sums that are kept say what counting every row says, whatever changes, and whoever changes it at once."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, select

from services.farmers.guidance import changes
from services.farmers.guidance.domain import Supply
from services.farmers.guidance.models import DemandLine, SupplyWeek
from services.farmers.guidance.sums import read
from services.farmers.guidance.supply import Sums, Where, count
from services.farmers.main import definition
from services.farmers.tables import table_of
from services.farmers.wanted.jobs import bring_up_to_date
from shared.messaging.embedded import EmbeddedBus
from shared.settings import Settings
from tests.api.farmers.builders import MONDAY, cooperative, line, offer, placed, put
from tests.api.farmers.test_contracts import agreed
from tests.api.farmers.test_forecasts import forecast
from tests.world import World, ok
from tools.servers.service import secret_keys

COUNTIES = ["520628", "520629"]
COOPS = [f"coop-{number}" for number in range(4)]
FOODS = ["egg", "napa_cabbage"]
WEEKS = [MONDAY + timedelta(weeks=number) for number in range(6)]
EVERYWHERE = Where(COUNTIES, None, WEEKS[0], WEEKS[-1])
QUANTILES = ("p10_g", "p50_g", "p90_g", "expected_g")


@pytest.fixture(params=["sqlite", "postgres"])
async def farmers(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """The service on either database, with cooperatives in two counties that need every food in every week."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    settings = Settings(var=tmp_path, database_url=url, secret_keys=SecretStr(secret_keys()))
    async with World([definition], EmbeddedBus(tmp_path / "bus.sqlite"), {"farmers": settings}) as world:
        await put(world, "/cooperatives", *(_cooperative(number) for number in range(len(COOPS))))
        needed = [
            {"county_code": county, "week_start": week, "food_code": food, "from_cycles_g": 1, "from_menus_g": 0}
            for county in COUNTIES
            for week in WEEKS
            for food in FOODS
        ]
        async with world.services["farmers"].begin() as uow:
            await uow.session.execute(insert(table_of(DemandLine)), needed)
        yield world


async def test_sums_are_what_counting_gives_whatever_changes(farmers: World) -> None:
    """After every change what is read is what is counted, with sums brought up to date now and then, or not."""
    luck, turn = random.Random(7), asyncio.Lock()
    for number in range(16):
        await _change(farmers, luck, str(number), turn)
        quantile = QUANTILES[number % 4]
        if luck.random() < 0.4:
            await bring_up_to_date(farmers.services["farmers"])
        assert await _read(farmers, quantile) == await _counted(farmers, quantile)
    await _all_kept(farmers)


async def test_sums_are_what_counting_gives_when_all_change_at_once(farmers: World) -> None:
    """Three write, move and withdraw while two others bring sums up to date: nothing is lost."""
    going, turn = True, asyncio.Lock()

    async def write(seed: int) -> None:
        luck = random.Random(seed)
        for number in range(8):
            await _change(farmers, luck, f"-{seed}-{number}", turn)

    async def follow() -> None:
        while going:
            await bring_up_to_date(farmers.services["farmers"])
            await asyncio.sleep(0.02)

    followers = [asyncio.create_task(follow()) for _ in range(2)]
    await asyncio.gather(*(write(seed) for seed in range(3)))
    going = False
    await asyncio.gather(*followers)
    assert await _read(farmers) == await _counted(farmers)
    await _all_kept(farmers)


async def test_all_may_be_counted_anew(farmers: World) -> None:
    """Rows changed behind the service's back are right again at once when a recount is asked for, and kept so later."""
    luck, turn = random.Random(3), asyncio.Lock()
    for number in range(6):
        await _change(farmers, luck, str(number), turn)
    await bring_up_to_date(farmers.services["farmers"])
    right = await _read(farmers)
    async with farmers.services["farmers"].begin() as uow:
        await uow.session.execute(table_of(SupplyWeek).update().values(offers_g=1))
    assert await _read(farmers) != right
    asked = await farmers.client("farmers").post("/planting-guidance/recount")
    assert (asked.status_code, asked.json()["counties"]) == (202, len(await _counties(farmers)))
    assert await _read(farmers) == right
    await _all_kept(farmers)


async def _all_kept(world: World) -> None:
    """Once brought up to date, nothing is noted any more, and the table by itself says what counting gives."""
    service = world.services["farmers"]
    await bring_up_to_date(service)
    async with service.begin(read_only=True) as uow:
        assert await changes.counties(uow.session, 10) == []
        counted = await count(uow.session, uow.dialect, EVERYWHERE)
        rows = await uow.session.execute(select(table_of(SupplyWeek)))
        kept = {tuple(row[:3]): Sums(*row[3:]) for row in rows if WEEKS[0] <= row[2] <= WEEKS[-1]}
    assert {key: each for key, each in kept.items() if each != Sums()} == {
        (county, food, week): each
        for county, cells in counted.items()
        for (food, week), each in cells.items()
        if each != Sums()
    }
    assert kept


async def _read(world: World, quantile: str = "p50_g") -> dict[tuple[str, str, date], Supply]:
    """What is read of every county, food and week."""
    async with world.services["farmers"].begin(read_only=True) as uow:
        grid = await read(uow.session, uow.dialect, EVERYWHERE, quantile, WEEKS[0])
    return {
        (*pair, week): Supply(*(int(sums[row, column]) for sums in (grid.contracts_g, grid.offers_g, grid.forecasts_g)))
        for row, pair in enumerate(grid.pairs)
        for column, week in enumerate(grid.weeks)
    }


async def _counted(world: World, quantile: str = "p50_g") -> dict[tuple[str, str, date], Supply]:
    """The same counted from every row."""
    async with world.services["farmers"].begin(read_only=True) as uow:
        counted = await count(uow.session, uow.dialect, EVERYWHERE)
    return {
        (county, food, week): Supply(each.contracts_g, each.offers_g, getattr(each, quantile))
        for county in COUNTIES
        for food in FOODS
        for week in WEEKS
        for each in [counted[county].get((food, week), Sums())]
    }


async def _counties(world: World) -> set[str]:
    items = (await ok(await world.client("farmers").get("/cooperatives")))["items"]
    return {each["county_code"] for each in items}


def _cooperative(number: int, county: str | None = None) -> dict[str, Any]:
    return cooperative(COOPS[number], county_code=county or COUNTIES[number % 2])


async def _change(world: World, luck: random.Random, name: str, turn: asyncio.Lock) -> None:
    """One change of any kind; what cannot be is refused, and changes nothing. Events move in turn, as by one relay."""
    client, owner, food = world.client("farmers"), luck.choice(COOPS), luck.choice(FOODS)
    first = luck.choice(WEEKS) + timedelta(days=luck.randint(0, 6))
    window = {"available_from": str(first), "available_until": str(first + timedelta(days=luck.randint(0, 20)))}
    kind = luck.randrange(8)
    if kind == 0:
        moved = _cooperative(luck.randrange(len(COOPS)), luck.choice(COUNTIES))
        await client.put("/cooperatives", json={"rows": [moved]})
    elif kind == 1:
        rows = [forecast(owner, food_code=food, week_start=str(week), p10_g=luck.randint(0, 9)) for week in WEEKS[:4]]
        await client.put("/forecasts", json={"rows": rows})
    elif kind == 2:
        terms = agreed(food_code=food, season_from=str(WEEKS[0]), season_until=str(WEEKS[5]), quantity_g=90_000)
        terms["deliveries"] = [{"week_start": str(week), "quantity_g": 45_000} for week in luck.sample(WEEKS, 2)]
        await client.post("/contracts", json={"cooperative_id": owner, **terms})
    elif kind == 3:
        await _of_any(world, luck, "/contracts", "contract_id", "cancel", {"reason": "flood"})
    elif kind == 4:
        await _of_any(world, luck, "/forecasts", "forecast_id", "withdraw", None)
    elif kind == 5:
        await _of_any(world, luck, "/offers", "offer_id", "withdraw", None)
    else:
        await _offer(world, luck, offer(f"off{name}", owner, food_code=food, **window), turn)


async def _offer(world: World, luck: random.Random, row: dict[str, Any], turn: asyncio.Lock) -> None:
    """An offer, some under a contract, some with an order that is declined after the offer was withdrawn."""
    client, offer_id = world.client("farmers"), row["offer_id"]
    owner = {"cooperative_id": row["cooperative_id"], "food_code": row["food_code"]}
    known = await ok(await client.get("/contracts", params=owner))
    under = luck.choice([None, *(each["contract_id"] for each in known["items"])])
    row |= {"quantity_g": luck.randint(20_000, 60_000), "contract_id": under}
    done = await ok(await client.put("/offers", json={"rows": [row]}))
    if done["created"] and luck.random() < 0.5:
        ordered = line(f"line-{offer_id}", 9_000, offer_id=offer_id, food_code=row["food_code"])
        to = {"cooperative_id": row["cooperative_id"], "delivery_day": row["available_from"]}
        await world.publish(placed(f"order-{offer_id}", ordered, **to))
        async with turn:
            await world.settle(jobs=False)
        await client.post(f"/offers/{offer_id}/withdraw")
        # What was noted of the withdrawal is gone before promises are let go.
        await bring_up_to_date(world.services["farmers"])
        declined = await client.post(f"/orders/order-{offer_id}/decline", json={"reason": "hail"})
        assert declined.status_code in (200, 409)  # another may have withdrawn the offer before it was ordered from


async def _of_any(world: World, luck: random.Random, path: str, key: str, what: str, body: Any) -> None:
    client = world.client("farmers")
    items = (await ok(await client.get(path)))["items"]
    if items:
        await client.post(f"{path}/{luck.choice(items)[key]}/{what}", json=body)
