"""All SQL about households, memberships and statuses."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Date, Insert, Row, Select, Text, bindparam, exists, func, select, update

from services.farmers.cooperatives.queries import is_poor
from services.farmers.households.domain import Member, Period, Standing
from services.farmers.households.models import Household, HouseholdStatus, Membership
from services.farmers.rows import as_rows, given
from services.farmers.tables import insert_new, table_of
from shared.database import Session
from shared.errors import NotFound
from shared.prepared import Prepared
from shared.routing import Paging

household = table_of(Household)
membership = table_of(Membership)
status = table_of(HouseholdStatus)


async def members(session: Session, ids: Iterable[str]) -> dict[str, Member]:
    """Return those of the households that exist."""
    found = await session.run(_members, as_rows([each] for each in set(ids)))
    return {row[0]: Member(*row) for row in found}


@Prepared
def _members(dialect: str) -> Select[Any]:
    asked = given(dialect, household_id=Text)
    return select(household.c.household_id, household.c.cooperative_id, household.c.town_code).join(
        asked, asked.c.household_id == household.c.household_id
    )


async def insert_members(session: Session, new: Sequence[Member]) -> set[str]:
    """Insert households; returns the ids nobody else inserted at the same moment."""
    if not new:
        return set()
    rows = sorted((each.household_id, each.cooperative_id, each.town_code) for each in new)
    return {row[0] for row in await session.run(_insert_members, as_rows(rows))}


@Prepared
def _insert_members(dialect: str) -> Insert:
    said = given(dialect, household_id=Text, cooperative_id=Text, town_code=Text)
    # Without a WHERE, SQLite takes the ON of ON CONFLICT for a join's.
    rows = select(*said.c).where(said.c.household_id.is_not(None))
    new = insert_new(dialect, household).from_select([column.name for column in said.c], rows)
    return new.returning(household.c.household_id)


async def update_members(session: Session, changed: Sequence[Member]) -> None:
    """Write the newest cooperative and the town of households."""
    if changed:
        statement = (
            update(household)
            .where(household.c.household_id == bindparam("key"))
            .values(cooperative_id=bindparam("cooperative"), town_code=bindparam("town"))
        )
        rows = [{"key": e.household_id, "cooperative": e.cooperative_id, "town": e.town_code} for e in changed]
        await session.execute(statement, rows)


async def histories(session: Session, ids: Iterable[str]) -> dict[str, list[Period]]:
    """Return the statuses of households, each history ordered by its days."""
    found = await session.run(_histories, as_rows([each] for each in set(ids)))
    by_household = groupby(found, key=lambda row: str(row[0]))
    return {key: [Period(*row[1:]) for row in rows] for key, rows in by_household}


@Prepared
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
        names = ("household_id", "from_day", "until_day", "status", "source")
        await session.fill(status, names, [(key, *(getattr(one, name) for name in names[1:])) for key, one in new])


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


async def page(session: Session, cooperative_id: str, day: date, paging: Paging) -> Sequence[Row[Any]]:
    """Return up to `limit` members of a cooperative on a day: (household_id, town_code), ordered by id."""
    lasts = membership.c.until_day.is_(None) | (membership.c.until_day >= day)
    statement = (
        select(household.c.household_id, household.c.town_code)
        .join(membership, membership.c.household_id == household.c.household_id)
        .where(membership.c.cooperative_id == cooperative_id, membership.c.from_day <= day, lasts)
        .order_by(household.c.household_id)
        .limit(paging.limit)
    )
    if paging.after is not None:
        statement = statement.where(household.c.household_id > paging.after)
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


async def one(session: Session, household_id: str) -> Member:
    """Return a household. Raises NotFound."""
    found = await members(session, [household_id])
    if household_id not in found:
        raise NotFound("household", household_id)
    return found[household_id]


async def require(session: Session, household_id: str) -> None:
    """Raise NotFound for a household nobody registered."""
    statement = select(func.count()).select_from(household).where(household.c.household_id == household_id)
    if not await session.scalar(statement):
        raise NotFound("household", household_id)
