"""All SQL about income."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, func, insert, literal_column, select

from services.farmers.income.models import HouseholdIncome, Settlement, SettlementLine
from services.farmers.tables import insert_new, table_of
from shared.database import Session
from shared.events.procurement import SettlementRecorded
from shared.routing import Paging

settlement = table_of(Settlement)
settlement_line = table_of(SettlementLine)
income = table_of(HouseholdIncome)
due = income.c.amount_fen != literal_column("0")
"""That there is something to pay; written as in the partial index, which no parameter is known to match."""
waits = and_(income.c.payout_id.is_(None), income.c.cooperative_paid_on.is_not(None), due)
"""That a household waits for its part: the cooperative has the money, and did not pass it on."""


async def insert_settlements(session: Session, dialect: str, events: Sequence[SettlementRecorded]) -> set[str]:
    """Keep settlements, their lines and the households' parts; returns the ids of those that were not here before."""
    statement = insert_new(dialect, settlement).returning(settlement.c.settlement_id)
    by_id = {event.settlement_id: event for event in events}
    rows = [_settlement(by_id[key]) for key in sorted(by_id)]
    inserted = (await session.scalars(statement, rows)).all()
    lines = [row for key in inserted for row in _lines(by_id[key])]
    parts = [row for key in inserted for row in _parts(by_id[key])]
    if lines:
        await session.execute(insert(settlement_line), lines)
    if parts:
        await session.execute(insert(income), parts)
    return set(inserted)


async def months_of_household(session: Session, household_id: str, paging: Paging) -> Sequence[Row[Any]]:
    """Return (month, settlements, accepted_g, amount_fen) of a household, ordered by month."""
    statement = (
        select(
            income.c.month,
            func.count().label("settlements"),
            func.sum(income.c.accepted_g).label("accepted_g"),
            func.sum(income.c.amount_fen).label("amount_fen"),
        )
        .where(income.c.household_id == household_id, income.c.month > (paging.after or ""))
        .group_by(income.c.month)
        .order_by(income.c.month)
        .limit(paging.limit)
    )
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


async def months_of_cooperative(session: Session, cooperative_id: str, paging: Paging) -> Sequence[Row[Any]]:
    """Return (month, settlements, amount_fen, cooperative_fen) of a cooperative, ordered by month."""
    statement = (
        select(
            settlement.c.month,
            func.count().label("settlements"),
            func.sum(settlement.c.amount_fen).label("amount_fen"),
            func.sum(settlement.c.cooperative_fen).label("cooperative_fen"),
        )
        .where(settlement.c.cooperative_id == cooperative_id, settlement.c.month > (paging.after or ""))
        .group_by(settlement.c.month)
        .order_by(settlement.c.month)
        .limit(paging.limit)
    )
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


async def household_parts(session: Session, cooperative_id: str, months: Sequence[str]) -> dict[str, Row[Any]]:
    """Return (month, households, poor_households_fen, households_g) of a cooperative's households, by month."""
    if not months:
        return {}
    statement = (
        select(
            income.c.month,
            func.count(income.c.household_id.distinct()).label("households"),
            func.sum(income.c.poor_fen).label("poor_households_fen"),
            func.sum(income.c.accepted_g).label("households_g"),
        )
        .where(income.c.cooperative_id == cooperative_id, income.c.month.between(months[0], months[-1]))
        .group_by(income.c.month)
    )
    return {row.month: row for row in (await session.execute(statement)).all()}


def _month(event: SettlementRecorded) -> str:
    return event.delivery_day.strftime("%Y-%m")


def _settlement(event: SettlementRecorded) -> dict[str, Any]:
    return {
        "settlement_id": event.settlement_id,
        "order_id": event.order_id,
        "receipt_id": event.receipt_id,
        "canteen_id": event.canteen_id,
        "cooperative_id": event.cooperative_id,
        "delivery_day": event.delivery_day,
        "month": _month(event),
        "amount_fen": event.amount_fen,
        "cooperative_fen": event.cooperative_fen,
        "recorded_at": event.recorded_at,
    }


def _lines(event: SettlementRecorded) -> list[dict[str, Any]]:
    return [
        {
            "settlement_id": event.settlement_id,
            "line_id": line.line_id,
            "accepted_g": line.accepted_change_g,
            "amount_fen": line.amount_fen,
        }
        for line in event.lines
    ]


def _parts(event: SettlementRecorded) -> list[dict[str, Any]]:
    """Return a row for each household; one that was poor at one lot's harvest and not at another's is told twice."""
    parts: dict[str, dict[str, Any]] = {}
    for share in event.households:
        part = parts.setdefault(
            share.household_id,
            {
                "settlement_id": event.settlement_id,
                "household_id": share.household_id,
                "cooperative_id": event.cooperative_id,
                "month": _month(event),
                "poor": False,
                "accepted_g": 0,
                "amount_fen": 0,
                "poor_fen": 0,
            },
        )
        part["poor"] |= share.poor
        part["accepted_g"] += share.accepted_g if share.accepted_change_g is None else share.accepted_change_g
        part["amount_fen"] += share.amount_fen
        part["poor_fen"] += share.amount_fen if share.poor else 0
    return list(parts.values())
