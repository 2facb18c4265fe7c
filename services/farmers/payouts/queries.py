"""All SQL about payouts."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from functools import cache
from typing import Any

from sqlalchemy import Row, Text, and_, case, false, insert, null, select, true, update
from sqlalchemy.sql.dml import ReturningUpdate

from services.farmers.cooperatives.queries import lies_in
from services.farmers.income.queries import due, income, settlement
from services.farmers.payouts.domain import Part, Payout
from services.farmers.payouts.models import Payout as PayoutTable
from services.farmers.payouts.models import PayoutLine
from services.farmers.rows import as_rows, given
from services.farmers.tables import insert_new, table_of
from shared.database import Session
from shared.errors import Conflict, NotFound
from shared.fields import PayoutMethod
from shared.routing import Paging

payout = table_of(PayoutTable)
line = table_of(PayoutLine)

_PAYOUT = [field.name for field in fields(Payout)]
_payable = case((and_(income.c.payout_id.is_(None), income.c.cooperative_paid_on.is_not(None)), true()), else_=false())
"""That a part may be paid; said so that the planner draws no conclusion from it. Where it last looked before payments
came, it expects one such part, and looks through all that is to be paid for each part that could be.
"""
_part = (income.c.household_id, income.c.settlement_id, income.c.amount_fen, income.c.cooperative_paid_on)


async def find(session: Session, payout_id: str) -> Payout | None:
    """Return a payout if there is one of that id."""
    statement = select(*(payout.c[name] for name in _PAYOUT)).where(payout.c.payout_id == payout_id)
    row = (await session.execute(statement)).first()
    return None if row is None else _payout(row)


async def one(session: Session, payout_id: str) -> Payout:
    """Return a payout. Raises NotFound."""
    found = await find(session, payout_id)
    if found is None:
        raise NotFound("payout", payout_id)
    return found


def _payout(row: Row[Any]) -> Payout:
    values = dict(row._mapping)
    return Payout(**values | {"method": PayoutMethod(row.method)})


async def page(session: Session, cooperative_id: str | None, county_code: str | None, paging: Paging) -> list[Payout]:
    """Return up to `limit` payouts, ordered by id."""
    statement = select(*(payout.c[name] for name in _PAYOUT)).order_by(payout.c.payout_id).limit(paging.limit)
    if paging.after is not None:
        statement = statement.where(payout.c.payout_id > paging.after)
    if cooperative_id is not None:
        statement = statement.where(payout.c.cooperative_id == cooperative_id)
    if county_code is not None:
        statement = statement.where(lies_in(payout.c.cooperative_id, county_code))
    return [_payout(row) for row in await session.execute(statement)]


async def lines(session: Session, payout_id: str, paging: Paging) -> tuple[list[Part], str | None]:
    """Return what a payout brought up to `limit` households, and the household the next page starts after."""
    own = line.c.payout_id == payout_id
    named = select(line.c.household_id).distinct().where(own, line.c.household_id > (paging.after or ""))
    households = (await session.scalars(named.order_by(line.c.household_id).limit(paging.limit))).all()
    if not households:
        return [], None
    statement = (
        select(line.c.household_id, line.c.settlement_id, line.c.amount_fen)
        .where(own, line.c.household_id.between(households[0], households[-1]))
        .order_by(line.c.household_id, line.c.settlement_id)
    )
    found = [Part(*row) for row in await session.execute(statement)]
    return found, households[-1] if len(households) == paging.limit else None


async def unpaid(session: Session, cooperative_id: str, households: Sequence[str] | None) -> list[Part]:
    """Return the parts a cooperative has not passed on yet, if it was paid itself or households are named."""
    statement = select(*_part).where(income.c.cooperative_id == cooperative_id, income.c.payout_id.is_(None), due)
    if households is None:
        statement = statement.where(income.c.cooperative_paid_on.is_not(None))
    else:
        statement = statement.where(income.c.household_id.in_(sorted(set(households))))
    return [Part(*row) for row in await session.execute(statement)]


async def standing(session: Session, payout_id: str) -> list[Part]:
    """Return the parts that were paid by a payout and not taken back."""
    return [Part(*row) for row in await session.execute(select(*_part).where(income.c.payout_id == payout_id))]


async def insert_payout(session: Session, dialect: str, new: Payout, parts: Sequence[Part]) -> None:
    """Write a payout and its lines. Raises Conflict where somebody recorded one of that id just now."""
    statement = insert_new(dialect, payout).returning(payout.c.payout_id)
    if (await session.scalars(statement, [asdict(new) | {"method": str(new.method)}])).first() is None:
        raise _meanwhile()
    rows = [
        {
            "payout_id": new.payout_id,
            "household_id": part.household_id,
            "settlement_id": part.settlement_id,
            "amount_fen": part.amount_fen,
        }
        for part in parts
    ]
    await session.execute(insert(line), rows)


async def take(session: Session, dialect: str, payout_id: str, parts: Iterable[Part]) -> None:
    """Mark parts as paid by a payout. Raises Conflict, and all is undone, should one be paid, or not payable."""
    await _move(session, taking(dialect), [(part.household_id, part.settlement_id, payout_id) for part in parts])


async def give_back(session: Session, dialect: str, payout_id: str, parts: Iterable[Part]) -> None:
    """Let parts that a payout paid wait again. Raises Conflict, and all is undone, should one not be paid by it."""
    await _move(session, _give_back(dialect), [(part.household_id, part.settlement_id, payout_id) for part in parts])


async def _move(session: Session, statement: ReturningUpdate[Any], rows: Sequence[tuple[str, str, str]]) -> None:
    moved = await session.scalars(statement, as_rows(rows))
    if len(moved.all()) != len(rows):
        raise _meanwhile()


@cache
def taking(dialect: str) -> ReturningUpdate[Any]:
    """Return the statement that marks parts, given by household and settlement, as paid by a payout."""
    new = given(dialect, household_id=Text, settlement_id=Text, payout_id=Text)
    return (
        update(income)
        .where(income.c.settlement_id == new.c.settlement_id, income.c.household_id == new.c.household_id)
        .where(_payable)
        .values({income.c.payout_id: new.c.payout_id})
        .returning(income.c.settlement_id)
    )


@cache
def _give_back(dialect: str) -> ReturningUpdate[Any]:
    old = given(dialect, household_id=Text, settlement_id=Text, payout_id=Text)
    # A payment that came back meanwhile left alone what was passed on.
    since = select(settlement.c.paid_on).where(settlement.c.settlement_id == income.c.settlement_id).scalar_subquery()
    return (
        update(income)
        .where(income.c.settlement_id == old.c.settlement_id, income.c.household_id == old.c.household_id)
        .where(income.c.payout_id == old.c.payout_id)
        .values({income.c.payout_id: null(), income.c.cooperative_paid_on: since})
        .returning(income.c.settlement_id)
    )


def _meanwhile() -> Conflict:
    return Conflict("changed-meanwhile", "somebody else paid or took back some of it just now")
