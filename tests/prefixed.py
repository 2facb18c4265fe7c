"""A bus whose topics and groups have a prefix of their own, so that tests can share one Kafka broker."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from shared.messaging.bus import Bus, Subscription, TopicPartition
from shared.messaging.envelope import Received, Record


class PrefixedBus:
    """Passes everything on to `bus` with `prefix` before each topic and group."""

    def __init__(self, bus: Bus, prefix: str) -> None:
        self._bus = bus
        self._prefix = prefix

    async def ensure_topics(self, topics: Sequence[str]) -> None:
        """Create the prefixed topics."""
        await self._bus.ensure_topics([self._prefix + topic for topic in topics])

    async def publish(self, records: Sequence[Record]) -> None:
        """Publish to the prefixed topics."""
        await self._bus.publish([record._replace(topic=self._prefix + record.topic) for record in records])

    async def subscribe(
        self, group: str, topics: Sequence[str], on_revoked: Callable[[], Awaitable[None]]
    ) -> Subscription:
        """Join the prefixed group."""
        names = [self._prefix + topic for topic in topics]
        return _Prefixed(await self._bus.subscribe(self._prefix + group, names, on_revoked), self._prefix)

    async def healthy(self) -> bool:
        """Ask the bus."""
        return await self._bus.healthy()

    async def close(self) -> None:
        """Close the bus."""
        await self._bus.close()


class _Prefixed:
    def __init__(self, subscription: Subscription, prefix: str) -> None:
        self._subscription = subscription
        self._prefix = prefix

    async def poll(self, limit: int, timeout_s: float) -> list[Received]:
        found = await self._subscription.poll(limit, timeout_s)
        return [record._replace(topic=record.topic.removeprefix(self._prefix)) for record in found]

    async def commit(self, next_offsets: Mapping[TopicPartition, int]) -> None:
        await self._subscription.commit({(self._prefix + topic, p): o for (topic, p), o in next_offsets.items()})

    async def rewind(self) -> None:
        await self._subscription.rewind()

    async def lag(self) -> int:
        return await self._subscription.lag()

    async def close(self) -> None:
        await self._subscription.close()
