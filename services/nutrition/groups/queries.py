"""SQL of groups of canteens."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, insert, select

from services.nutrition.canteens.queries import canteen
from services.nutrition.groups.models import CanteenGroup, CanteenGroupMember
from services.nutrition.tables import table_of
from services.nutrition.upserts import Key, Merged, merge
from shared.auth.finding import finder
from shared.database import Session
from shared.errors import NotFound
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

group, member = table_of(CanteenGroup), table_of(CanteenGroupMember)
MEMBER = and_(canteen.c.canteen_id == member.c.canteen_id, canteen.c.county_code == group.c.county_code)
"""Those that moved to another county are no members any more."""
WITH_MEMBERS = group.outerjoin(member, member.c.group_id == group.c.group_id).outerjoin(canteen, MEMBER)
tenants_of = finder(group.c.group_id, county=group.c.county_code)
members_of = finder(group.c.group_id, county=group.c.county_code, canteen=canteen.c.canteen_id, source=WITH_MEMBERS)


async def put(uow: UnitOfWork, rows: Mapping[Key, dict[str, Any]]) -> Merged:
    """Insert or update groups, each with the list `canteen_ids` beside its columns."""
    plain = {key: {name: value for name, value in row.items() if name != "canteen_ids"} for key, row in rows.items()}
    merged = await merge(uow, group, ["group_id"], plain)
    told = [group_id for (group_id,) in merged.told]
    if told:
        await uow.session.execute(delete(member).where(member.c.group_id.in_(told)))
    members = [{"group_id": key, "canteen_id": one} for key in told for one in rows[(key,)]["canteen_ids"]]
    if members:
        await uow.session.execute(insert(member), members)
    return merged


async def one(session: Session, group_id: str, field: str | None = None) -> Row[Any]:
    """Return a group's row; NotFound names the id, and the field it was asked for in."""
    row: Row[Any] | None = (await session.execute(select(group).where(group.c.group_id == group_id))).first()
    if row is None:
        raise NotFound("canteen-group", group_id, field=field)
    return row


async def counties(session: Session, group_ids: Collection[str]) -> dict[str, str]:
    """Return the county of each of these groups that is known."""
    wanted = select(group.c.group_id, group.c.county_code).where(group.c.group_id.in_(sorted(group_ids)))
    return {group_id: county for group_id, county in (await session.execute(wanted)).all()}


def has_member(column: ColumnElement[Any], canteen_id: str) -> ColumnElement[bool]:
    """Return the condition that a canteen is in the group of a column."""
    joined = member.join(group, group.c.group_id == member.c.group_id).join(canteen, MEMBER)
    return column.in_(select(member.c.group_id).select_from(joined).where(member.c.canteen_id == canteen_id))


async def page(session: Session, paging: Paging, county_code: str | None, canteen_id: str | None) -> Sequence[Row[Any]]:
    """Return groups ordered by id, of a county, a canteen or all."""
    statement = select(group).order_by(group.c.group_id).limit(paging.limit)
    if county_code is not None:
        statement = statement.where(group.c.county_code == county_code)
    if canteen_id is not None:
        statement = statement.where(has_member(group.c.group_id, canteen_id))
    if paging.after is not None:
        statement = statement.where(group.c.group_id > paging.after)
    return list((await session.execute(statement)).all())


async def members(session: Session, group_ids: Collection[str]) -> dict[str, list[str]]:
    """Return the canteens of groups, by id; those that moved to another county meanwhile are no members any more."""
    joined = member.join(group, group.c.group_id == member.c.group_id).join(canteen, MEMBER)
    wanted = select(member.c.group_id, member.c.canteen_id).select_from(joined)
    found: dict[str, list[str]] = {group_id: [] for group_id in group_ids}
    these = wanted.where(member.c.group_id.in_(sorted(group_ids))).order_by(member.c.group_id, member.c.canteen_id)
    for group_id, canteen_id in (await session.execute(these)).all():
        found[group_id].append(canteen_id)
    return found
