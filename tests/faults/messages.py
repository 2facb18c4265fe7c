"""Messages that nobody should ever see twice, or at all: old ones told again out of order, and poison."""

import itertools
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from shared.events import PARTITIONS, all_topics
from tests.faults.country import Country
from tests.faults.evidence import FAULT_HEADER

Made = tuple[bytes | None, str | None]
"""The bytes of a record, and the type its header tells."""


def _wrong_types(value: bytes, told: str) -> Made:
    """Whatever an event says is said by a list."""
    wire = json.loads(value)
    return json.dumps(wire | {"data": {name: [] for name in wire["data"]}}).encode(), told


POISON: dict[str, Callable[[bytes, str], Made]] = {
    "nothing": lambda value, told: (None, told),
    "empty": lambda value, told: (b"", told),
    "no-json": lambda value, told: (b"\x00\x01kafka", told),
    "no-text": lambda value, told: (b'{"id": "\xff\xfe"}', told),
    "no-object": lambda value, told: (b"[1, 2, 3]", told),
    "cut-short": lambda value, told: (value[: len(value) // 2], told),
    "no-data": lambda value, told: (value.replace(b'"data":', b'"other":'), told),
    "wrong-types": _wrong_types,
    "deep": lambda value, told: (b"[" * 50_000 + b"]" * 50_000, told),
    "no-type": lambda value, told: (value, None),
}


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it lies in a topic."""

    topic: str
    partition: int
    key: bytes
    value: bytes | None
    headers: list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Again:
    """Messages of a while ago are told again: twice, and in another order."""

    seed: int
    count: int
    kind: str = "told-again"

    @property
    def touches(self) -> frozenset[str]:
        """The brokers have to be there for it."""
        return frozenset({"kafka"})

    async def inject(self, country: Country) -> None:
        """Read some of what was told, and publish it again as it was."""
        dice = random.Random(self.seed)
        found = await _some_records(country.brokers.bootstrap, dice, self.count)
        dice.shuffle(found)
        await _publish(country.brokers.bootstrap, found)

    async def heal(self, country: Country) -> None:
        """There is nothing to mend."""


@dataclass(frozen=True, slots=True)
class Poison:
    """Bytes that are no event lie among those that are."""

    seed: int
    poisons: tuple[str, ...]
    kind: str = "poison"

    @property
    def touches(self) -> frozenset[str]:
        """The brokers have to be there for it."""
        return frozenset({"kafka"})

    async def inject(self, country: Country) -> None:
        """Make poison of real records, each kind of some, and publish it behind them."""
        dice = random.Random(self.seed)
        records = await _some_records(country.brokers.bootstrap, dice, 2 * len(self.poisons))
        kinds = itertools.cycle(self.poisons)
        await _publish(country.brokers.bootstrap, [_poisoned(record, next(kinds)) for record in records])

    async def heal(self, country: Country) -> None:
        """There is nothing to mend: consumers must bury it by themselves."""


def _poisoned(record: Record, poison: str) -> Record:
    told = next((value.decode() for name, value in record.headers if name == "ce_type"), "")
    value, event_type = POISON[poison](record.value or b"", told)
    headers = [(FAULT_HEADER, poison.encode())]
    headers += [("ce_type", event_type.encode())] if event_type is not None else []
    return Record(record.topic, record.partition, record.key, value, headers)


async def _some_records(bootstrap: str, dice: random.Random, count: int) -> list[Record]:
    """Return up to so many records that are no poison, from places all over the topics."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        places = [TopicPartition(topic, partition) for topic in all_topics() for partition in range(PARTITIONS)]
        ends = await consumer.end_offsets(places)
        filled = sorted(place for place in places if ends[place])
        chosen = dice.sample(filled, min(count, len(filled)))
        if not chosen:
            return []
        consumer.assign(chosen)
        for place in chosen:
            consumer.seek(place, dice.randrange(ends[place]))
        found: list[Record] = []
        # A place may be left with poison only: what does not come soon is not waited for.
        for _ in range(10):
            for records in (await consumer.getmany(timeout_ms=200, max_records=count)).values():
                found += [
                    Record(one.topic, one.partition, one.key, one.value, list(one.headers))
                    for one in records
                    if FAULT_HEADER not in dict(one.headers)
                ]
            if len(found) >= count:
                break
        return found[:count]
    finally:
        await consumer.stop()


async def _publish(bootstrap: str, records: Sequence[Record]) -> None:
    """Publish records where they lie."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    try:
        for one in records:
            await producer.send_and_wait(
                one.topic, one.value, key=one.key, partition=one.partition, headers=one.headers
            )
    finally:
        await producer.stop()
