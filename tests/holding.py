"""A bus that can hold everything back and let it go in another order, as real topics may interleave."""

import random
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence

from shared.messaging.bus import Bus, Subscription
from shared.messaging.envelope import Record


class HoldingBus:
    """Passes everything on to `bus`; between `hold` and `release` what is published waits."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._held: list[Record] | None = None

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
            await self._bus.publish([queues[place].popleft()])
            if not queues[place]:
                del queues[place]

    async def publish(self, records: Sequence[Record]) -> None:
        """Publish, or hold back."""
        if self._held is None:
            await self._bus.publish(records)
        else:
            self._held += records

    async def ensure_topics(self, topics: Sequence[str]) -> None:
        """Ask the bus."""
        await self._bus.ensure_topics(topics)

    async def subscribe(
        self, group: str, topics: Sequence[str], on_revoked: Callable[[], Awaitable[None]]
    ) -> Subscription:
        """Ask the bus."""
        return await self._bus.subscribe(group, topics, on_revoked)

    async def healthy(self) -> bool:
        """Ask the bus."""
        return await self._bus.healthy()

    async def close(self) -> None:
        """Close the bus."""
        await self._bus.close()
