"""Real processes are killed at the worst moments; nothing is lost and nothing happens twice."""

import asyncio
import random

import pytest

from tests import builders as b
from tests.faults.country import Country
from tests.journeys.county import County
from tests.world import ok

SCHOOLS = 8
WANTED_G = SCHOOLS * 5 * 22_000


async def _publish_source_accept(county: County[Country]) -> None:
    offers = [b.an_offer(name, food, kg=600) for name in "ab" for food in ("rice", "cabbage", "pork")]
    await county.set_up(*offers, schools=SCHOOLS)
    for number in range(1, SCHOOLS + 1):
        await ok(await county.nutrition.post("/menus", json=b.a_menu(f"sch-{number}")))
    await county.world.settle()
    await county.source()
    await county.accept_all()


async def _check_nothing_lost_or_doubled(county: County[Country]) -> None:
    """Each service's own count of the same grams agrees, order by order."""
    demand = (await ok(await county.procurement.get("/demand", params={"limit": 1000})))["items"]
    assert sum(line["quantity_g"] for line in demand) == WANTED_G
    assert all(line["quantity_g"] == line["allocated_g"] + line["unmet_g"] for line in demand)
    placed = {order["order_id"]: order for order in await county.orders(limit="1000")}
    asked = [o for name in "ab" for status in ("accepted", "to_answer") for o in await county.inbox(name, status)]
    assert {order["order_id"] for order in asked} == set(placed)
    offers = (await ok(await county.farmers.get("/offers")))["items"]
    assert sum(offer["promised_g"] for offer in offers) == WANTED_G
    loads = [c for n in range(1, SCHOOLS + 1) for day in b.WEEK for c in await county.consignments(day, f"sch-{n}")]
    assert sorted(one["order_id"] for one in loads) == sorted(placed)
    assert sum(line["confirmed_g"] for one in loads for line in one["lines"]) == WANTED_G
    assert (await ok(await county.procurement.get("/ledger/sum")))["sum_fen"] == 0


@pytest.mark.parametrize(
    ("service", "point", "nth"),
    [
        ("nutrition", "before-publish", 2),
        ("procurement", "before-offsets", 2),
        ("farmers", "after-publish", 3),
        ("logistics", "before-offsets", 2),
    ],
)
async def test_a_process_killed_at_a_seam_loses_and_doubles_nothing(
    country: Country, service: str, point: str, nth: int
) -> None:
    """Committed and not published, published and not deleted, handled and its offset not committed: kill -9, go on."""
    country.plant(service, point, nth)
    async with country.open():
        county = County(country)
        await _publish_source_accept(county)
        assert country.deaths == 1
        await _check_nothing_lost_or_doubled(county)


async def test_services_killed_at_random_lose_and_double_nothing(country: Country) -> None:
    """A service is killed every second or so while the week goes on."""
    dice = random.Random(11)

    async def killer() -> None:
        for _ in range(8):
            await asyncio.sleep(dice.uniform(0.5, 2.0))
            await asyncio.to_thread(country.services[dice.choice(sorted(country.services))].kill)

    async with country.open():
        county = County(country)
        killing = asyncio.create_task(killer())
        await _publish_source_accept(county)
        await killing
        await county.world.settle()
        await county.accept_all()
        assert country.deaths >= 4
        await _check_nothing_lost_or_doubled(county)


@pytest.mark.parametrize("server", ["kafka", "postgres"])
async def test_a_server_killed_under_load_is_waited_out(country: Country, server: str) -> None:
    """The broker or the database is away for a while: services wait and go on, nothing is dead-lettered."""

    async def power_cut() -> None:
        await asyncio.sleep(2.0)
        away = country.kafka if server == "kafka" else country.postgres
        await asyncio.to_thread(away.kill)
        await asyncio.sleep(3.0)
        await asyncio.to_thread(away.start)

    async with country.open():
        county = County(country)
        cutting = asyncio.create_task(power_cut())
        await _publish_source_accept(county)
        await cutting
        await county.world.settle()
        await county.accept_all()
        await _check_nothing_lost_or_doubled(county)
        for name in country.services:
            assert 'dead_letters{service="' + name + '"} 0.0' in (await country.client(name).get("/metrics")).text
