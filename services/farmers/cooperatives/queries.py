"""All SQL about cooperatives."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, fields
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    case,
    func,
    select,
    update,
)

from services.farmers.cooperatives.domain import Cooperative as State
from services.farmers.cooperatives.domain import Counts, Particulars
from services.farmers.cooperatives.models import Cooperative
from services.farmers.households.domain import POOR
from services.farmers.households.models import HouseholdStatus, Membership
from services.farmers.rows import as_rows, given
from services.farmers.tables import insert_new, table_of
from shared.database import Session
from shared.errors import NotFound
from shared.fields import TemperatureClass
from shared.routing import Paging

cooperative = table_of(Cooperative)
membership = table_of(Membership)
status = table_of(HouseholdStatus)

PARTICULARS = [field.name for field in fields(Particulars)]
COUNTS = [field.name for field in fields(Counts)]


def is_poor(household_id: ColumnElement[str], day: ColumnElement[date]) -> ColumnElement[bool]:
    """Return whether a household counts as poor on a day: by the status that began last, unless it has ended."""
    latest = status.alias("latest")
    begins = (
        select(func.max(latest.c.from_day))
        .where(latest.c.household_id == household_id, latest.c.from_day <= day)
        .correlate_except(latest)
        .scalar_subquery()
    )
    lasts = (status.c.until_day.is_(None)) | (status.c.until_day >= day)
    same = and_(status.c.household_id == household_id, status.c.from_day == begins, lasts)
    poor = status.c.status.in_([str(each) for each in POOR])
    return select(status.c.status).where(same, poor).correlate_except(status).exists()


def belongs_on(day: ColumnElement[date]) -> ColumnElement[bool]:
    """Return whether a membership lasts on a day."""
    lasts = membership.c.until_day.is_(None) | (membership.c.until_day >= day)
    return and_(membership.c.from_day <= day, lasts)


def lies_in(cooperative_id: ColumnElement[str], county_code: str) -> ColumnElement[bool]:
    """Return whether a cooperative lies in a county."""
    return cooperative_id.in_(select(cooperative.c.cooperative_id).where(cooperative.c.county_code == county_code))


async def counts_on(
    session: Session, dialect: str, wanted: Collection[tuple[str, date]]
) -> dict[tuple[str, date], Counts]:
    """Return the members of each (cooperative, day), and how many of them count as poor on that day."""
    found = await session.execute(_counts(dialect), as_rows(sorted(wanted)))
    counted = {(row[0], row[1]): Counts(row[2], int(row[3])) for row in found.all()}
    return {key: counted.get(key, Counts()) for key in wanted}


@cache
def _counts(dialect: str) -> Select[Any]:
    asked = given(dialect, cooperative_id=Text, day=Date)
    poor = func.sum(case((is_poor(membership.c.household_id, asked.c.day), 1), else_=0))
    own = and_(membership.c.cooperative_id == asked.c.cooperative_id, belongs_on(asked.c.day))
    return (
        select(asked.c.cooperative_id, asked.c.day, func.count(), poor)
        .select_from(asked.join(membership, own))
        .group_by(asked.c.cooperative_id, asked.c.day)
    )


async def lock(session: Session, dialect: str, ids: Iterable[str], *, alone: bool = False) -> dict[str, State]:
    """Lock those of the cooperatives that exist, in the order of their ids, and return them.

    `alone` waits for those who only `keep` them, too.
    """
    found = await session.execute(_lock(dialect, alone), as_rows([each] for each in sorted(set(ids))))
    return {row.cooperative_id: _state(row) for row in found.all()}


@cache
def _lock(dialect: str, alone: bool) -> Select[Any]:
    return _named(dialect, cooperative).with_for_update(of=cooperative, key_share=not alone)


async def keep(session: Session, dialect: str, ids: Iterable[str]) -> None:
    """Keep others from locking these cooperatives alone; nobody else waits."""
    await session.execute(_keep(dialect), as_rows([each] for each in sorted(set(ids))))


@cache
def _keep(dialect: str) -> Select[Any]:
    ids = _named(dialect, cooperative.c.cooperative_id)
    return ids.with_for_update(of=cooperative, read=True, key_share=True)


def _named(dialect: str, *columns: Any) -> Select[Any]:
    asked = given(dialect, cooperative_id=Text)
    named = cooperative.c.cooperative_id.in_(select(asked.c.cooperative_id))
    return select(*columns).where(named).order_by(cooperative.c.cooperative_id)


async def counties(session: Session, dialect: str, ids: Iterable[str]) -> dict[str, str]:
    """Return the county of those of the cooperatives that exist."""
    found = await session.execute(_counties(dialect), as_rows([each] for each in set(ids)))
    return {row[0]: row[1] for row in found.all()}


@cache
def _counties(dialect: str) -> Select[Any]:
    asked = given(dialect, cooperative_id=Text)
    return select(cooperative.c.cooperative_id, cooperative.c.county_code).join(
        asked, asked.c.cooperative_id == cooperative.c.cooperative_id
    )


async def insert(session: Session, dialect: str, new: Sequence[State]) -> set[str]:
    """Insert cooperatives; returns the ids of those nobody else inserted at the same moment."""
    if not new:
        return set()
    statement = insert_new(dialect, cooperative).returning(cooperative.c.cooperative_id)
    rows = [_row(each) for each in sorted(new, key=lambda each: each.particulars.cooperative_id)]
    return set((await session.scalars(statement, rows)).all())


async def save(session: Session, changed: Sequence[State]) -> None:
    """Write cooperatives that were locked before."""
    if changed:
        own = cooperative.c.cooperative_id == bindparam("key")
        values: dict[str, Any] = {name: bindparam(name) for name in (*PARTICULARS[1:], *COUNTS, "version")}
        statement = update(cooperative).where(own).values(values)
        rows = [{name: value for name, value in _row(each).items() if name in values} for each in changed]
        keys = [each.particulars.cooperative_id for each in changed]
        await session.execute(statement, [row | {"key": key} for row, key in zip(rows, keys, strict=True)])


async def one(session: Session, cooperative_id: str) -> Row[Any]:
    """Return a cooperative. Raises NotFound."""
    found = await session.execute(select(cooperative).where(cooperative.c.cooperative_id == cooperative_id))
    row: Row[Any] | None = found.first()
    if row is None:
        raise NotFound("cooperative", cooperative_id)
    return row


async def page(session: Session, paging: Paging, county_code: str | None) -> Sequence[Row[Any]]:
    """Return up to `limit` cooperatives, ordered by id."""
    statement = select(cooperative).order_by(cooperative.c.cooperative_id).limit(paging.limit)
    if paging.after is not None:
        statement = statement.where(cooperative.c.cooperative_id > paging.after)
    if county_code is not None:
        statement = statement.where(cooperative.c.county_code == county_code)
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


def _state(row: Row[Any]) -> State:
    values = dict(row._mapping)
    values["vehicle_classes"] = (
        None
        if row.vehicle_classes is None
        else tuple(TemperatureClass(each) for each in row.vehicle_classes.split(","))
    )
    values["further_groups"] = (
        None if row.further_groups is None else tuple(filter(None, row.further_groups.split(",")))
    )
    particulars = Particulars(**{name: values[name] for name in PARTICULARS})
    return State(particulars, Counts(**{name: values[name] for name in COUNTS}), row.version, row.registered_at)


def _row(each: State) -> dict[str, Any]:
    further = each.particulars.further_groups
    row = asdict(each.particulars) | asdict(each.counts)
    row["further_groups"] = None if further is None else ",".join(further)
    vehicles = each.particulars.vehicle_classes
    row["vehicle_classes"] = None if vehicles is None else ",".join(vehicles)
    return row | {"version": each.version, "registered_at": each.registered_at}
