"""All SQL about changes of what is coming that the kept sums do not say yet.

Whoever writes forecasts, offers, contracts or a cooperative's county notes it in the same transaction. A note names
the cooperative, not its county: it counts where the cooperative belongs when the note is read. A move notes both
counties whole. So whatever order transactions end in, the last one that touches a sum leaves a note that leads to it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Insert, Text, delete, func, insert, select

from services.farmers.cooperatives.models import Cooperative
from services.farmers.guidance.models import SupplyChange
from services.farmers.rows import as_rows, given
from services.farmers.tables import table_of
from shared.database import Session
from shared.prepared import Prepared

change, cooperative = table_of(SupplyChange), table_of(Cooperative)
_place = func.coalesce(change.c.county_code, cooperative.c.county_code)
_joined = change.outerjoin(cooperative, cooperative.c.cooperative_id == change.c.cooperative_id)


@dataclass(frozen=True, slots=True)
class Changed:
    """What has changed in a county: these foods, None for every one."""

    county_code: str
    food_codes: Collection[str] | None


async def note(session: Session, changed: Iterable[tuple[str, str]]) -> None:
    """Note what (cooperative, food) brings otherwise than before."""
    rows = sorted(set(changed))
    if rows:
        await session.run(_note, as_rows(rows))


@Prepared
def _note(dialect: str) -> Insert:
    said = given(dialect, cooperative_id=Text, food_code=Text)
    columns = ["cooperative_id", "food_code"]
    return insert(change).from_select(columns, select(said.c.cooperative_id, said.c.food_code))


async def note_counties(session: Session, county_codes: Iterable[str]) -> None:
    """Note that everything of counties may have changed."""
    rows = [{"county_code": each} for each in sorted(set(county_codes))]
    if rows:
        await session.execute(insert(change), rows)


async def note_all(session: Session) -> int:
    """Note that everything of every county may have changed; returns how many there are."""
    everywhere = insert(change).from_select(["county_code"], select(cooperative.c.county_code).distinct())
    return len((await session.scalars(everywhere.returning(change.c.county_code))).all())


async def changed(session: Session, county_codes: Collection[str]) -> list[Changed]:
    """Return what has changed in these counties, by county; those where nothing has are left out."""
    statement = select(_place, change.c.food_code).select_from(_joined).distinct()
    rows = await session.execute(statement.where(_place.in_(sorted(county_codes))))
    return _by_county(rows.all())


def _by_county(rows: Iterable[Sequence[Any]]) -> list[Changed]:
    foods: dict[str, set[str | None]] = defaultdict(set)
    for county, food in rows:
        foods[county].add(food)
    return [Changed(county, None if None in of else {each for each in of if each}) for county, of in foods.items()]


async def counties(session: Session, limit: int) -> list[str]:
    """Return up to `limit` counties that something has changed in, by code."""
    statement = select(_place).select_from(_joined).where(_place.is_not(None)).distinct().order_by(_place)
    return list((await session.scalars(statement.limit(limit))).all())


async def take(session: Session, county_code: str) -> Changed | None:
    """Delete the notes of a county and return what they say has changed; None where nothing has.

    Every later statement sees what they were written for.
    """
    own = select(change.c.change_id).select_from(_joined).where(_place == county_code)
    taken = await session.scalars(delete(change).where(change.c.change_id.in_(own)).returning(change.c.food_code))
    found = _by_county((county_code, food) for food in taken.all())
    return found[0] if found else None
