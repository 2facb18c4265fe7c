"""A database is migrated while a service works on it: the old version goes on beside the new one."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Text, column, select, table, text

from shared import migrate, steps
from shared.database import Database, is_transient, open_database
from shared.prepared import Prepared
from tests.stepping import Steps

CONNECTIONS = 4
_CODES = Prepared(lambda _: select(column("food_code", Text)).select_from(table("food")).order_by(text("1")))


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    """A database at nutrition's newest step, with a food."""
    opened = open_database(postgres_url, pool_size=CONNECTIONS)
    await migrate.upgrade(opened, "services.nutrition.migrations")
    yield opened
    await opened.close()


@pytest.fixture
def newer(tmp_path: Path) -> Steps:
    """The steps of a later release."""
    return Steps(tmp_path, f"steps_{uuid4().hex}", "services.nutrition.migrations")


async def _codes(database: Database, barrier: asyncio.Barrier | None = None) -> int:
    async with database.transaction(read_only=True) as session:
        rows = await session.run(_CODES, {})
        if barrier is not None:
            await barrier.wait()
    return len(rows)


async def test_one_asker_at_most_pays_for_a_column_that_changed(database: Database, newer: Steps) -> None:
    """Who asks by a plan of before is told to try again, and with him all connections of before are given up.

    Counted as a fault of ours it would be one of an event's three tries, on each connection of the pool anew.
    """
    barrier = asyncio.Barrier(CONNECTIONS)
    await asyncio.gather(*(_codes(database, barrier) for _ in range(CONNECTIONS)))
    newer.add("9001", "ALTER TABLE food ALTER COLUMN food_code TYPE text")
    await migrate.upgrade(database, newer.package)
    answers = [(await asyncio.gather(_codes(database), return_exceptions=True))[0] for _ in range(3 * CONNECTIONS)]
    failed = [answer for answer in answers if isinstance(answer, BaseException)]
    assert len(failed) <= 1
    assert all(map(is_transient, failed))


async def test_who_reads_waits_for_no_step_that_waits(database: Database, newer: Steps) -> None:
    """A step behind somebody's long transaction lets the others through again and again, and is taken in the end."""
    newer.add("9001", "ALTER TABLE food ADD COLUMN later text")
    async with database.transaction() as long:
        await long.execute(text("SELECT count(*) FROM food"))
        step = asyncio.create_task(migrate.upgrade(database, newer.package))
        slowest = 0.0
        until = time.monotonic() + 4 * migrate.HELD_UP_MS / 1000
        while time.monotonic() < until:
            began = time.monotonic()
            await asyncio.wait_for(_codes(database), 10.0)
            slowest = max(slowest, time.monotonic() - began)
            await asyncio.sleep(0.1)
        assert not step.done()
    await step
    assert await steps.present(database) == "9001"
    assert slowest < 2 * migrate.HELD_UP_MS / 1000


async def test_a_step_that_never_gets_its_table_says_so(database: Database, newer: Steps) -> None:
    """Where patience is over the step is undone and the error told: nothing is half migrated."""
    before = await steps.present(database)
    newer.add("9001", "ALTER TABLE food ADD COLUMN later text")
    async with database.transaction() as long:
        await long.execute(text("SELECT count(*) FROM food"))
        with pytest.raises(Exception, match="lock timeout"):
            await migrate.upgrade(database, newer.package, patience_s=0.0)
    assert await steps.present(database) == before


async def test_a_newer_database_is_left_as_it_is(database: Database, newer: Steps) -> None:
    """Code of the release before works on it, and does not try to take it back; a step short is not enough."""
    newer.add("9001", "ALTER TABLE food ADD COLUMN later text")
    await migrate.upgrade(database, newer.package)
    await steps.bring_up_to_date(database, "services.nutrition.migrations")
    assert await steps.present(database) == "9001"
    assert steps.serve("9001", steps.newest("services.nutrition.migrations"))
    assert not steps.serve("0001", steps.newest("services.nutrition.migrations"))
    assert not steps.serve(None, "0001")
