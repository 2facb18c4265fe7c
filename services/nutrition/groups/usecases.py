"""What can happen to groups of canteens."""

from collections.abc import Mapping

from services.nutrition.canteens import queries as canteens
from services.nutrition.forecasts import queries as forecasts
from services.nutrition.groups import queries
from services.nutrition.groups.schemas import GroupRead, GroupRow
from services.nutrition.upserts import digest_of, once_each
from shared.bulk import Imported, Refusal, Rows, parse, refuse
from shared.errors import DomainError, NotFound
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def put_groups(uow: UnitOfWork, body: Rows) -> Imported:
    """Take the good rows; what is forecast for their counties is reckoned again."""
    good, refused = parse(GroupRow, body)
    rows, twice = once_each(good, ["group_id"])
    asked = {canteen_id for _, row in rows.values() for canteen_id in row.canteen_ids}
    counties = {row.canteen_id: row.county_code for row in await canteens.registered(uow.session, asked)}
    before = await queries.counties(uow.session, [row.group_id for _, row in rows.values()])
    broken: list[Refusal] = []
    taken = {}
    for key, (index, row) in rows.items():
        wrong = _wrong(row, counties, before.get(row.group_id))
        if wrong is None:
            taken[key] = row
        else:
            broken.append(refuse(index, wrong))
    merged = await queries.put(uow, {key: row.model_dump() | {"digest": digest_of(row)} for key, row in taken.items()})
    await forecasts.mark_due(uow, {taken[key].county_code for key in merged.told})
    return merged.imported([*refused, *twice, *broken])


def _wrong(row: GroupRow, counties: Mapping[str, str], before: str | None) -> DomainError | None:
    """Return what is wrong with a group: it keeps its county, and its canteens are known and lie there."""
    if before not in (None, row.county_code):
        return DomainError("county-fixed", f"{row.group_id} is a group of county {before}", field="county_code")
    for place, canteen_id in enumerate(row.canteen_ids):
        field = f"canteen_ids.{place}"
        if canteen_id not in counties:
            return NotFound("canteen", canteen_id, field=field)
        if counties[canteen_id] != row.county_code:
            return DomainError("other-county", f"{canteen_id} lies in county {counties[canteen_id]}", field=field)
    return None


async def list_groups(
    uow: UnitOfWork, paging: Paging, county_code: str | None, canteen_id: str | None
) -> list[GroupRead]:
    """Return a page of groups with their canteens, of a county, a canteen or all."""
    rows = await queries.page(uow.session, paging, county_code, canteen_id)
    members = await queries.members(uow.session, [row.group_id for row in rows])
    return [GroupRead(**row._mapping, canteen_ids=members[row.group_id]) for row in rows]


async def read_group(uow: UnitOfWork, group_id: str) -> GroupRead:
    """Return a group with its canteens. Raises NotFound."""
    row = await queries.one(uow.session, group_id)
    return GroupRead(**row._mapping, canteen_ids=(await queries.members(uow.session, [group_id]))[group_id])
