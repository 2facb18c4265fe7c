"""Publishing to Kafka: one batch per partition, every one acknowledged, the producer replaced after any failure."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder

from shared.messaging.bus import BusError, TopicPartition, UnknownTopic, partition_of
from shared.messaging.envelope import Record
from shared.messaging.kafka_errors import as_bus_errors

_BATCH_BYTES = 512 * 1024
_TIMEOUT_MS = 15_000
_CLOSE_S = 5.0

log = structlog.get_logger()


class Publisher:
    """Publishes records in order per key. `missing` tells which of some topics do not exist."""

    def __init__(
        self,
        connection: Mapping[str, Any],
        client_id: str,
        max_bytes: int,
        missing: Callable[[Sequence[str]], Awaitable[list[str]]],
    ) -> None:
        self._connection = connection
        self._client_id = client_id
        self._max_bytes = max_bytes
        self._missing = missing
        self._producer: AIOKafkaProducer | None = None
        self._connecting = asyncio.Lock()
        self._closing: set[asyncio.Task[None]] = set()
        self._closed = False

    async def publish(self, records: Sequence[Record]) -> None:
        """Publish; returns when all are acknowledged. Raises UnknownTopic before anything is sent, or BusError."""
        producer = await self._connected()
        places = _by_place(records)
        await self._check_topics(producer, {topic for topic, _ in places})
        sends = (_send(producer, place, found) for place, found in places.items())
        failures = [error for error in await asyncio.gather(*sends, return_exceptions=True) if error is not None]
        if failures:
            # Which state an idempotent producer is in after an error is not worth guessing: a new one starts clean.
            self._discard(producer)
            with as_bus_errors("publishing"):
                raise failures[0]

    async def close(self) -> None:
        """Close the producer; what waits for an acknowledgement gets a few seconds."""
        self._closed = True
        producer, self._producer = self._producer, None
        if producer is not None:
            self._discard(producer)
        if self._closing:
            await asyncio.gather(*self._closing)

    async def _connected(self) -> AIOKafkaProducer:
        async with self._connecting:
            if self._closed:
                raise BusError("the bus is closed")
            if self._producer is None:
                producer = self._new_producer()
                with as_bus_errors("connecting"):
                    try:
                        await producer.start()
                    except BaseException:
                        await producer.stop()
                        raise
                self._producer = producer
            return self._producer

    def _new_producer(self) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            **self._connection,
            client_id=self._client_id,
            acks="all",
            enable_idempotence=True,
            compression_type="zstd",
            linger_ms=5,
            max_batch_size=_BATCH_BYTES,
            max_request_size=self._max_bytes,
            request_timeout_ms=_TIMEOUT_MS,
            metadata_max_age_ms=60_000,
        )

    async def _check_topics(self, producer: AIOKafkaProducer, topics: set[str]) -> None:
        """Raise UnknownTopic at once, where the client would look for the topic until it times out."""
        unseen = [topic for topic in topics if producer.client.cluster.partitions_for_topic(topic) is None]
        missing = await self._missing(unseen) if unseen else []
        if missing:
            raise UnknownTopic(f"no topic {', '.join(missing)}")

    def _discard(self, producer: AIOKafkaProducer) -> None:
        if self._producer is producer:
            self._producer = None
        task = asyncio.create_task(_stop(producer))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


def _by_place(records: Sequence[Record]) -> dict[TopicPartition, list[Record]]:
    places: dict[TopicPartition, list[Record]] = defaultdict(list)
    for record in records:
        places[record.topic, partition_of(record.key)].append(record)
    return places


async def _send(producer: AIOKafkaProducer, place: TopicPartition, records: Sequence[Record]) -> None:
    """Send one partition's records; a second batch waits for the first, so that a failure leaves no gap behind it."""
    topic, partition = place
    for batch in _batches(producer, records):
        await (await producer.send_batch(batch, topic, partition=partition))


def _batches(producer: AIOKafkaProducer, records: Sequence[Record]) -> list[BatchBuilder]:
    batch = producer.create_batch()
    batches = [batch]
    for record in records:
        key = record.key.encode()
        if batch.append(timestamp=None, key=key, value=record.value, headers=list(record.headers)) is None:
            batch = producer.create_batch()
            batches.append(batch)
            batch.append(timestamp=None, key=key, value=record.value, headers=list(record.headers))
    for built in batches:
        built.close()
    return batches


async def _stop(producer: AIOKafkaProducer) -> None:
    try:
        async with asyncio.timeout(_CLOSE_S):
            await producer.stop()
    except Exception as error:
        log.warning("producer-close-failed", error=repr(error))
        await producer.client.close()
