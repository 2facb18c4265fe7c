"""All SQL of what households earned in a month: the kept sums, and what is booked and not sealed yet.

Both are read by one statement, so that what is being sealed at that moment is counted once.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Integer, func, select, union, union_all
from sqlalchemy.sql.selectable import Subquery

from services.procurement.ledger.domain import EARNED, Kind
from services.procurement.ledger.models import ledger_entry, ledger_transaction, ledger_waiting
from services.procurement.reports.days import Days
from services.procurement.reports.domain import Reached
from services.procurement.sums.models import changed_month, household_month
from shared.database import Session
from shared.routing import Paging


def _booked(days: Days, *, sealed_only: bool = False) -> Subquery:
    sums = household_month.c
    sealed = select(sums.county_code, sums.account, sums.poor, sums.amount_fen, sums.accepted_g).where(
        sums.month == days.month
    )
    if days.county_code is not None:
        sealed = sealed.where(sums.county_code == days.county_code)
    if days.counties is not None:
        sealed = sealed.where(sums.county_code.in_(sorted(days.counties)))
    if sealed_only:
        return sealed.subquery()
    own = (ledger_entry.c[name] for name in ("account", "poor", "amount_fen", "accepted_g"))
    waiting = (
        select(ledger_transaction.c.county_code, *own)
        .select_from(ledger_waiting)
        .join(ledger_transaction, ledger_transaction.c.transaction_id == ledger_waiting.c.transaction_id)
        .join(ledger_entry, ledger_entry.c.transaction_id == ledger_transaction.c.transaction_id)
        .where(
            days.of(ledger_transaction),
            ledger_transaction.c.kind.in_(EARNED),
            ledger_entry.c.kind == Kind.HOUSEHOLD.value,
        )
    )
    return union_all(sealed, waiting).subquery()


def _earned(booked: Subquery, *by: Any) -> Any:
    # PostgreSQL sums to numeric, which sorts and adds several times as slowly.
    return select(
        *by,
        func.sum(booked.c.amount_fen).cast(BigInteger).label("amount_fen"),
        func.sum(booked.c.accepted_g).label("accepted_g"),
        func.max(booked.c.poor.cast(Integer)).label("poor"),
    ).group_by(*by)


async def unkept_counties(session: Session, days: Days) -> set[str]:
    """Return the counties of a month of which something was sealed since whom it reached was kept, or waits to be."""
    marked = select(changed_month.c.county_code).where(changed_month.c.month == days.month)
    waiting = (
        select(ledger_transaction.c.county_code)
        .join(ledger_waiting, ledger_waiting.c.transaction_id == ledger_transaction.c.transaction_id)
        .where(days.of(ledger_transaction), ledger_transaction.c.kind.in_(EARNED))
    )
    return set(await session.scalars(union(marked, waiting)))


async def reached_by_county(session: Session, days: Days, *, sealed_only: bool = False) -> dict[str, Reached]:
    """Return whom a month reached, by county; `sealed_only`: without what waits for its link."""
    booked = _booked(days, sealed_only=sealed_only)
    earned = _earned(booked, booked.c.county_code, booked.c.account).subquery()
    place = func.row_number().over(partition_by=earned.c.county_code, order_by=earned.c.amount_fen).label("place")
    ranked = select(earned, place).where(earned.c.amount_fen > 0).subquery()
    statement = select(ranked.c.county_code, *_figures(ranked)).group_by(ranked.c.county_code)
    return {county_code: _reached(row) for county_code, *row in await session.execute(statement)}


async def reached(session: Session, days: Days, *, sealed_only: bool = False) -> Reached:
    """Return whom a month reached in all: a household in two counties is one."""
    booked = _booked(days, sealed_only=sealed_only)
    earned = _earned(booked, booked.c.account).subquery()
    place = func.row_number().over(order_by=earned.c.amount_fen).label("place")
    ranked = select(earned, place).where(earned.c.amount_fen > 0).subquery()
    return _reached((await session.execute(select(*_figures(ranked)))).one())


def _figures(ranked: Subquery) -> list[Any]:
    amount = ranked.c.amount_fen
    return [func.count(), func.sum(ranked.c.poor), func.sum(amount), func.sum(amount * ranked.c.place)]


def _reached(row: Sequence[Any]) -> Reached:
    return Reached(*(int(value or 0) for value in row))


async def households(session: Session, days: Days, paging: Paging) -> Sequence[Any]:
    """Return a page of what households earned (one more than asked for), by account."""
    booked = _booked(days)
    statement = _earned(booked, booked.c.account).order_by(booked.c.account).limit(paging.limit + 1)
    if paging.after is not None:
        statement = statement.where(booked.c.account > paging.after)
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows
