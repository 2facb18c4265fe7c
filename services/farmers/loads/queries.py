"""All SQL about loads."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from services.farmers.loads.domain import Counts, Load, LoadStatus, RowError
from services.farmers.loads.models import RegistryLoad, RegistryLoadError
from services.farmers.tables import table_of
from shared.database import Session
from shared.errors import NotFound

load, error = table_of(RegistryLoad), table_of(RegistryLoadError)
_ERROR = [field.name for field in fields(RowError)]


async def add(session: Session, new: Load) -> None:
    """Write a load that begins."""
    await session.execute(insert(load), [_row(new)])


async def save(session: Session, changed: Load) -> None:
    """Write how far a load has come."""
    row = _row(changed)
    del row["load_id"], row["started_at"]
    await session.execute(update(load).where(load.c.load_id == changed.load_id).values(row))


async def add_errors(session: Session, load_id: str, first: int, errors: Sequence[RowError]) -> None:
    """Write errors; `first` is the place of the first of them."""
    if errors:
        rows = [{"load_id": load_id, "place": place} | asdict(each) for place, each in enumerate(errors, start=first)]
        await session.execute(insert(error), rows)


async def one(session: Session, load_id: str) -> Load:
    """Return a load. Raises NotFound."""
    row = (await session.execute(select(load).where(load.c.load_id == load_id))).first()
    if row is None:
        raise NotFound("load", load_id)
    return _load(row)


async def newest(session: Session, limit: int) -> list[Load]:
    """Return up to `limit` loads, newest first."""
    statement = select(load).order_by(load.c.started_at.desc(), load.c.load_id).limit(limit)
    return [_load(row) for row in await session.execute(statement)]


async def errors(session: Session, load_id: str, after: int, limit: int) -> list[tuple[int, RowError]]:
    """Return up to `limit` errors of a load with their places, those after a place, in the file's order."""
    statement = (
        select(error.c.place, *(error.c[name] for name in _ERROR))
        .where(error.c.load_id == load_id, error.c.place > after)
        .order_by(error.c.place)
        .limit(limit)
    )
    return [(row[0], RowError(*row[1:])) for row in await session.execute(statement)]


async def forget_before(session: Session, instant: datetime) -> None:
    """Forget what became of loads that began before an instant."""
    old = select(load.c.load_id).where(load.c.started_at < instant)
    await session.execute(delete(error).where(error.c.load_id.in_(old)))
    await session.execute(delete(load).where(load.c.started_at < instant))


def _row(each: Load) -> dict[str, Any]:
    told = {name: getattr(each, name) for name in Load.__slots__ if name != "counts"}
    return told | {"status": LoadStatus(each.status).value} | asdict(each.counts)


def _load(row: Row[Any]) -> Load:
    values = row._mapping
    counts = Counts(**{name: values[name] for name in Counts.__slots__})
    return Load(**{name: values[name] for name in Load.__slots__ if name != "counts"}, counts=counts)
