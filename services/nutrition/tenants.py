"""Whose the things of nutrition are, and who plans for whom (decision 43)."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, FromClause, bindparam, null, select

from shared.auth.access import Finder
from shared.auth.principal import Kind, Principal, Role, Tenants
from shared.unit_of_work import UnitOfWork

COUNTY = {Role.NUTRITIONIST, Role.ADMINISTRATOR}
"""Who looks after all canteens of a county."""
PLANNERS = {Role.CANTEEN, *COUNTY}
"""Who plans meals: the staff of a canteen for it, the county for all of its canteens."""
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)


def finder(
    key: ColumnElement[Any],
    *where: ColumnElement[bool],
    county: ColumnElement[Any] | None = None,
    canteen: ColumnElement[Any] | None = None,
    source: FromClause | None = None,
) -> Finder:
    """Return what finds whose things are, by the columns that say so; of several rows of one thing all canteens.

    What `where` leaves out is nobody's.
    """
    whose = (null() if county is None else county, null() if canteen is None else canteen)
    statement = select(key, *whose).where(key.in_(_IDS), *where)
    if source is not None:
        statement = statement.select_from(source)

    async def tenants_of(uow: UnitOfWork, ids: Sequence[str]) -> dict[str, Tenants]:
        """Return whose each of these things is that there is."""
        counties: dict[str, str | None] = {}
        canteens: dict[str, set[str]] = {}
        for each, county_code, canteen_id in (await uow.session.execute(statement, {"ids": list(ids)})).all():
            counties[each] = county_code
            canteens.setdefault(each, set()).update(() if canteen_id is None else (canteen_id,))
        return {each: Tenants(county=counties[each], canteen=frozenset(canteens[each])) for each in counties}

    return tenants_of


def planned_by(principal: Principal | None, county_code: str, canteen_ids: Collection[str]) -> list[str]:
    """Return those of a county's canteens whom whoever asks plans for: the county all, the staff of a canteen it."""
    bounds = None if principal is None else principal.bounds({*PLANNERS, Role.SYSTEM})
    if principal is None or bounds is None:
        return list(canteen_ids)
    if Kind.COUNTY in bounds and county_code in principal.own(Kind.COUNTY):
        return list(canteen_ids)
    return [each for each in canteen_ids if Kind.CANTEEN in bounds and each in principal.own(Kind.CANTEEN)]
