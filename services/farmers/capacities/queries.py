"""All SQL about capacities."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import select

from services.farmers.capacities.domain import Capacity as State
from services.farmers.capacities.models import Capacity
from services.farmers.cooperatives.queries import lies_in
from services.farmers.tables import table_of
from shared.database import Session
from shared.errors import Conflict
from shared.models import insert_for
from shared.routing import Paging

capacity = table_of(Capacity)

_NAMES = [field.name for field in fields(State)]
_COLUMNS = [capacity.c[name] for name in _NAMES]


async def of_cooperatives(session: Session, cooperative_ids: Collection[str]) -> list[State]:
    """Return the capacities of cooperatives."""
    if not cooperative_ids:
        return []
    statement = select(*_COLUMNS).where(capacity.c.cooperative_id.in_(sorted(cooperative_ids)))
    return [State(*row) for row in await session.execute(statement.order_by(capacity.c.capacity_id))]


async def owner(session: Session, capacity_ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return by capacity its cooperative and its food."""
    columns = (capacity.c.capacity_id, capacity.c.cooperative_id, capacity.c.food_code)
    rows = await session.execute(select(*columns).where(capacity.c.capacity_id.in_(sorted(capacity_ids))))
    return {row[0]: (row[1], row[2]) for row in rows}


async def put(session: Session, dialect: str, states: Sequence[State], now: datetime) -> None:
    """Write capacities of cooperatives that were locked before.

    Raises Conflict, and the unit of work is undone, should another cooperative have taken an id just now.
    """
    if not states:
        return
    statement = insert_for(dialect, capacity)
    changed = {name: statement.excluded[name] for name in (*_NAMES[3:], "changed_at")}
    own = capacity.c.cooperative_id == statement.excluded.cooperative_id
    upsert = statement.on_conflict_do_update(index_elements=["capacity_id"], set_=changed, where=own)
    rows = [{name: getattr(each, name) for name in _NAMES} | {"changed_at": now} for each in states]
    written = await session.scalars(upsert.returning(capacity.c.capacity_id), rows)
    if len(written.all()) != len(rows):
        raise Conflict("changed-meanwhile", "somebody else declared it just now", field="capacity_id")


async def page(
    session: Session, paging: Paging, cooperative_id: str | None, county_code: str | None, food_code: str | None
) -> list[State]:
    """Return up to `limit` capacities, ordered by id."""
    statement: Any = select(*_COLUMNS).order_by(capacity.c.capacity_id).limit(paging.limit)
    if paging.after is not None:
        statement = statement.where(capacity.c.capacity_id > paging.after)
    if cooperative_id is not None:
        statement = statement.where(capacity.c.cooperative_id == cooperative_id)
    if county_code is not None:
        statement = statement.where(lies_in(capacity.c.cooperative_id, county_code))
    if food_code is not None:
        statement = statement.where(capacity.c.food_code == food_code)
    return [State(*row) for row in await session.execute(statement)]
