"""All SQL about what cooperatives were paid."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Date, Row, Select, Text, Update, func, insert, select, update

from services.farmers.income.models import CooperativePayment, PaymentLine
from services.farmers.income.queries import income, settlement, waits
from services.farmers.rows import as_rows, given
from services.farmers.tables import insert_new, table_of
from shared.database import Session
from shared.events.procurement import PaymentConfirmed
from shared.routing import Paging

payment = table_of(CooperativePayment)
line = table_of(PaymentLine)


async def known(session: Session, dialect: str, settlement_ids: Iterable[str]) -> set[str]:
    """Return those of the settlements that are here."""
    return set((await session.scalars(_known(dialect), as_rows([each] for each in sorted(settlement_ids)))).all())


@cache
def _known(dialect: str) -> Select[Any]:
    asked = given(dialect, settlement_id=Text)
    return select(settlement.c.settlement_id).join(asked, asked.c.settlement_id == settlement.c.settlement_id)


async def insert_payments(session: Session, dialect: str, events: Sequence[PaymentConfirmed]) -> set[str]:
    """Keep payments with their lines; returns the ids of those that were not here before."""
    by_id = {event.payment_id: event for event in events}
    names = [column.name for column in payment.columns]
    rows = [{name: getattr(by_id[key], name) for name in names} for key in sorted(by_id)]
    inserted = (await session.scalars(insert_new(dialect, payment).returning(payment.c.payment_id), rows)).all()
    fen: dict[tuple[str, str], int] = {}
    for key in inserted:
        for each in by_id[key].settlements:
            fen[key, each.settlement_id] = fen.get((key, each.settlement_id), 0) + each.amount_fen
    lines = [{"payment_id": key[0], "settlement_id": key[1], "amount_fen": each} for key, each in fen.items()]
    if lines:
        await session.execute(insert(line), lines)
    return set(inserted)


async def brought(
    session: Session, dialect: str, settlement_ids: Iterable[str]
) -> list[tuple[str, int, list[tuple[date, int]]]]:
    """Return the id and fen of settlements with what payments brought of each, by day."""
    rows = await session.execute(_brought(dialect), as_rows([each] for each in sorted(settlement_ids)))
    of_settlement = groupby(rows.all(), key=lambda row: (str(row[0]), int(row[1])))
    return [(*key, [(row[2], row[3]) for row in lines]) for key, lines in of_settlement]


@cache
def _brought(dialect: str) -> Select[Any]:
    asked = given(dialect, settlement_id=Text)
    return (
        select(settlement.c.settlement_id, settlement.c.amount_fen, payment.c.paid_on, line.c.amount_fen)
        .join(asked, asked.c.settlement_id == settlement.c.settlement_id)
        .join(line, line.c.settlement_id == settlement.c.settlement_id)
        .join(payment, payment.c.payment_id == line.c.payment_id)
        .order_by(settlement.c.settlement_id)
    )


async def mark_paid(session: Session, dialect: str, days: Mapping[str, date | None]) -> None:
    """Write since when cooperatives have the money of settlements; what was passed on to households stays so."""
    if days:
        rows = as_rows(sorted(days.items()))
        await session.execute(_mark(dialect), rows)
        await session.execute(_mark_parts(dialect), rows)


@cache
def _mark(dialect: str) -> Update:
    new = given(dialect, settlement_id=Text, day=Date)
    return (
        update(settlement)
        .where(settlement.c.settlement_id == new.c.settlement_id)
        .values({settlement.c.paid_on: new.c.day})
    )


@cache
def _mark_parts(dialect: str) -> Update:
    new = given(dialect, settlement_id=Text, day=Date)
    return (
        update(income)
        .where(income.c.settlement_id == new.c.settlement_id, income.c.payout_id.is_(None))
        .values({income.c.cooperative_paid_on: new.c.day})
    )


async def page(session: Session, cooperative_id: str, paging: Paging) -> Sequence[Row[Any]]:
    """Return up to `limit` payments of a cooperative by id, each with what of it waits for how many households."""
    shown = (
        select(payment)
        .where(payment.c.cooperative_id == cooperative_id, payment.c.payment_id > (paging.after or ""))
        .order_by(payment.c.payment_id)
        .limit(paging.limit)
        .subquery()
    )
    # What waits is told apart as it is counted: as a condition of the join PostgreSQL looked for it by the index of all
    # that waits in the country, once for each settlement.
    statement = (
        select(
            shown,
            func.count(income.c.household_id.distinct()).filter(waits).label("waiting_households"),
            func.coalesce(func.sum(income.c.amount_fen).filter(waits), 0).label("waiting_fen"),
        )
        .outerjoin(line, line.c.payment_id == shown.c.payment_id)
        .outerjoin(income, income.c.settlement_id == line.c.settlement_id)
        .group_by(*shown.c)
        .order_by(shown.c.payment_id)
    )
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


async def settlements_of(session: Session, payment_id: str) -> tuple[str | None, frozenset[str]]:
    """Return whose payment it is (None: nobody's) and the settlements it brought money of."""
    owner = await session.scalar(select(payment.c.cooperative_id).where(payment.c.payment_id == payment_id))
    named = await session.scalars(select(line.c.settlement_id).where(line.c.payment_id == payment_id))
    return owner, frozenset(named.all())
