"""The outbox: events wait here, written in the transaction that caused them, until the relay has published them."""

import json
import zlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, Text, TextClause, TextualSelect, bindparam, func, insert, select, text

from shared.database import Session
from shared.messaging.envelope import Record
from shared.messaging.tables import outbox
from shared.prepared import Prepared, Write

SHARDS = 16
_APPEND = Prepared(
    lambda _: insert(outbox).inline().values({c.name: bindparam(c.name) for c in outbox.c if c.name != "id"})
)


@Prepared
def _oldest(dialect: str) -> TextualSelect:
    among = "= ANY(CAST(:shards AS int[]))" if dialect == "postgresql" else "IN (SELECT value FROM json_each(:shards))"
    return text(
        "SELECT id, topic, key, value, CAST(headers AS text) AS headers FROM outbox "  # noqa: S608 (a constant)
        f"WHERE shard {among} AND id > :after ORDER BY id LIMIT :most"
    ).columns(id=BigInteger, topic=Text, key=Text, value=LargeBinary, headers=Text)


@Prepared
def _remove(dialect: str) -> TextClause:
    among = "= ANY(CAST(:ids AS bigint[]))" if dialect == "postgresql" else "IN (SELECT value FROM json_each(:ids))"
    return text(f"DELETE FROM outbox WHERE id {among}")  # noqa: S608 (a constant)


def shard_of(key: str) -> int:
    """Return the shard of an ordering key: one relay at a time publishes a shard."""
    return zlib.crc32(key.encode()) % SHARDS


async def append(session: Session, records: Sequence[Record], now: datetime) -> None:
    """Write records to the outbox, in order. Call it last: ids then follow the order aggregates were locked in."""
    rows = [
        {
            "shard": shard_of(record.key),
            "topic": record.topic,
            "key": record.key,
            "headers": headers_to_json(record.headers),
            "value": record.value,
            "created_at": now,
        }
        for record in records
    ]
    if len(rows) == 1:
        await session.write(Write(_APPEND, rows[0]))
    else:
        await session.flush()
        await session.execute(insert(outbox), rows)


def headers_to_json(headers: Sequence[tuple[str, bytes]]) -> list[list[str]]:
    """Return headers as JSON can hold them (latin-1 keeps every byte)."""
    return [[name, value.decode("latin-1")] for name, value in headers]


def headers_from_json(headers: list[list[str]]) -> tuple[tuple[str, bytes], ...]:
    """Return headers as the wire holds them."""
    return tuple([(name, value.encode("latin-1")) for name, value in headers])


Waiting = list[tuple[int, Record]]


async def oldest(session: Session, dialect: str, shards: Sequence[int], limit: int, after: int = 0) -> Waiting:
    """Return up to `limit` waiting records of these shards with ids above `after`, in the order they were written."""
    among = list(shards) if dialect == "postgresql" else json.dumps(list(shards))
    rows = await session.run(_oldest, {"shards": among, "after": after, "most": limit})
    # One document for all: reading the headers one by one takes longer than publishing them.
    headers = json.loads(f"[{','.join([row[4] for row in rows])}]")
    return [
        (row[0], Record(row[1], row[2], row[3], headers_from_json(own))) for row, own in zip(rows, headers, strict=True)
    ]


async def remove(session: Session, dialect: str, ids: Sequence[int]) -> None:
    """Remove published records."""
    await session.run(_remove, {"ids": list(ids) if dialect == "postgresql" else json.dumps(list(ids))})


async def waiting(session: Session) -> tuple[int, datetime | None]:
    """Return how many records wait and since when the oldest of them does."""
    row = (await session.execute(select(func.count(outbox.c.id), func.min(outbox.c.created_at)))).one()
    return row[0], row[1]
