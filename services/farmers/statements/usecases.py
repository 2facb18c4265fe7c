"""Statements as people ask for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row

from services.farmers.cooperatives import queries as cooperatives
from services.farmers.days import today
from services.farmers.households import queries as people
from services.farmers.income.domain import PartState, state_of, waits_since
from services.farmers.statements import lots, queries
from services.farmers.statements.domain import Cursor, Months
from services.farmers.statements.tracing import Share, trace
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class PartShown:
    """A household's part of a settlement: its row, where it stands, since when it waits, its lines."""

    row: Row[Any]
    state: PartState
    since: date | None
    lines: tuple[Share, ...]


async def of_household(
    uow: UnitOfWork, household_id: str, months: Months, limit: int, after: Cursor | None
) -> tuple[list[PartShown], Row[Any]]:
    """Return a page of a household's parts, and the sums of all. Raises NotFound."""
    await people.require(uow.session, household_id)
    rows = await queries.parts(uow.session, household_id, months, limit, after)
    orders = {row.settlement_id: row.order_id for row in rows}
    lines = await lots.lines_of(uow.session, uow.dialect, orders) if orders else {}
    shown = []
    for row in rows:
        state = state_of(row.amount_fen, row.cooperative_paid_on, row.payout_id)
        since = waits_since(state, row.delivery_day, row.cooperative_paid_on)
        shares = trace(household_id, lines.get(row.settlement_id, []), row.accepted_g, row.amount_fen)
        shown.append(PartShown(row, state, since, tuple(shares)))
    return shown, await queries.of_household(uow.session, household_id, months)


@dataclass(frozen=True, slots=True)
class CooperativeShown:
    """A page of a cooperative's households, the sums of all, and the cooperative's own part."""

    households: Sequence[Row[Any]]
    totals: Row[Any]
    own: Row[Any]
    today: date


async def of_cooperative(
    uow: UnitOfWork, cooperative_id: str, months: Months, limit: int, after: str | None
) -> CooperativeShown:
    """Return a cooperative's statement. Raises NotFound."""
    await cooperatives.one(uow.session, cooperative_id)
    return CooperativeShown(
        await queries.households(uow.session, cooperative_id, months, limit, after),
        await queries.of_cooperative(uow.session, cooperative_id, months),
        await queries.own_of_cooperative(uow.session, cooperative_id, months),
        today(uow.now),
    )


async def of_villages(
    uow: UnitOfWork, county_code: str, months: Months, limit: int, after: tuple[str, str] | None
) -> list[tuple[Row[Any], int, int]]:
    """Return a page of a county's villages: the sums of their households, the cooperatives' own fen, those paid."""
    rows = await queries.villages(uow.session, county_code, months, limit, after)
    own = await queries.own_of_villages(uow.session, county_code, months)
    fen = [own[row.town_code, row.village] for row in rows]
    return [(row, int(each.own_fen), int(each.own_paid_fen)) for row, each in zip(rows, fen, strict=True)]
