"""What reports are made of is kept added up: whatever is booked, and whenever it is sealed and kept, to the fen."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from services.procurement.demand.book import Book
from services.procurement.demand.domain import Line as DemandLine
from services.procurement.demand.domain import Status as DemandStatus
from services.procurement.freight import usecases as freight
from services.procurement.freight.domain import Freight
from services.procurement.ledger import sealing
from services.procurement.main import definition
from services.procurement.months import Month
from services.procurement.partners import usecases as partners
from services.procurement.prices import usecases as prices
from services.procurement.prices.domain import Price
from services.procurement.reports import keeping, monthly, proof, reaching
from services.procurement.reports.days import Days
from services.procurement.reports.domain import Sums, total_of
from services.procurement.reports.month import month_report
from shared.messaging.embedded import EmbeddedBus
from shared.service import Service
from shared.settings import Settings
from tests.api.procurement import facts
from tests.contracts.test_ledger import COUNTIES, LOT, NOW, TODAY, _decide, _pass_on, _pay, a_receipt, place, settle
from tests.world import World

MONTH = Month.of(f"{TODAY:%Y-%m}")
DAYS = Days(MONTH.first, MONTH.last, None)
ORDERS = 6


@pytest.fixture(params=["sqlite", "postgres"])
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    """Procurement alone, with a cooperative, a lot, and orders of two counties that were dispatched."""
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    settings = {"procurement": Settings(var=tmp_path, database_url=url)}
    async with World([definition], EmbeddedBus(tmp_path / "bus.sqlite"), settings) as world:
        opened = world.services["procurement"]
        async with opened.begin() as uow:
            await partners.keep_cooperatives(uow, [facts.a_cooperative()])
            await partners.keep_lots(uow, [LOT])
        await place(opened, range(ORDERS))
        yield opened


async def test_kept_sums_are_those_of_the_rows(service: Service) -> None:
    """After anything that changes them, sealed and kept or not, the sums are what adding up all rows gives."""
    luck = random.Random(8)
    versions = dict.fromkeys(range(ORDERS), 0)
    for step in range(30):
        act = luck.choice(("receive", "receive", "pay", "pass on", "decide", "need", "price", "move", "carry"))
        if act == "receive":
            number = luck.randrange(ORDERS)
            versions[number] += 1
            await settle(service, a_receipt(number, luck.choice((0, 1, 3_333, 9_999, 10_000)), versions[number]))
        elif act == "pay":
            await _pay(service, luck, f"ref-{step}", whole=luck.random() < 0.5)
        elif act == "pass on":
            await _pass_on(service, luck, f"payout-{step}")
        elif act == "decide":
            await _decide(service, luck)
        else:
            await _other(service, luck, act, step)
        if luck.random() < 0.4:
            await sealing.seal_waiting(service)
        if luck.random() < 0.4:
            await keeping.keep_sums(service)
        if luck.random() < 0.4:
            await reaching.keep_reached(service)
        await _same(service)
    await sealing.seal_waiting(service)
    await keeping.keep_sums(service)
    await reaching.keep_reached(service)
    await _same(service)
    assert await _count(service, "changed_day") == await _count(service, "changed_month") == 0
    assert await _count(service, "reached_month") == len(COUNTIES) + 1
    assert await _count(service, "county_day") == len(COUNTIES)


async def _other(service: Service, luck: random.Random, act: str, step: int) -> None:
    """Something that no receipt and no payment does, and that changes a figure all the same."""
    county = luck.choice(COUNTIES)
    async with service.begin() as uow:
        if act == "need":
            number = luck.randrange(3)
            book = await Book.open(uow, [f"need-{number}"])
            book.put(a_need(number, luck.randrange(500)))
            await book.save(uow)
        elif act == "price":
            price = Price("cabbage", luck.choice(("52", county)), TODAY, 300 + step, "fictional", True, 1, NOW)
            await prices.publish_prices(uow, [(0, price)])
        elif act == "move":
            moved = facts.a_cooperative(county=luck.choice((*COUNTIES, "430102")))
            await partners.keep_cooperatives(uow, [moved.model_copy(update={"version": step + 2})])
        else:
            fen = luck.choice((700, -200))
            await freight.book(uow, Freight(county, "van-1", None, TODAY, fen, f"f-{step}", "driven", "o", uow.now))


def a_need(number: int, unmet_g: int) -> DemandLine:
    """Return a demand line of 1 kg, some of which nobody has."""
    return DemandLine(
        demand_id=f"need-{number}",
        canteen_id=f"school-{number}",
        food_code="cabbage",
        delivery_day=TODAY,
        county_code=COUNTIES[number % 2],
        menu_id="menu-1",
        menu_version=1,
        temperature_class="ambient",
        quantity_g=1_000,
        allocated_g=1_000 - unmet_g,
        open_g=0,
        unmet_g=unmet_g,
        surplus_g=0,
        status=DemandStatus.SOURCED,
        version=1,
        stated_at=NOW,
    )


async def _same(service: Service) -> None:
    async with service.begin(read_only=True) as uow:
        summed = await monthly.sums_of(uow.session, DAYS, TODAY)
        report = await month_report(uow, MONTH, None)
        rows = (await uow.session.execute(text(HOUSEHOLDS))).all()
    assert all(each.holds for each in await proof.prove_in(service.database, TODAY))
    total, expected = report.total, total_of(list(summed.values()))
    for name in (field.name for field in fields(Sums)):
        assert getattr(total, name) == getattr(expected, name), name
        for county in report.counties:
            assert getattr(county, name) == getattr(summed[county.county_code], name), name
    incomes: dict[str, int] = defaultdict(int)
    for account, _, fen in rows:
        incomes[account] += int(fen)
    earned = sorted(fen for fen in incomes.values() if fen > 0)
    poor = {account for account, was_poor, _ in rows if was_poor and incomes[account] > 0}
    assert (total.households, total.poor_households) == (len(earned), len(poor))
    if earned:
        by_pairs = sum(abs(one - other) for one in earned for other in earned) / (2 * len(earned) * sum(earned))
        assert total.gini == pytest.approx(by_pairs, abs=5e-5)


HOUSEHOLDS = """
SELECT e.account, e.poor, SUM(e.amount_fen) FROM ledger_entry e
JOIN ledger_transaction t ON t.transaction_id = e.transaction_id
WHERE e.kind = 'household' AND t.kind IN ('settlement', 'decision') GROUP BY e.account, e.poor
"""


async def _count(service: Service, table: str) -> int:
    async with service.begin(read_only=True) as uow:
        return int(await uow.session.scalar(text(f"SELECT COUNT(*) FROM {table}")))


async def test_sums_survive_those_who_book_and_seal_meanwhile(service: Service) -> None:
    """Receipts are booked, sealed and summed all at once: nothing is counted twice, nothing is left out."""
    await place(service, range(10, 40))
    booking = [settle(service, a_receipt(number, 9_000)) for number in range(10, 40)]
    jobs = (sealing.seal_waiting, keeping.keep_sums, reaching.keep_reached)
    others = [job(service) for job in jobs for _ in range(5)]
    await asyncio.gather(*booking, *others)
    await _same(service)
    await keeping.keep_sums(service)
    await sealing.seal_waiting(service)
    await _same(service)


async def test_the_proof_finds_a_kept_figure_that_is_not_true(service: Service) -> None:
    """Whoever changes what is kept is found: the month, and where, are named; counted again it is true."""
    await settle(service, a_receipt(0, 9_000), a_receipt(1, 9_000))
    for job in (sealing.seal_waiting, keeping.keep_sums, reaching.keep_reached):
        await job(service)
    (true,) = await proof.prove_in(service.database, TODAY)
    assert (true.holds, true.text) == (True, f"{MONTH.text}: the report of 2 counties is what its rows come to")
    async with service.begin() as uow:
        await uow.session.execute(text("UPDATE reached_month SET ranked_fen = ranked_fen + 1 WHERE county_code = ''"))
        await uow.session.execute(text("UPDATE county_day SET spend_fen = 1 WHERE county_code = '520602'"))
    (false,) = await proof.prove_in(service.database, TODAY)
    assert not false.holds
    assert "of 520602, all together is not" in false.text


async def test_a_household_of_two_counties_is_one(service: Service) -> None:
    """In all it counts once, with what it earned in both; each county shows its part, kept or not."""
    await settle(service, a_receipt(0, 9_000), a_receipt(1, 9_000))
    for job in (sealing.seal_waiting, reaching.keep_reached):
        await _same(service)
        await job(service)
    async with service.begin(read_only=True) as uow:
        report = await month_report(uow, MONTH, None)
    assert [county.households for county in report.counties] == [2, 2]
    assert report.total.households == 2


async def test_a_day_to_come_is_not_kept(service: Service) -> None:
    """What the market costs on a day to come is not known: its sums are worked out when it is asked for."""
    later = replace(a_need(7, 200), delivery_day=date(2026, 11, 27))
    async with service.begin() as uow:
        book = await Book.open(uow, [])
        book.put(later)
        await book.save(uow)
    assert await keeping.keep_sums(service) == 0
    await _same(service)
    assert await _count(service, "changed_day") == 1
