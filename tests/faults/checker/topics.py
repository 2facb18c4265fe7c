"""Reading everything that Kafka holds of the events' topics into the notes."""

import json
import sqlite3
from collections.abc import Iterator

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from tests.faults.checker.groups import SUBJECTS
from tests.faults.checker.notes import Record, index, note_records
from tests.faults.evidence import FAULT_HEADER

AT_ONCE = 5_000
_OWNERS = ("nutrition.", "farmers.", "procurement.", "logistics.")


async def note_topics(notes: sqlite3.Connection, bootstrap: str, prefix: str = "") -> None:
    """Note every record of the events' topics, from the oldest kept to the newest there is now.

    `prefix` is what the names of topics begin with, where several runs share brokers.
    """
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        places = await _places(bootstrap, prefix)
        firsts, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
        told = [(place.topic.removeprefix(prefix), place.partition, firsts[place], ends[place]) for place in places]
        notes.executemany("INSERT INTO topic VALUES (?, ?, ?, ?)", told)
        waiting = {place for place in places if firsts[place] < ends[place]}
        consumer.assign(sorted(waiting))
        while waiting:
            for place, records in (await consumer.getmany(timeout_ms=1_000, max_records=AT_ONCE)).items():
                note_records(notes, _noted([each for each in records if each.offset < ends[place]], prefix))
            for place in list(waiting):
                if await consumer.position(place) >= ends[place]:
                    waiting.discard(place)
                    consumer.pause(place)
    finally:
        await consumer.stop()
    index(notes)


async def _places(bootstrap: str, prefix: str) -> list[TopicPartition]:
    """Return every partition of the events' topics."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        owned = tuple(prefix + owner for owner in _OWNERS)
        names = [name for name in await admin.list_topics() if name.startswith(owned) and ".dlt." not in name]
        described = await admin.describe_topics(names)
    finally:
        await admin.close()
    return [
        TopicPartition(topic["topic"], partition["partition"])
        for topic in described
        for partition in topic["partitions"]
    ]


def _noted(records: list[ConsumerRecord], prefix: str) -> Iterator[Record]:
    for record in records:
        headers = {name: value.decode("utf-8", "replace") for name, value in record.headers}
        kind, fault = headers.get("ce_type"), headers.get(FAULT_HEADER)
        subject = SUBJECTS.get(kind or "") if fault is None else None
        about = _about(record.value, *subject) if subject else (None, None)
        key = "" if record.key is None else record.key.decode("utf-8", "replace")
        place = (record.topic.removeprefix(prefix), record.partition, record.offset)
        yield (*place, key, headers.get("ce_id"), kind, *about, fault)


def _about(value: bytes, name: str, version: str | None) -> tuple[str, int | None]:
    data = json.loads(value)["data"]
    return str(data[name]), None if version is None else int(data[version])
