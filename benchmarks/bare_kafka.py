"""What the backbone is compared with: Kafka's and PostgreSQL's clients moving the same bytes and rows by hand.

Each side does all that is needed for nothing to be lost, in turns as one would write it plainly: the outbox is read,
published and deleted; records are read, noted in the inbox, stored and committed. `produce` and `read` move the bytes
alone, without a database: faster it does not go.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from shared.collector import collect_seldom
from shared.messaging.bus import partition_of
from shared.messaging.envelope import Record

BATCH, READ_TOGETHER = 2000, 1000
"""Records published and read together, as many as services do."""
FIRST = b"first"
"""The key of the record that connects a producer."""
_OLDEST = "SELECT id, key, value, headers FROM outbox ORDER BY id LIMIT $1"
_REMOVE = "DELETE FROM outbox WHERE id = ANY($1::bigint[])"
_TAKE = (
    "INSERT INTO inbox (event_id, received_at) SELECT unnest($1::text[]), now() ON CONFLICT DO NOTHING "
    "RETURNING event_id"
)
_STORE = (
    "INSERT INTO orders (order_id, cooperative_id, delivery_day, ordered_g) "
    "SELECT * FROM unnest($1::text[], $2::text[], $3::date[], $4::bigint[])"
)


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast one round was, and what it cost this process."""

    per_second: float
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Place:
    """The broker, a topic and the database of a round."""

    bootstrap: str
    topic: str
    database: str

    def connect(self) -> Any:
        """Return a connection to the database, to be awaited."""
        return asyncpg.connect(self.database.replace("+asyncpg", ""))


@asynccontextmanager
async def producer_of(place: Place) -> AsyncIterator[AIOKafkaProducer]:
    """Give a producer set as the bus's that has been connected by a record that nobody asked for."""
    producer = AIOKafkaProducer(
        bootstrap_servers=place.bootstrap,
        acks="all",
        enable_idempotence=True,
        compression_type="zstd",
        linger_ms=5,
        max_batch_size=512 * 1024,
    )
    async with producer:
        await producer.send_and_wait(place.topic, b"{}", key=FIRST)
        yield producer


def consumer_of(place: Place, fetch_wait_ms: int = 500) -> AIOKafkaConsumer:
    """Return a consumer that reads a topic from its beginning."""
    return AIOKafkaConsumer(
        place.topic,
        bootstrap_servers=place.bootstrap,
        group_id=uuid4().hex,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        fetch_max_wait_ms=fetch_wait_ms,
    )


async def produce(place: Place, records: Sequence[Record]) -> Speed:
    """Publish records as the bus does, in batches of a partition each."""
    async with producer_of(place) as producer:
        return await measured(len(records), partial(_send_all, producer, place.topic, records))


async def _send_all(producer: AIOKafkaProducer, topic: str, records: Sequence[Record]) -> None:
    for start in range(0, len(records), BATCH):
        rows = [(record.key, record.value, record.headers) for record in records[start : start + BATCH]]
        await _send(producer, topic, rows)


async def _send(producer: AIOKafkaProducer, topic: str, rows: Sequence[tuple[str, bytes, Any]]) -> None:
    """Send keys, values and headers in batches of a partition each, and wait until all are acknowledged."""
    batches: dict[int, Any] = {}
    for key, value, headers in rows:
        place = partition_of(key)
        batch = batches.get(place) or batches.setdefault(place, producer.create_batch())
        assert batch.append(timestamp=None, key=key.encode(), value=value, headers=list(headers))
    sent = [await producer.send_batch(batch, topic, partition=place) for place, batch in batches.items()]
    await asyncio.gather(*sent)


async def relay(place: Place, count: int) -> Speed:
    """Move the outbox's `count` rows to the topic: a transaction reads a batch, publishes and deletes it."""
    connection = await place.connect()
    try:
        async with producer_of(place) as producer:
            return await measured(count, partial(_relay_all, connection, producer, place.topic))
    finally:
        await connection.close()


async def _relay_all(connection: Any, producer: AIOKafkaProducer, topic: str) -> None:
    while True:
        async with connection.transaction():
            rows = await connection.fetch(_OLDEST, BATCH)
            if not rows:
                return
            headers = [[(name, value.encode("latin-1")) for name, value in json.loads(row[3])] for row in rows]
            await _send(producer, topic, [(row[1], row[2], own) for row, own in zip(rows, headers, strict=True)])
            await connection.execute(_REMOVE, [row[0] for row in rows])


async def read(place: Place, count: int) -> Speed:
    """Read `count` records from the beginning, and do nothing with them."""
    async with consumer_of(place) as consumer:
        return await measured(count, partial(_get, consumer, count))


async def _get(consumer: AIOKafkaConsumer, count: int) -> None:
    got = 0
    while got < count:
        got += sum(map(len, (await consumer.getmany(timeout_ms=1000, max_records=READ_TOGETHER)).values()))


async def consume(place: Place, count: int) -> Speed:
    """Keep `count` orders of the topic: a transaction for what is read together, then its offsets."""
    connection = await place.connect()
    try:
        async with consumer_of(place) as consumer:
            return await measured(count, partial(_keep_all, connection, consumer, count))
    finally:
        await connection.close()


async def _keep_all(connection: Any, consumer: AIOKafkaConsumer, count: int) -> None:
    kept = 0
    while kept < count:
        found = await consumer.getmany(timeout_ms=1000, max_records=READ_TOGETHER)
        kept += len(await keep(connection, [record.value for of_place in found.values() for record in of_place]))
        if found:
            await consumer.commit()


async def keep(connection: Any, values: Sequence[bytes]) -> list[str]:
    """Note events as handled and store a row of each order that was not; returns the ids of those."""
    if not values:
        return []
    events = [json.loads(value) for value in values]
    async with connection.transaction():
        fresh = {row[0] for row in await connection.fetch(_TAKE, [event["id"] for event in events])}
        new = [event["data"] for event in events if event["id"] in fresh]
        ids = [order["order_id"] for order in new]
        await connection.execute(
            _STORE,
            ids,
            [order["cooperative_id"] for order in new],
            [date.fromisoformat(order["delivery_day"]) for order in new],
            [sum(line["ordered_g"] for line in order["lines"]) for order in new],
        )
    return ids


async def measured(count: int, work: Callable[[], Awaitable[object]]) -> Speed:
    """Time `work`, which handles `count` events."""
    # As services do; also, the collector need not look again and again at what a benchmark holds in memory.
    collect_seldom()
    started, cpu = time.perf_counter(), time.process_time()
    await work()
    return Speed(count / (time.perf_counter() - started), time.process_time() - cpu)
