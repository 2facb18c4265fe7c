"""SQL of the read copies of places."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select, tuple_

from services.logistics.places.models import Place
from services.logistics.tables import table_of
from shared.models import newest_for
from shared.unit_of_work import UnitOfWork

place = table_of(Place)


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


def canteen_key(canteen_id: str) -> tuple[str, str]:
    """Return the key of a canteen among places."""
    return "canteen", canteen_id


def cooperative_key(cooperative_id: str) -> tuple[str, str]:
    """Return the key of a cooperative among places."""
    return "cooperative", cooperative_id
