"""The bus as a port: Kafka in production, a log in a file on one laptop; both pass the same tests.

Records of one key go to one partition and stay in order; every group gets every record at least once; members of a
group share the partitions; a group that is new starts at the oldest record kept.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from shared.events import PARTITIONS, all_topics
from shared.messaging.envelope import Received, Record

TopicPartition = tuple[str, int]
SERVICES = ("nutrition", "farmers", "procurement", "logistics")


class BusError(Exception):
    """The bus cannot do it now."""


class UnknownTopic(BusError):
    """Topics are created by a job, never by publishing."""


class Subscription(Protocol):
    """One member of a group."""

    async def poll(self, limit: int, timeout_s: float) -> list[Received]:
        """Return up to `limit` next records, in order per partition; waits `timeout_s` when there are none."""
        ...

    async def commit(self, next_offsets: Mapping[TopicPartition, int]) -> None:
        """Note for the group which offset it reads next in each partition."""
        ...

    async def rewind(self) -> None:
        """Go back to what the group last committed: what was polled since will be polled again."""
        ...

    async def lag(self) -> int:
        """Return how many records of this member's partitions the group has not committed."""
        ...

    async def close(self) -> None:
        """Leave the group."""
        ...


class Bus(Protocol):
    """Where the relay publishes and consumers subscribe."""

    async def ensure_topics(self, topics: Sequence[str]) -> None:
        """Create the topics that are missing."""
        ...

    async def publish(self, records: Sequence[Record]) -> None:
        """Publish records; returns when all of them are stored for every group. Raises BusError."""
        ...

    async def subscribe(
        self, group: str, topics: Sequence[str], on_revoked: Callable[[], Awaitable[None]]
    ) -> Subscription:
        """Join `group`; `on_revoked` is awaited before partitions go to another member."""
        ...

    async def healthy(self) -> bool:
        """Whether the bus answers."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


@lru_cache(maxsize=200_000)
def partition_of(key: str) -> int:
    """Return the partition of a key, as Kafka's own clients compute it (murmur2)."""
    # Here, because it brings all of aiokafka: who publishes nothing need not hold it.
    from aiokafka.partitioner import murmur2

    return (int(murmur2(key.encode())) & 0x7FFFFFFF) % PARTITIONS


def dead_letter_topic(consumer: str) -> str:
    """Return the topic of a consumer's dead letters."""
    return f"{consumer}.dlt.v1"


def every_topic() -> list[str]:
    """Return every topic of the system: the registry's and the dead letters'."""
    return [*all_topics(), *(dead_letter_topic(service) for service in SERVICES)]
