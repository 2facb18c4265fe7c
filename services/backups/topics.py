"""Kafka: how far topics and groups were, and what of the topics a restored system must not hear.

Topics outlive the databases. What was told after the backup was told of things that are gone with them, by transactions
that a restored system never made; everybody passes over it, by noting it as handled. What was told before, and not
handled everywhere, is read again.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from services.backups.manifest import Manifest, Places
from shared.events import PARTITIONS, all_topics
from shared.messaging.bus import SERVICES
from shared.messaging.kafka_security import security_of
from shared.settings import Settings

AT_ONCE = 5_000


@asynccontextmanager
async def consumer_of(settings: Settings, group: str | None) -> AsyncIterator[AIOKafkaConsumer]:
    """Open a consumer that commits nothing by itself."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        **security_of(settings),
    )
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def ends_of(settings: Settings) -> Places:
    """Return where every topic of events ends now, by partition."""
    async with consumer_of(settings, None) as consumer:
        return _by_topic(await consumer.end_offsets(await _places(consumer)))


async def read_by_groups(settings: Settings) -> dict[str, Places]:
    """Return what each service's group has committed, by partition."""
    read = {}
    for group in SERVICES:
        async with consumer_of(settings, group) as consumer:
            committed = {place: await consumer.committed(place) for place in await _places(consumer)}
        read[group] = _by_topic({place: offset for place, offset in committed.items() if offset is not None})
    return read


async def told_between(settings: Settings, first: Places, last: Places | None = None) -> AsyncIterator[tuple[str, str]]:
    """Give the ids and types of the events at offsets from `first` on to before `last` (None: to the present end)."""
    async with consumer_of(settings, None) as consumer:
        begins, ends = await _bounds(consumer)
        from_, until = {}, {}
        for place, end in ends.items():
            from_[place] = max(begins[place], _at(first, place) or 0)
            until[place] = end if last is None else min(end, _at(last, place) or 0)
        waiting = {place for place in ends if from_[place] < until[place]}
        consumer.assign(sorted(waiting))
        for place in waiting:
            consumer.seek(place, from_[place])
        while waiting:
            for place, records in (await consumer.getmany(timeout_ms=1_000, max_records=AT_ONCE)).items():
                for named in _named(record for record in records if record.offset < until[place]):
                    yield named
                if await consumer.position(place) >= until[place]:
                    waiting.discard(place)
                    consumer.pause(place)


def least(read: Iterable[Places]) -> Places:
    """Return the lowest offset of several for each partition; where one knows none, none."""
    found: Places = {}
    for places in read:
        for topic, offsets in places.items():
            known = found.setdefault(topic, offsets)
            found[topic] = [None if a is None or b is None else min(a, b) for a, b in zip(known, offsets, strict=True)]
    return found


async def rewind(settings: Settings, manifest: Manifest) -> None:
    """Let every group go on where it was before the backup, or with the oldest record kept.

    Raises aiokafka's errors while a service still runs: its group is not ours then.
    """
    for group in SERVICES:
        async with consumer_of(settings, group) as consumer:
            begins, ends = await _bounds(consumer)
            read = manifest.read.get(group, {})
            known = [place for place in ends if _at(read, place) or await consumer.committed(place)]
            offsets = {place: min(max(begins[place], _at(read, place) or 0), ends[place]) for place in known}
            consumer.assign(sorted(offsets))
            if offsets:
                await consumer.commit(offsets)


async def _places(consumer: AIOKafkaConsumer) -> list[TopicPartition]:
    there = await consumer.topics()
    return [TopicPartition(topic, n) for topic in all_topics() if topic in there for n in range(PARTITIONS)]


async def _bounds(consumer: AIOKafkaConsumer) -> tuple[dict[TopicPartition, int], dict[TopicPartition, int]]:
    places = await _places(consumer)
    return dict(await consumer.beginning_offsets(places)), dict(await consumer.end_offsets(places))


def _by_topic(offsets: Mapping[TopicPartition, int]) -> Places:
    found: Places = {}
    for place, offset in offsets.items():
        found.setdefault(place.topic, [None] * PARTITIONS)[place.partition] = offset
    return found


def _at(places: Places, place: TopicPartition) -> int | None:
    offset: int | None = places.get(place.topic, [None] * PARTITIONS)[place.partition]
    return offset


def _named(records: Iterable[ConsumerRecord]) -> list[tuple[str, str]]:
    """Return id and type of events; what has none is no event of ours."""
    headers = (dict(record.headers) for record in records)
    return [
        (each["ce_id"].decode(), each["ce_type"].decode()) for each in headers if {"ce_id", "ce_type"} <= each.keys()
    ]
