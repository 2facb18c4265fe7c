"""SQL of cycle menus."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, delete, func, insert, or_, select, update

from services.nutrition.canteens.queries import canteen
from services.nutrition.cycles.domain import Cycle, Span
from services.nutrition.cycles.models import MenuCycle
from services.nutrition.groups.queries import WITH_MEMBERS, group, has_member
from services.nutrition.tables import table_of
from services.nutrition.weekly.rules import slot_rows, slots_of
from shared.auth.finding import finder
from shared.database import Session
from shared.errors import NotFound
from shared.routing import Paging

cycle = table_of(MenuCycle)
tenants_of = finder(cycle.c.cycle_id, county=cycle.c.county_code, canteen=cycle.c.canteen_id)
followers_of = finder(
    cycle.c.cycle_id,
    county=cycle.c.county_code,
    canteen=func.coalesce(cycle.c.canteen_id, canteen.c.canteen_id),
    source=cycle.outerjoin(WITH_MEMBERS, group.c.group_id == cycle.c.group_id),
)


async def one(session: Session, cycle_id: str, *, lock: bool = False) -> Cycle:
    """Return a cycle; locked, nobody else changes it until the end of the unit of work."""
    statement = select(cycle).where(cycle.c.cycle_id == cycle_id)
    row = (await session.execute(statement.with_for_update() if lock else statement)).first()
    if row is None:
        raise NotFound("cycle", cycle_id)
    return _cycle(row)


async def page(
    session: Session, paging: Paging, county_code: str | None, canteen_id: str | None, group_id: str | None
) -> list[Cycle]:
    """Return cycles ordered by id: of a county, a group, those a canteen follows, or all."""
    statement = select(cycle).order_by(cycle.c.cycle_id).limit(paging.limit)
    for column, wanted in ((cycle.c.county_code, county_code), (cycle.c.group_id, group_id)):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if canteen_id is not None:
        follows = or_(cycle.c.canteen_id == canteen_id, has_member(cycle.c.group_id, canteen_id))
        statement = statement.where(follows)
    if paging.after is not None:
        statement = statement.where(cycle.c.cycle_id > paging.after)
    return [_cycle(row) for row in (await session.execute(statement)).all()]


async def of_county(session: Session, county_code: str) -> list[Cycle]:
    """Return all cycles of a county."""
    rows = await session.execute(select(cycle).where(cycle.c.county_code == county_code).order_by(cycle.c.cycle_id))
    return [_cycle(row) for row in rows.all()]


async def keep(session: Session, new: Cycle) -> None:
    """Insert a cycle."""
    await session.execute(insert(cycle), _row(new))


async def save(session: Session, changed: Cycle) -> None:
    """Write down a cycle that was locked."""
    await session.execute(update(cycle).where(cycle.c.cycle_id == changed.cycle_id).values(_row(changed)))


async def remove(session: Session, cycle_id: str) -> None:
    """Delete a cycle that was locked."""
    await session.execute(delete(cycle).where(cycle.c.cycle_id == cycle_id))


_PLAIN = ("cycle_id", "canteen_id", "group_id", "county_code", "version", "name", "created_at", "changed_at")


def _row(one: Cycle) -> Mapping[str, Any]:
    weeks: Sequence[Any] = [slot_rows(slots) for slots in one.weeks]
    said = {"starts_on": one.span.starts_on, "ends_on": one.span.ends_on, "weeks": weeks}
    return {name: getattr(one, name) for name in _PLAIN} | said


def _cycle(row: Row[Any]) -> Cycle:
    plain = {name: getattr(row, name) for name in _PLAIN}
    weeks = tuple(slots_of(slots) for slots in row.weeks)
    return Cycle(**plain, span=Span(row.starts_on, row.ends_on), weeks=weeks)
