"""What payments and payouts cost grows with what they are of, not with what waits in the country."""

from collections.abc import AsyncIterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from services.farmers.income import payments
from services.farmers.main import definition
from services.farmers.payouts import queries as payouts
from services.farmers.rows import as_rows
from shared.messaging.embedded import EmbeddedBus
from shared.routing import Paging
from shared.settings import Settings
from shared.unit_of_work import UnitOfWork
from tests.api.farmers.builders import cooperative, put
from tests.rows_read import rows_read
from tests.world import START, World
from tools.servers.service import secret_keys

SETTLEMENTS, HOUSEHOLDS = 20, 10
"""Of a cooperative's payment, and of each settlement."""
_FILL = (
    "INSERT INTO settlement (settlement_id, order_id, receipt_id, canteen_id, cooperative_id, delivery_day, month, "
    "amount_fen, cooperative_fen, recorded_at, paid_on) "
    "SELECT 's-' || c || '-' || s, 'o', 'r', 'k', 'coop-' || c, :day, '2026-11', 1, 0, :now, :day "
    "FROM generate_series(CAST(:first AS int), :last) c, generate_series(1, :settlements) s",
    "INSERT INTO cooperative_payment (payment_id, cooperative_id, amount_fen, paid_on, reference, confirmed_at) "
    "SELECT 'p-' || c, 'coop-' || c, 1, :day, 'bank', :now FROM generate_series(CAST(:first AS int), :last) c",
    "INSERT INTO payment_line (payment_id, settlement_id, amount_fen) SELECT 'p-' || c, 's-' || c || '-' || s, 1 "
    "FROM generate_series(CAST(:first AS int), :last) c, generate_series(1, :settlements) s",
    "INSERT INTO household_income (settlement_id, household_id, cooperative_id, month, poor, accepted_g, amount_fen, "
    "cooperative_paid_on) SELECT 's-' || c || '-' || s, 'hh-' || c || '-' || h, 'coop-' || c, '2026-11', false, 1, 1, "
    ":day FROM generate_series(CAST(:first AS int), :last) c, generate_series(1, :settlements) s, "
    "generate_series(1, :households) h",
)
_UNPAID = "UPDATE household_income SET cooperative_paid_on = NULL"
_PAID = "UPDATE household_income SET cooperative_paid_on = DATE '2026-11-20'"


@pytest.fixture
async def farmers(postgres_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """The service on PostgreSQL with a cooperative, of whose payments all is still held."""
    settings = Settings(var=tmp_path, database_url=postgres_url, secret_keys=SecretStr(secret_keys()))
    async with World([definition], EmbeddedBus(tmp_path / "bus.sqlite"), {"farmers": settings}) as world:
        await put(world, "/cooperatives", cooperative("coop-1"))
        await _wait(world, 1, 1)
        yield world


async def _wait(world: World, first: int, last: int) -> None:
    """Let households of cooperatives wait for their part of a payment; nobody tells the planner of it."""
    said = {
        "first": first,
        "last": last,
        "settlements": SETTLEMENTS,
        "households": HOUSEHOLDS,
        "day": date(2026, 11, 20),
        "now": START,
    }
    async with world.services["farmers"].begin() as uow:
        for statement in _FILL:
            await uow.session.execute(
                text(statement), {name: value for name, value in said.items() if f":{name}" in statement}
            )


async def _listing(uow: UnitOfWork) -> int:
    before = await rows_read(uow.session)
    (found,) = await payments.page(uow.session, "coop-1", Paging(limit=50, after=None))
    assert (found.waiting_households, found.waiting_fen) == (HOUSEHOLDS, HOUSEHOLDS * SETTLEMENTS)
    return await rows_read(uow.session) - before


async def test_a_list_of_payments_reads_its_own_settlements_only(farmers: World) -> None:
    """Thirty cooperatives more, whose households wait, do not make the list of the first one dearer."""
    async with farmers.services["farmers"].begin() as uow:
        alone = await _listing(uow)
    await _wait(farmers, 2, 31)
    async with farmers.services["farmers"].begin() as uow:
        assert await _listing(uow) <= 1.2 * alone


def _compared_in_vain(plan: Mapping[str, Any]) -> int:
    """Return how many pairs of rows joins of an executed plan looked at that do not belong together."""
    below = sum(_compared_in_vain(part) for part in plan.get("Plans", ()))
    return below + int(plan.get("Rows Removed by Join Filter", 0) * plan["Actual Loops"])


async def test_a_payout_looks_at_its_own_parts_only(farmers: World) -> None:
    """Those of thirty cooperatives more are not held against each; the planner last looked when none could be paid."""
    await _wait(farmers, 2, 31)
    async with farmers.services["farmers"].begin() as uow:
        for statement in (_UNPAID, "ANALYZE household_income", _PAID):
            await uow.session.execute(text(statement))
    named = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
    take = payouts.taking("postgresql").compile(dialect=named)
    parts = [(f"hh-1-{h}", f"s-1-{s}", "out-1") for h in range(1, HOUSEHOLDS + 1) for s in range(1, SETTLEMENTS + 1)]
    async with farmers.services["farmers"].begin() as uow:
        explained = text(f"EXPLAIN (ANALYZE, FORMAT JSON) {take}")
        (told,) = await uow.session.scalar(explained, as_rows(parts))
    assert told["Plan"]["Actual Rows"] == len(parts)
    assert _compared_in_vain(told["Plan"]) <= len(parts)
