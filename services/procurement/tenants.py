"""Whose the things of procurement are, and how much of a county's things somebody is shown (decision 43)."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, FromClause, bindparam, null, select

from services.procurement.rows import in_order
from shared.auth.access import Finder
from shared.auth.principal import EVERYWHERE, Kind, Principal, Role, Tenants
from shared.unit_of_work import UnitOfWork

OFFICIALS = {Role.OFFICIAL, Role.ADMINISTRATOR}
"""Who buys, decides and pays for a county."""
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)


def finder(
    key: ColumnElement[Any],
    *,
    county: ColumnElement[Any] | None = None,
    canteen: ColumnElement[Any] | None = None,
    cooperative: ColumnElement[Any] | None = None,
    source: FromClause | None = None,
) -> Finder:
    """Return what finds whose things are, by the columns that say so; of several rows of one thing it is all's."""
    whose = [null() if column is None else column for column in (county, canteen, cooperative)]
    statement = select(key, *whose).where(key.in_(_IDS)).distinct()
    if source is not None:
        statement = statement.select_from(source)

    async def tenants_of(uow: UnitOfWork, ids: Sequence[str]) -> dict[str, Tenants]:
        """Return whose each of these things is that there is."""
        found: dict[str, tuple[set[str], ...]] = defaultdict(lambda: (set(), set(), set()))
        for some in in_order(ids):
            for each, *owners in await uow.session.execute(statement, {"ids": list(some)}):
                for known, owner in zip(found[each], owners, strict=True):
                    known.update([owner] if owner else ())
        return {each: Tenants(*(frozenset(known) or None for known in owners)) for each, owners in found.items()}

    return tenants_of


def decides_for(principal: Principal | None, county_code: str) -> bool:
    """Whether somebody is an official of a county; nobody in particular is the system itself."""
    if principal is None or Role.SYSTEM in principal.roles:
        return True
    return bool(principal.roles & OFFICIALS) and bool({county_code, EVERYWHERE} & principal.counties)


def shown_to(principal: Principal | None, county_code: str, kind: Kind) -> frozenset[str] | None:
    """Return which tenants of a kind somebody is shown of a county's things; None: all, as the county itself is."""
    bounds = None if principal is None else principal.bounds(set(Role))
    if principal is None or bounds is None:
        return None
    if Kind.COUNTY in bounds and county_code in principal.own(Kind.COUNTY):
        return None
    return principal.own(kind) if kind in bounds else frozenset()
