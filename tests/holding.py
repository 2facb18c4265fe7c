"""A bus that can hold everything back and let it go in another order, as real topics may interleave.

It also knows what was published through it, so that those who have read all of it need not ask the brokers again.
"""

import random
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence

from shared.messaging.bus import Bus, Subscription, TopicPartition
from shared.messaging.envelope import Received, Record


class HoldingBus:
    """Passes everything on to `bus`; between `hold` and `release` what is published waits."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._held: list[Record] | None = None
        self._published: Counter[str] = Counter()

    def hold(self) -> None:
        """Hold back what is published from now on."""
        self._held = []

    async def release(self, order: random.Random) -> None:
        """Publish what was held: each key of each topic in its order, all else shuffled by `order`."""
        queues: dict[tuple[str, str], deque[Record]] = defaultdict(deque)
        held, self._held = self._held or [], None
        for record in held:
            queues[record.topic, record.key].append(record)
        while queues:
            place = order.choice(sorted(queues))
            await self._pass_on([queues[place].popleft()])
            if not queues[place]:
                del queues[place]

    async def publish(self, records: Sequence[Record]) -> None:
        """Publish, or hold back."""
        if self._held is None:
            await self._pass_on(records)
        else:
            self._held += records

    async def _pass_on(self, records: Sequence[Record]) -> None:
        await self._bus.publish(records)
        self._published.update(record.topic for record in records)

    async def ensure_topics(self, topics: Sequence[str]) -> None:
        """Ask the bus."""
        await self._bus.ensure_topics(topics)

    async def subscribe(
        self, group: str, topics: Sequence[str], on_revoked: Callable[[], Awaitable[None]]
    ) -> Subscription:
        """Ask the bus."""
        return _Knowing(await self._bus.subscribe(group, topics, on_revoked), topics, self._published)

    async def healthy(self) -> bool:
        """Ask the bus."""
        return await self._bus.healthy()

    async def close(self) -> None:
        """Close the bus."""
        await self._bus.close()


class _Knowing:
    """A subscription that knows that nothing waits when nothing was published since nothing did."""

    def __init__(self, subscription: Subscription, topics: Sequence[str], published: Counter[str]) -> None:
        self._subscription = subscription
        self._topics = topics
        self._published = published
        self._read = 0

    async def lag(self) -> int:
        published = sum(self._published[topic] for topic in self._topics)
        if published == self._read:
            return 0
        lag = await self._subscription.lag()
        if not lag:
            self._read = published
        return lag

    async def poll(self, limit: int, timeout_s: float) -> list[Received]:
        return await self._subscription.poll(limit, timeout_s)

    async def commit(self, next_offsets: Mapping[TopicPartition, int]) -> None:
        await self._subscription.commit(next_offsets)

    async def rewind(self) -> None:
        await self._subscription.rewind()

    async def close(self) -> None:
        await self._subscription.close()
