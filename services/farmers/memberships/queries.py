"""All SQL about memberships."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, Text, bindparam, func, literal, or_, select, union, update

from services.farmers.cooperatives.queries import belongs_on
from services.farmers.households.models import Household, HouseholdStatus
from services.farmers.households.models import Membership as Row
from services.farmers.lots.models import Lot, LotContribution
from services.farmers.memberships.domain import Membership
from services.farmers.rows import as_rows, given
from services.farmers.tables import table_of
from shared.database import Session
from shared.prepared import Prepared

household = table_of(Household)
status = table_of(HouseholdStatus)
membership = table_of(Row)
lot = table_of(Lot)
contribution = table_of(LotContribution)


async def histories(session: Session, ids: Iterable[str]) -> dict[str, list[Membership]]:
    """Return the memberships of households, each history ordered by its days."""
    found = await session.run(_histories, as_rows([each] for each in set(ids)))
    by_household = groupby(found, key=lambda row: str(row[0]))
    return {key: [Membership(*row[1:]) for row in rows] for key, rows in by_household}


@Prepared
def _histories(dialect: str) -> Select[Any]:
    asked = given(dialect, household_id=Text)
    columns = (membership.c.household_id, membership.c.cooperative_id, membership.c.from_day, membership.c.until_day)
    return (
        select(*columns)
        .join(asked, asked.c.household_id == membership.c.household_id)
        .order_by(membership.c.household_id, membership.c.from_day)
    )


async def owners_on(session: Session, ids: Iterable[str], day: date) -> set[str]:
    """Return the cooperatives that households belong to on a day."""
    found = await session.run(_owners_on, as_rows([each] for each in set(ids)) | {"day": day})
    return {row[0] for row in found}


@Prepared
def _owners_on(dialect: str) -> Select[Any]:
    asked = given(dialect, household_id=Text)
    named = membership.join(asked, asked.c.household_id == membership.c.household_id)
    day: ColumnElement[date] = bindparam("day", type_=Date)
    return select(membership.c.cooperative_id).select_from(named).where(belongs_on(day)).distinct()


async def insert_begun(session: Session, begun: Sequence[tuple[str, Membership]]) -> None:
    """Add memberships of households; the cooperatives concerned are locked."""
    if begun:
        names = ("household_id", "from_day", "until_day", "cooperative_id")
        rows = [(key, one.from_day, one.until_day, one.cooperative_id) for key, one in begun]
        await session.fill(membership, names, rows)


async def end(session: Session, household_id: str, ended: Membership) -> None:
    """Write the end of a membership; the cooperative is locked."""
    own = (membership.c.household_id == household_id, membership.c.from_day == ended.from_day)
    await session.execute(update(membership).where(*own).values(until_day=ended.until_day))


async def settle_in(session: Session, household_id: str, cooperative_id: str) -> None:
    """Write the cooperative of a household's newest membership beside the household."""
    own = household.c.household_id == household_id
    await session.execute(update(household).where(own).values(cooperative_id=cooperative_id))


async def last_harvest(session: Session, household_id: str, cooperative_id: str) -> date | None:
    """Return the newest harvest day of the cooperative's lots the household brought something to."""
    statement = (
        select(func.max(lot.c.harvest_day))
        .join(contribution, contribution.c.lot_id == lot.c.lot_id)
        .where(contribution.c.household_id == household_id, lot.c.cooperative_id == cooperative_id)
    )
    day: date | None = await session.scalar(statement)
    return day


async def cooperatives_with_changes(session: Session, since: date, until: date) -> list[str]:
    """Return the cooperatives whose counts may differ since a day: something began, or ended the day before."""
    eve = since - timedelta(days=1), until - timedelta(days=1)
    members = select(membership.c.cooperative_id).where(
        or_(membership.c.from_day.between(since, until), membership.c.until_day.between(*eve))
    )
    statuses = (
        select(membership.c.cooperative_id)
        .join(status, status.c.household_id == membership.c.household_id)
        .where(or_(status.c.from_day.between(since, until), status.c.until_day.between(*eve)))
        .where(belongs_on(literal(until, Date)))
    )
    return sorted((await session.scalars(union(members, statuses))).all())
