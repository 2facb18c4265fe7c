"""All SQL of the ageing list. What a household owes by corrections is deducted; whoever gets nothing is not listed."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, Subquery, and_, case, func, literal, or_, select

from services.farmers.ageing.domain import BUCKETS, Bucket, Place
from services.farmers.cooperatives.models import Cooperative
from services.farmers.cooperatives.queries import is_poor
from services.farmers.income.queries import income, waits
from services.farmers.statements.domain import Cursor
from services.farmers.tables import table_of
from shared.database import Session

cooperative = table_of(Cooperative)


def _of(bucket: Bucket, today: date) -> ColumnElement[int]:
    first, last = bucket.begun(today)
    since = income.c.cooperative_paid_on
    inside = since <= last if first is None else since.between(first, last)
    return func.sum(case((inside, income.c.amount_fen), else_=0))


def _waiting(place: Place, today: date) -> Subquery:
    """Return the households that wait: cooperative, household, since, settlements, fen in all and by bucket."""
    since = func.min(case((income.c.amount_fen > 0, income.c.cooperative_paid_on)))
    columns = [_of(bucket, today).label(f"bucket_{number}") for number, bucket in enumerate(BUCKETS)]
    statement = (
        select(
            income.c.cooperative_id,
            income.c.household_id,
            since.label("since"),
            func.count().label("settlements"),
            func.sum(income.c.amount_fen).label("amount_fen"),
            *columns,
        )
        .where(waits)
        .group_by(income.c.cooperative_id, income.c.household_id)
        .having(func.sum(income.c.amount_fen) > 0)
    )
    if place.county_code is not None:
        statement = statement.join(cooperative, cooperative.c.cooperative_id == income.c.cooperative_id).where(
            cooperative.c.county_code == place.county_code
        )
    if place.cooperative_id is not None:
        statement = statement.where(income.c.cooperative_id == place.cooperative_id)
    return statement.subquery()


async def page(
    session: Session, place: Place, today: date, limit: int, after: tuple[Cursor, str] | None
) -> Sequence[Row[Any]]:
    """Return up to `limit` households that wait, the longest first; `after` is the last one's day, id, cooperative."""
    found = _waiting(place, today)
    order = (found.c.since, found.c.household_id, found.c.cooperative_id)
    poor = is_poor(found.c.household_id, literal(today, Date))
    statement = select(found, poor.label("poor")).order_by(*order).limit(limit)
    if after is not None:
        cursor, cooperative_id = after
        same = and_(found.c.household_id == cursor.key, found.c.cooperative_id > cooperative_id)
        on_day = and_(found.c.since == cursor.day, or_(found.c.household_id > cursor.key, same))
        statement = statement.where(or_(found.c.since > cursor.day, on_day))
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


async def totals(session: Session, place: Place, today: date) -> Row[Any]:
    """Return how many households wait for how much, in all and by bucket; one may stand in several."""
    found = _waiting(place, today)
    buckets = [found.c[f"bucket_{number}"] for number in range(len(BUCKETS))]
    statement = select(
        func.count().label("households"),
        func.coalesce(func.sum(found.c.amount_fen), 0).label("amount_fen"),
        *(func.coalesce(func.sum(each), 0).label(f"fen_{n}") for n, each in enumerate(buckets)),
        *(func.count(case((each != 0, 1))).label(f"households_{n}") for n, each in enumerate(buckets)),
    )
    row: Row[Any] = (await session.execute(statement)).one()
    return row
