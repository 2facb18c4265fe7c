"""All SQL about households, memberships and statuses."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Date, Row, Select, Text, bindparam, exists, func, insert, select, update

from services.farmers.cooperatives.queries import is_poor
from services.farmers.households.domain import SINCE_EVER, Member, Period, Standing
from services.farmers.households.models import Household, HouseholdStatus, Membership
from services.farmers.rows import as_rows, given
from services.farmers.tables import insert_new, table_of
from shared.database import Session
from shared.errors import NotFound
from shared.routing import Paging

household = table_of(Household)
membership = table_of(Membership)
status = table_of(HouseholdStatus)


async def members(session: Session, dialect: str, ids: Iterable[str]) -> dict[str, Member]:
    """Return those of the households that exist."""
    found = await session.execute(_members(dialect), as_rows([each] for each in set(ids)))
    return {row[0]: Member(*row) for row in found.all()}


@cache
def _members(dialect: str) -> Select[Any]:
    asked = given(dialect, household_id=Text)
    return select(household.c.household_id, household.c.cooperative_id, household.c.town_code).join(
        asked, asked.c.household_id == household.c.household_id
    )


async def insert_members(session: Session, dialect: str, new: Sequence[Member]) -> set[str]:
    """Insert households, members since ever; returns the ids nobody else inserted at the same moment."""
    if not new:
        return set()
    rows = [
        {"household_id": each.household_id, "cooperative_id": each.cooperative_id, "town_code": each.town_code}
        for each in sorted(new, key=lambda each: each.household_id)
    ]
    inserted = set(
        (await session.scalars(insert_new(dialect, household).returning(household.c.household_id), rows)).all()
    )
    begun = [
        {"household_id": each.household_id, "from_day": SINCE_EVER, "cooperative_id": each.cooperative_id}
        for each in new
        if each.household_id in inserted
    ]
    if begun:
        await session.execute(insert(membership), begun)
    return inserted


async def update_members(session: Session, changed: Sequence[Member]) -> None:
    """Write the present cooperative and town of households."""
    if changed:
        statement = (
            update(household)
            .where(household.c.household_id == bindparam("key"))
            .values(cooperative_id=bindparam("cooperative"), town_code=bindparam("town"))
        )
        rows = [{"key": e.household_id, "cooperative": e.cooperative_id, "town": e.town_code} for e in changed]
        await session.execute(statement, rows)


async def move_memberships(session: Session, dialect: str, moved: Sequence[Member], day: date) -> None:
    """Let memberships end the day before `day` and new ones begin on it.

    A second move on one day corrects the first.
    """
    if not moved:
        return
    own = (membership.c.household_id == bindparam("key"), membership.c.until_day.is_(None))
    keys = [{"key": each.household_id, "cooperative": each.cooperative_id} for each in moved]
    ended = update(membership).where(*own, membership.c.from_day < day).values(until_day=day - timedelta(days=1))
    await session.execute(ended, [{"key": row["key"]} for row in keys])
    corrected = update(membership).where(*own).values(cooperative_id=bindparam("cooperative"))
    await session.execute(corrected, keys)
    begun = [{"household_id": e.household_id, "from_day": day, "cooperative_id": e.cooperative_id} for e in moved]
    await session.execute(insert_new(dialect, membership), begun)


async def histories(session: Session, dialect: str, ids: Iterable[str]) -> dict[str, list[Period]]:
    """Return the statuses of households, each history ordered by its days."""
    found = await session.execute(_histories(dialect), as_rows([each] for each in set(ids)))
    by_household = groupby(found.all(), key=lambda row: str(row[0]))
    return {key: [Period(*row[1:]) for row in rows] for key, rows in by_household}


@cache
def _histories(dialect: str) -> Select[Any]:
    asked = given(dialect, household_id=Text)
    columns = (status.c.household_id, status.c.from_day, status.c.until_day, status.c.status, status.c.source)
    return (
        select(*columns)
        .join(asked, asked.c.household_id == status.c.household_id)
        .order_by(status.c.household_id, status.c.from_day)
    )


async def insert_statuses(session: Session, new: Sequence[tuple[str, Period]]) -> None:
    """Add periods to histories; the households' cooperatives are locked."""
    if new:
        rows = [
            {
                "household_id": household_id,
                "from_day": period.from_day,
                "until_day": period.until_day,
                "status": period.status,
                "source": period.source,
            }
            for household_id, period in new
        ]
        await session.execute(insert(status), rows)


async def standings(
    session: Session, dialect: str, asked: Collection[tuple[str, str, date]]
) -> dict[tuple[str, str, date], Standing]:
    """Return how each (household, cooperative, day) stands; unknown households are no members."""
    if not asked:
        return {}
    found = await session.execute(_standings(dialect), as_rows(sorted(asked)))
    return {(row[0], row[1], row[2]): Standing(bool(row[3]), bool(row[4])) for row in found.all()}


@cache
def _standings(dialect: str) -> Select[Any]:
    asked = given(dialect, household_id=Text, cooperative_id=Text, day=Date)
    lasts = membership.c.until_day.is_(None) | (membership.c.until_day >= asked.c.day)
    belongs = exists().where(
        membership.c.household_id == asked.c.household_id,
        membership.c.cooperative_id == asked.c.cooperative_id,
        membership.c.from_day <= asked.c.day,
        lasts,
    )
    return select(
        asked.c.household_id, asked.c.cooperative_id, asked.c.day, belongs, is_poor(asked.c.household_id, asked.c.day)
    )


async def page(session: Session, cooperative_id: str, paging: Paging) -> Sequence[Row[Any]]:
    """Return up to `limit` households of a cooperative: (household_id, town_code), ordered by id."""
    statement = (
        select(household.c.household_id, household.c.town_code)
        .where(household.c.cooperative_id == cooperative_id)
        .order_by(household.c.household_id)
        .limit(paging.limit)
    )
    if paging.after is not None:
        statement = statement.where(household.c.household_id > paging.after)
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


async def require(session: Session, household_id: str) -> None:
    """Raise NotFound for a household nobody registered."""
    statement = select(func.count()).select_from(household).where(household.c.household_id == household_id)
    if not await session.scalar(statement):
        raise NotFound("household", household_id)
