"""Asking why an offer or a demand line got what it got."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from services.procurement.rules.domain import SCHOOL_TIME
from services.procurement.sourcing import usecases as runs
from services.procurement.sourcing.reasons import queries
from services.procurement.tenants import shown_to
from shared.auth.principal import Kind
from shared.errors import NotFound
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork
from shared.weeks import monday_of

Found = Sequence[tuple[Any, int]]
"""Rows, and what was ordered (g)."""


async def offers_page(uow: UnitOfWork, run_id: str, paging: Paging, cooperative_id: str | None) -> Found:
    """Return a page of a run's offers (one more than asked for), of those only that are shown. Raises NotFound."""
    own = await _shown(uow, run_id, Kind.COOPERATIVE)
    rows = await queries.offers(uow.session, run_id, paging, cooperative_id, own)
    return await _with_orders(uow, run_id, "offer_id", rows)


async def offer(uow: UnitOfWork, run_id: str, offer_id: str) -> tuple[Any, int]:
    """Return an offer of a run. Raises NotFound when there is no such run, or it did not look at the offer."""
    own = await _shown(uow, run_id, Kind.COOPERATIVE)
    row = await queries.offer(uow.session, run_id, offer_id)
    if row is None or (own is not None and row.cooperative_id not in own):
        raise NotFound("offer-in-this-run", offer_id, field="offer_id")
    return (await _with_orders(uow, run_id, "offer_id", [row]))[0]


async def newest(uow: UnitOfWork, cooperative_id: str, from_day: date | None) -> Found:
    """Return a cooperative's offers of the weeks from a day on (None: this one), as the newest run of each saw them."""
    monday = monday_of(from_day or uow.now.astimezone(SCHOOL_TIME).date())
    by_run: dict[str, list[Any]] = defaultdict(list)
    for row in await queries.newest(uow.session, cooperative_id, monday):
        by_run[row.run_id].append(row)
    found: list[tuple[Any, int]] = []
    for run_id, rows in by_run.items():
        found += await _with_orders(uow, run_id, "offer_id", rows)
    return found


async def lines_page(uow: UnitOfWork, run_id: str, paging: Paging, canteen_id: str | None) -> Found:
    """Return a page of a run's demand lines (one more than asked for), of those that are shown. Raises NotFound."""
    own = await _shown(uow, run_id, Kind.CANTEEN)
    rows = await queries.lines(uow.session, run_id, paging, canteen_id, own)
    return await _with_orders(uow, run_id, "demand_id", rows)


async def line(uow: UnitOfWork, run_id: str, demand_id: str) -> tuple[Any, int]:
    """Return a demand line of a run. Raises NotFound when there is no such run, or it did not look at the line."""
    own = await _shown(uow, run_id, Kind.CANTEEN)
    row = await queries.line(uow.session, run_id, demand_id)
    if row is None or (own is not None and row.canteen_id not in own):
        raise NotFound("demand-line-in-this-run", demand_id, field="demand_id")
    return (await _with_orders(uow, run_id, "demand_id", [row]))[0]


async def _shown(uow: UnitOfWork, run_id: str, kind: Kind) -> frozenset[str] | None:
    """Return whose offers or lines of a run are shown, None for all. Raises NotFound."""
    run = (await runs.account_of(uow, run_id)).run
    return shown_to(uow.principal, run.county_code, kind)


async def _with_orders(uow: UnitOfWork, run_id: str, column: str, rows: Sequence[Any]) -> Found:
    keys = [getattr(row, column) for row in rows]
    ordered = await queries.ordered_g(uow.session, run_id, column, keys)
    return [(row, ordered.get(key, 0)) for row, key in zip(rows, keys, strict=True)]
