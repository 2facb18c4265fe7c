"""SQL of the read copies of places."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import literal, select, tuple_, union_all

from services.logistics.fleet.models import Depot
from services.logistics.places.models import Place
from services.logistics.tables import table_of
from shared.models import newest_for
from shared.unit_of_work import UnitOfWork

place = table_of(Place)
depot = table_of(Depot)
_SHOWN = ("name_zh", "name_en", "county_code", "town_code", "lat", "lon")


async def keep_newest(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    """Insert or replace places; a lower version than the one kept changes nothing. At most one row per place."""
    told = ("version", "name_zh", "name_en", "county_code", "lat", "lon", "town_code")
    await uow.session.execute(newest_for(uow.dialect, place, told), list(rows))


async def places_of(uow: UnitOfWork, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    """Return the known places among (kind, id) pairs, by that pair."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    statement = select(place).where(tuple_(place.c.kind, place.c.place_id).in_(wanted))
    return {(row.kind, row.place_id): row for row in (await uow.session.execute(statement)).all()}


async def page_of(uow: UnitOfWork, limit: int, county_code: str | None, after: tuple[str, str] | None) -> list[Any]:
    """Return canteens, cooperatives and depots after a (kind, id), in that order."""
    known = select(place.c.kind, place.c.place_id, *(place.c[name] for name in _SHOWN)).where(
        place.c.kind != "roadside"
    )
    depots = select(
        literal("depot").label("kind"), depot.c.depot_id.label("place_id"), *(depot.c[name] for name in _SHOWN)
    )
    every = union_all(known, depots).subquery()
    statement = select(every)
    if county_code is not None:
        statement = statement.where(every.c.county_code == county_code)
    if after is not None:
        statement = statement.where(tuple_(every.c.kind, every.c.place_id) > after)
    ordered = statement.order_by(every.c.kind, every.c.place_id).limit(limit)
    return list((await uow.session.execute(ordered)).all())


def canteen_key(canteen_id: str) -> tuple[str, str]:
    """Return the key of a canteen among places."""
    return "canteen", canteen_id


def cooperative_key(cooperative_id: str) -> tuple[str, str]:
    """Return the key of a cooperative among places."""
    return "cooperative", cooperative_id
