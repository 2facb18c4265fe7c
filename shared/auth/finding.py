"""Finding whose things are, by the columns of a service's tables that say so."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, null, select

from shared.auth.access import Finder
from shared.auth.principal import Tenants
from shared.prepared import Prepared, among, listed
from shared.unit_of_work import UnitOfWork


def finder(
    key: ColumnElement[Any],
    *where: ColumnElement[bool],
    county: ColumnElement[Any] | None = None,
    canteen: ColumnElement[Any] | None = None,
    cooperative: ColumnElement[Any] | None = None,
    driver: ColumnElement[Any] | None = None,
    source: FromClause | None = None,
) -> Finder:
    """Return what finds whose things are, by these columns; of several rows of one thing it is all's.

    What `where` leaves out is nobody's.
    """
    whose = [null() if column is None else column for column in (county, canteen, cooperative, driver)]

    def asked(dialect: str) -> Select[Any]:
        statement = select(key, *whose).where(among(dialect, key, "ids"), *where).distinct()
        return statement if source is None else statement.select_from(source)

    prepared = Prepared(asked)

    async def tenants_of(uow: UnitOfWork, ids: Sequence[str]) -> dict[str, Tenants]:
        """Return whose each of these things is that there is."""
        found: dict[str, tuple[set[str], ...]] = defaultdict(lambda: (set(), set(), set(), set()))
        for each, *owners in await uow.session.run(prepared, {"ids": listed(uow.dialect, ids)}):
            for known, owner in zip(found[each], owners, strict=True):
                known.update([owner] if owner else ())
        return {each: Tenants(*(frozenset(known) or None for known in owners)) for each, owners in found.items()}

    return tenants_of
