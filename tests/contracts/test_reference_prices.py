"""Reference prices on both databases: published and corrected at once, and found by the nearest market."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from services.procurement.main import definition
from services.procurement.prices.usecases import beside
from shared.events.procurement import ReferencePricePublished
from shared.messaging.embedded import EmbeddedBus
from shared.settings import Settings
from tests.api.procurement.test_prices import price, put
from tests.world import World


@pytest.fixture(params=["sqlite", "postgres"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Procurement alone."""
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    settings = {"procurement": Settings(var=tmp_path, database_url=url)}
    async with World([definition], EmbeddedBus(tmp_path / "bus.sqlite"), settings) as opened:
        yield opened


async def test_corrections_at_once_are_told_one_after_the_other(world: World) -> None:
    """Whoever publishes at the same moment, one creates the price and every change is a version of its own."""
    done = await asyncio.gather(*(put(world, price(price_fen_per_kg=200 + n)) for n in range(6)))
    assert sum(one["created"] for one in done) == 1
    await world.settle()
    told = world.told_of(ReferencePricePublished)
    assert [one.version for one in told] == list(range(1, len(told) + 1))
    assert len(told) == 1 + sum(one["changed"] for one in done)


async def test_the_price_of_a_day_is_found(world: World) -> None:
    """The nearest recent market holds on a day, an older price before it, and none before the first."""
    await put(
        world,
        price(day="2025-01-01", price_fen_per_kg=100),
        price(day="2026-11-20", price_fen_per_kg=200),
        price(day="2026-11-10", region_code="520628", price_fen_per_kg=190),
        price(day="2026-11-22", region_code="53", price_fen_per_kg=9),
    )
    days = [date(2024, 12, 31), date(2026, 11, 9), date(2026, 11, 23), date(2026, 12, 31)]
    async with world.services["procurement"].begin(read_only=True) as uow:
        found = await beside(uow, [("cabbage", "520628", day) for day in days])
    held = [found.get(("cabbage", "520628", day)) for day in days]
    assert [None if one is None else one.price_fen_per_kg for one in held] == [None, 100, 190, 190]
