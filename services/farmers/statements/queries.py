"""All SQL about statements."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Executable, Row, and_, case, func, or_, select

from services.farmers.cooperatives.models import Cooperative
from services.farmers.income.models import HouseholdIncome, Settlement
from services.farmers.payouts.models import Payout
from services.farmers.statements.domain import Cursor, Months
from services.farmers.tables import table_of
from shared.database import Session

income = table_of(HouseholdIncome)
settlement = table_of(Settlement)
payout = table_of(Payout)
cooperative = table_of(Cooperative)

_unpaid = income.c.payout_id.is_(None)
_there = income.c.cooperative_paid_on.is_not(None)


def _fen(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((and_(*conditions), income.c.amount_fen), else_=0)), 0)


_SUMS = (
    func.coalesce(func.sum(income.c.accepted_g), 0).label("accepted_g"),
    func.coalesce(func.sum(income.c.amount_fen), 0).label("amount_fen"),
    _fen(income.c.payout_id.is_not(None)).label("paid_fen"),
    _fen(_unpaid, _there).label("waiting_fen"),
    _fen(_unpaid, income.c.cooperative_paid_on.is_(None)).label("awaiting_cooperative_fen"),
)
"""What was earned, and how far it has come: amount = paid + waiting + awaiting_cooperative."""
_HOUSEHOLDS = (
    func.count(income.c.household_id.distinct()).label("households"),
    func.count(case((income.c.poor, income.c.household_id)).distinct()).label("poor_households"),
    func.coalesce(func.sum(income.c.poor_fen), 0).label("poor_households_fen"),
)
_SINCE = func.min(case((and_(_unpaid, _there, income.c.amount_fen > 0), income.c.cooperative_paid_on)))


def _in(months: Months) -> ColumnElement[bool]:
    return income.c.month.between(months.first, months.last)


async def parts(
    session: Session, household_id: str, months: Months, limit: int, after: Cursor | None
) -> Sequence[Row[Any]]:
    """Return up to `limit` parts of a household's settlements, by delivery day, each with how it was paid."""
    own = (income.c.poor, income.c.accepted_g, income.c.amount_fen, income.c.cooperative_paid_on, income.c.payout_id)
    of = (settlement.c.order_id, settlement.c.canteen_id, settlement.c.cooperative_id, settlement.c.delivery_day)
    statement = (
        select(income.c.settlement_id, *of, *own, payout.c.paid_on, payout.c.method)
        .join(settlement, settlement.c.settlement_id == income.c.settlement_id)
        .outerjoin(payout, payout.c.payout_id == income.c.payout_id)
        .where(income.c.household_id == household_id, _in(months))
        .order_by(settlement.c.delivery_day, income.c.settlement_id)
        .limit(limit)
    )
    if after is not None:
        later = settlement.c.delivery_day > after.day
        same = and_(settlement.c.delivery_day == after.day, income.c.settlement_id > after.key)
        statement = statement.where(or_(later, same))
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


async def of_household(session: Session, household_id: str, months: Months) -> Row[Any]:
    """Return the sums of a household's parts."""
    return await _row(session, select(*_SUMS).where(income.c.household_id == household_id, _in(months)))


async def of_cooperative(session: Session, cooperative_id: str, months: Months) -> Row[Any]:
    """Return the sums and counts of a cooperative's households."""
    statement = select(*_SUMS, *_HOUSEHOLDS).where(income.c.cooperative_id == cooperative_id, _in(months))
    return await _row(session, statement)


async def own_of_cooperative(session: Session, cooperative_id: str, months: Months) -> Row[Any]:
    """Return what a cooperative earned itself, and how much of that it was paid."""
    statement = select(*_own()).where(
        settlement.c.cooperative_id == cooperative_id, settlement.c.month.between(months.first, months.last)
    )
    return await _row(session, statement)


def _own() -> tuple[ColumnElement[int], ColumnElement[int]]:
    paid = case((settlement.c.paid_on.is_not(None), settlement.c.cooperative_fen), else_=0)
    return (
        func.coalesce(func.sum(settlement.c.cooperative_fen), 0).label("own_fen"),
        func.coalesce(func.sum(paid), 0).label("own_paid_fen"),
    )


async def households(
    session: Session, cooperative_id: str, months: Months, limit: int, after: str | None
) -> Sequence[Row[Any]]:
    """Return the sums of up to `limit` of a cooperative's households, by id, and since when each waits."""
    statement = (
        select(
            income.c.household_id,
            func.max(case((income.c.poor, 1), else_=0)).label("poor"),
            *_SUMS,
            _SINCE.label("waiting_since"),
        )
        .where(income.c.cooperative_id == cooperative_id, _in(months), income.c.household_id > (after or ""))
        .group_by(income.c.household_id)
        .order_by(income.c.household_id)
        .limit(limit)
    )
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


async def villages(
    session: Session, county_code: str, months: Months, limit: int, after: tuple[str, str] | None
) -> Sequence[Row[Any]]:
    """Return the sums of up to `limit` villages of a county, by town and name; a nameless village is its town's."""
    place = _place()
    found = (
        select(
            *place,
            func.count(income.c.cooperative_id.distinct()).label("cooperatives"),
            *_HOUSEHOLDS,
            *_SUMS,
            _SINCE.label("waiting_since"),
        )
        .join(cooperative, cooperative.c.cooperative_id == income.c.cooperative_id)
        .where(cooperative.c.county_code == county_code, _in(months))
        .group_by(*place)
        .order_by(*place)
        .limit(limit)
    )
    if after is not None:
        same = and_(place[0] == after[0], place[1] > after[1])
        found = found.where(or_(place[0] > after[0], same))
    rows: Sequence[Row[Any]] = (await session.execute(found)).all()
    return rows


async def own_of_villages(session: Session, county_code: str, months: Months) -> dict[tuple[str, str], Row[Any]]:
    """Return what the cooperatives of each village of a county earned themselves, and were paid."""
    place = _place()
    statement = (
        select(*place, *_own())
        .join(cooperative, cooperative.c.cooperative_id == settlement.c.cooperative_id)
        .where(cooperative.c.county_code == county_code)
        .where(settlement.c.month.between(months.first, months.last))
        .group_by(*place)
    )
    return {(row.town_code, row.village): row for row in await session.execute(statement)}


def _place() -> tuple[ColumnElement[str], ColumnElement[str]]:
    return cooperative.c.town_code, func.coalesce(cooperative.c.village, "").label("village")


async def _row(session: Session, statement: Executable) -> Row[Any]:
    row: Row[Any] = (await session.execute(statement)).one()
    return row
