"""What the backbone is compared with: Kafka's client moving the same bytes, and nothing else."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from shared.collector import collect_seldom
from shared.messaging.bus import partition_of
from shared.messaging.envelope import Record

_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast one round was, and what it cost this process."""

    per_second: float
    cpu_seconds: float


async def produce(bootstrap: str, topic: str, records: Sequence[Record]) -> Speed:
    """Publish records as the bus does, in batches of a partition each."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        compression_type="zstd",
        linger_ms=5,
        max_batch_size=512 * 1024,
    )
    async with producer:
        await producer.send_and_wait(topic, records[0].value, key=records[0].key.encode())
        return await measured(len(records), partial(_send_batches, producer, topic, records))


async def _send_batches(producer: AIOKafkaProducer, topic: str, records: Sequence[Record]) -> None:
    for start in range(0, len(records), _BATCH):
        batches: dict[int, Any] = {}
        for record in records[start : start + _BATCH]:
            place = partition_of(record.key)
            batch = batches.get(place) or batches.setdefault(place, producer.create_batch())
            headers = list(record.headers)
            assert batch.append(timestamp=None, key=record.key.encode(), value=record.value, headers=headers)
        sent = [await producer.send_batch(batch, topic, partition=place) for place, batch in batches.items()]
        await asyncio.gather(*sent)


async def read(bootstrap: str, topic: str, count: int) -> Speed:
    """Read `count` records from the beginning."""
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id=uuid4().hex,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    async with consumer:
        return await measured(count, partial(_get, consumer, count))


async def _get(consumer: AIOKafkaConsumer, count: int) -> None:
    got = 0
    while got < count:
        got += sum(map(len, (await consumer.getmany(timeout_ms=1000, max_records=500)).values()))


async def measured(count: int, work: Callable[[], Awaitable[object]]) -> Speed:
    """Time `work`, which handles `count` events."""
    # As services do; also, the collector need not look again and again at what a benchmark holds in memory.
    collect_seldom()
    started, cpu = time.perf_counter(), time.process_time()
    await work()
    return Speed(count / (time.perf_counter() - started), time.process_time() - cpu)
