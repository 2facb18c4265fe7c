"""Dead letters: what could not be handled, kept with bytes, place and error, told on `<consumer>.dlt.v1`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update

from shared.errors import AlreadyDone, NotFound
from shared.messaging.bus import dead_letter_topic
from shared.messaging.envelope import LONGEST, Received, Record, is_kept
from shared.messaging.outbox import headers_from_json, headers_to_json
from shared.messaging.tables import dead_letter
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead letter as people list it."""

    id: int
    topic: str
    partition: int
    offset: int
    key: str
    error: str
    died_at: datetime
    replayed_at: datetime | None


async def bury(uow: UnitOfWork, consumer: str, record: Received, error: str) -> None:
    """Keep a record that could not be handled, and publish it to the consumer's dead-letter topic.

    The same place read again (after a crash) is buried once. Of a key that no table holds it keeps what it can.
    """
    place = select(dead_letter.c.id).where(
        dead_letter.c.topic == record.topic,
        dead_letter.c.partition == record.partition,
        dead_letter.c.offset == record.offset,
    )
    if await uow.session.scalar(place) is not None:
        return
    key = record.key if is_kept(record.key) else record.key.replace("\x00", "\ufffd")[:LONGEST]
    row = {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "key": key,
        "headers": headers_to_json(record.headers),
        "value": record.value,
        "error": error.replace("\x00", "\ufffd")[:4000],
        "died_at": uow.now,
    }
    await uow.session.execute(insert(dead_letter).values(row))
    where = f"{record.topic}/{record.partition}@{record.offset}".encode()
    why = (("dlt_place", where), ("dlt_error", error[:500].encode("utf-8", "replace")))
    uow.publish(Record(dead_letter_topic(consumer), key, record.value, (*record.headers, *why)))


async def waiting(uow: UnitOfWork) -> list[DeadLetter]:
    """Return the dead letters not yet replayed, oldest first (at most 1,000)."""
    statement = select(dead_letter).where(dead_letter.c.replayed_at.is_(None)).order_by(dead_letter.c.id).limit(1000)
    return [_letter(row) for row in (await uow.session.execute(statement)).all()]


async def one(uow: UnitOfWork, letter_id: int) -> tuple[DeadLetter, Received]:
    """Return a dead letter and its record. Raises NotFound."""
    row = (await uow.session.execute(select(dead_letter).where(dead_letter.c.id == letter_id))).first()
    if row is None:
        raise NotFound("dead-letter", letter_id)
    headers = headers_from_json(row.headers)
    return _letter(row), Received(row.topic, row.key, row.value, headers, row.partition, row.offset)


async def reopen(uow: UnitOfWork, letter_id: int) -> Received:
    """Mark a dead letter as replayed and return its record, to be handled in this unit of work.

    Raises NotFound, AlreadyDone.
    """
    _, record = await one(uow, letter_id)
    taken = await uow.session.execute(update(dead_letter).where(*_unreplayed(letter_id)).values(replayed_at=uow.now))
    _require(taken.rowcount, letter_id)
    return record


async def drop(uow: UnitOfWork, letter_id: int) -> None:
    """Forget a dead letter that is not to be handled any more. Raises NotFound, AlreadyDone where it was replayed."""
    await one(uow, letter_id)
    dropped = await uow.session.execute(delete(dead_letter).where(*_unreplayed(letter_id)))
    _require(dropped.rowcount, letter_id)


def _unreplayed(letter_id: int) -> tuple[ColumnElement[bool], ...]:
    return dead_letter.c.id == letter_id, dead_letter.c.replayed_at.is_(None)


def _require(taken: int, letter_id: int) -> None:
    if not taken:
        raise AlreadyDone("dead-letter-replayed", f"dead letter {letter_id} was replayed before")


def _letter(row: Row[Any]) -> DeadLetter:
    place = (row.id, row.topic, row.partition, row.offset, row.key)
    return DeadLetter(*place, row.error, row.died_at, row.replayed_at)
