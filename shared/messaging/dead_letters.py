"""Dead letters: what could not be handled, kept with bytes, place and error, told on `<consumer>.dlt.v1`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from shared.errors import AlreadyDone, NotFound
from shared.messaging.bus import dead_letter_topic
from shared.messaging.envelope import Received, Record
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

    The same place read again (after a crash) is buried once.
    """
    place = select(dead_letter.c.id).where(
        dead_letter.c.topic == record.topic,
        dead_letter.c.partition == record.partition,
        dead_letter.c.offset == record.offset,
    )
    if await uow.session.scalar(place) is not None:
        return
    row = {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "key": record.key,
        "headers": headers_to_json(record.headers),
        "value": record.value,
        "error": error[:4000],
        "died_at": uow.now,
    }
    await uow.session.execute(insert(dead_letter).values(row))
    where = f"{record.topic}/{record.partition}@{record.offset}".encode()
    why = (("dlt_place", where), ("dlt_error", error[:500].encode("utf-8", "replace")))
    uow.publish(Record(dead_letter_topic(consumer), record.key, record.value, (*record.headers, *why)))


async def waiting(uow: UnitOfWork) -> list[DeadLetter]:
    """Return the dead letters not yet replayed, oldest first (at most 1,000)."""
    statement = select(dead_letter).where(dead_letter.c.replayed_at.is_(None)).order_by(dead_letter.c.id).limit(1000)
    rows = (await uow.session.execute(statement)).all()
    return [DeadLetter(r.id, r.topic, r.partition, r.offset, r.key, r.error, r.died_at, r.replayed_at) for r in rows]


async def reopen(uow: UnitOfWork, letter_id: int) -> Received:
    """Mark a dead letter as replayed and return its record, to be handled in this unit of work."""
    row = (await uow.session.execute(select(dead_letter).where(dead_letter.c.id == letter_id))).first()
    if row is None:
        raise NotFound("dead-letter", letter_id)
    unreplayed = (dead_letter.c.id == letter_id, dead_letter.c.replayed_at.is_(None))
    taken = await uow.session.execute(update(dead_letter).where(*unreplayed).values(replayed_at=uow.now))
    if not taken.rowcount:
        raise AlreadyDone("dead-letter-replayed", f"dead letter {letter_id} was replayed before")
    return Received(row.topic, row.key, row.value, headers_from_json(row.headers), row.partition, row.offset)
