"""Parked events: an event whose dependency is missing waits in the database, and later events of its key behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from shared.messaging.envelope import Received
from shared.messaging.outbox import headers_from_json, headers_to_json
from shared.messaging.tables import parked_event as parked
from shared.unit_of_work import UnitOfWork

_FIRST_S = 5
_LONGEST_S = 3600


@dataclass(frozen=True, slots=True)
class Parked:
    """A parked record, and how often it was tried in vain."""

    id: int
    record: Received
    attempts: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A parked event as people list it."""

    id: int
    topic: str
    key: str
    reason: str
    attempts: int
    parked_at: datetime
    next_attempt_at: datetime


async def waiting(uow: UnitOfWork) -> list[Waiting]:
    """Return what is parked, the longest first (at most 1,000)."""
    names = Waiting.__dataclass_fields__
    statement = select(*(parked.c[name] for name in names)).order_by(parked.c.id).limit(1000)
    return [Waiting(*row) for row in (await uow.session.execute(statement)).all()]


async def blocked_keys(uow: UnitOfWork, records: Sequence[Received]) -> set[tuple[str, str]]:
    """Return the (topic, key) pairs among `records` that have parked events."""
    keys = {record.key for record in records}
    statement = select(parked.c.topic, parked.c.key).distinct()
    if len(keys) <= 50:
        statement = statement.where(parked.c.key.in_(keys))
    return {(row.topic, row.key) for row in (await uow.session.execute(statement)).all()}


async def park(uow: UnitOfWork, record: Received, reason: str) -> None:
    """Let a record wait; it is tried again after 5 s, then ever later, up to an hour."""
    row = {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "key": record.key,
        "headers": headers_to_json(record.headers),
        "value": record.value,
        "reason": reason,
        "attempts": 0,
        "next_attempt_at": uow.now + timedelta(seconds=_FIRST_S),
        "parked_at": uow.now,
    }
    await uow.session.execute(insert(parked).values(row))


async def due_heads(uow: UnitOfWork, *, all_now: bool) -> list[Parked]:
    """Return the first parked record of each key, where it is due."""
    heads = select(func.min(parked.c.id)).group_by(parked.c.topic, parked.c.key)
    statement = select(parked).where(parked.c.id.in_(heads)).order_by(parked.c.id).limit(1000)
    if not all_now:
        statement = statement.where(parked.c.next_attempt_at <= uow.now)
    return [_of(row) for row in (await uow.session.execute(statement)).all()]


async def head_of(uow: UnitOfWork, record: Received) -> Parked | None:
    """Return the first parked record of this record's key, None when none is left."""
    same_key = (parked.c.topic == record.topic, parked.c.key == record.key)
    row = (await uow.session.execute(select(parked).where(*same_key).order_by(parked.c.id).limit(1))).first()
    return _of(row) if row else None


async def take(uow: UnitOfWork, one: Parked) -> bool:
    """Remove a parked record to handle it in this unit of work; False when another replica was faster."""
    return bool((await uow.session.execute(delete(parked).where(parked.c.id == one.id))).rowcount)


async def postpone(uow: UnitOfWork, one: Parked, reason: str) -> None:
    """Let it wait longer: 5 s, 10 s, 20 s … up to an hour."""
    wait = timedelta(seconds=min(_FIRST_S * 2 ** (one.attempts + 1), _LONGEST_S))
    values = {"attempts": one.attempts + 1, "next_attempt_at": uow.now + wait, "reason": reason}
    await uow.session.execute(update(parked).where(parked.c.id == one.id).values(values))


def _of(row: Row[Any]) -> Parked:
    record = Received(row.topic, row.key, row.value, headers_from_json(row.headers), row.partition, row.offset)
    return Parked(row.id, record, row.attempts)
