"""A bus whose topics and groups have a prefix of their own, so that tests can share one Kafka broker."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as Place

from shared.events import PARTITIONS
from shared.messaging.bus import Bus, Subscription, TopicPartition
from shared.messaging.envelope import Received, Record


class PrefixedBus:
    """Passes everything on to `bus` with a prefix before each topic and one, by default the same, before each group."""

    def __init__(self, bus: Bus, prefix: str, groups: str | None = None) -> None:
        self._bus = bus
        self._prefix = prefix
        self._groups = prefix if groups is None else groups

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
        return _Prefixed(await self._bus.subscribe(self._groups + group, names, on_revoked), self._prefix)

    async def healthy(self) -> bool:
        """Ask the bus."""
        return await self._bus.healthy()

    async def close(self) -> None:
        """Close the bus."""
        await self._bus.close()


class LateBus(PrefixedBus):
    """Its groups see nothing of what was there before it, so that tests can share topics, which take long to make."""

    def __init__(self, bus: Bus, prefix: str, groups: str, bootstrap: str) -> None:
        super().__init__(bus, prefix, groups)
        self._bootstrap = bootstrap
        self._ends: dict[Place, int] = {}
        self._known: set[str] = set()

    async def ensure_topics(self, topics: Sequence[str]) -> None:
        """Create the prefixed topics, and note where they end now: groups begin there, whenever they are joined."""
        await super().ensure_topics(topics)
        async with self._consumer(None) as consumer:
            self._ends = await consumer.end_offsets(self._places(topics))

    async def subscribe(
        self, group: str, topics: Sequence[str], on_revoked: Callable[[], Awaitable[None]]
    ) -> Subscription:
        """Join the prefixed group; a new one begins where its topics ended."""
        if group not in self._known:
            self._known.add(group)
            places = self._places(topics)
            async with self._consumer(self._groups + group) as consumer:
                consumer.assign(places)
                await consumer.commit({place: self._ends[place] for place in places})
        return await super().subscribe(group, topics, on_revoked)

    def _places(self, topics: Sequence[str]) -> list[Place]:
        return [Place(self._prefix + topic, partition) for topic in topics for partition in range(PARTITIONS)]

    def _consumer(self, group: str | None) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(bootstrap_servers=self._bootstrap, group_id=group, enable_auto_commit=False)


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
