"""`python -m tests.faults.process SERVICE`: a real service process that does what the bench tells it (`controls`)."""

import asyncio
import os
import random
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from importlib import import_module

from shared.messaging.bus import Bus, Subscription, TopicPartition
from shared.messaging.envelope import Received, Record
from shared.service import Service, create_app
from shared.settings import Settings
from shared.standalone import listen, open_bus
from shared.telemetry import log_as_json
from tests.faults.controls import Panel, SteppedClock, own_panel


class UnrulyBus:
    """A bus on which publications come twice, late and, between topics, in another order; some are not lived to see."""

    def __init__(self, bus: Bus, panel: Panel) -> None:
        self._bus = bus
        self._panel = panel
        self._dice = random.Random(os.getpid())
        self.ensure_topics, self.healthy, self.close = bus.ensure_topics, bus.healthy, bus.close

    async def publish(self, records: Sequence[Record]) -> None:
        """Publish, once or twice, at once or topic by topic after a while."""
        die_at(self._panel, "before-publish")
        controls = self._panel.get()
        for _ in range(2 if self._dice.random() < controls.twice else 1):
            if controls.delay_s:
                await self._publish_late(records, controls.delay_s)
            else:
                await self._bus.publish(records)
        die_at(self._panel, "after-publish")

    async def _publish_late(self, records: Sequence[Record], delay_s: float) -> None:
        topics = sorted({record.topic for record in records})
        self._dice.shuffle(topics)
        for topic in topics:
            await asyncio.sleep(self._dice.uniform(0.0, delay_s))
            await self._bus.publish([record for record in records if record.topic == topic])

    async def subscribe(
        self, group: str, topics: Sequence[str], on_revoked: Callable[[], Awaitable[None]]
    ) -> Subscription:
        """Join a group."""
        return UnrulySubscription(await self._bus.subscribe(group, topics, on_revoked), self._panel)


class UnrulySubscription:
    """A member of a group that may not live to commit its offsets."""

    def __init__(self, subscription: Subscription, panel: Panel) -> None:
        self._subscription = subscription
        self._panel = panel
        self.rewind, self.lag, self.close = subscription.rewind, subscription.lag, subscription.close

    async def poll(self, limit: int, timeout_s: float) -> list[Received]:
        """Pass on."""
        return await self._subscription.poll(limit, timeout_s)

    async def commit(self, next_offsets: Mapping[TopicPartition, int]) -> None:
        """Commit, if it comes to that."""
        die_at(self._panel, "before-offsets")
        await self._subscription.commit(next_offsets)


def die_at(panel: Panel, point: str) -> None:
    """End this process as `kill -9` does, if it is to die here."""
    if panel.get().dies_at == point:
        os.kill(os.getpid(), signal.SIGKILL)


def main(name: str) -> None:
    """Serve one service."""
    settings, panel = Settings(), own_panel()
    log_as_json(settings.log_level)
    definition = import_module(f"services.{name}.main").definition
    service = Service(definition, settings, UnrulyBus(open_bus(settings, name), panel), SteppedClock(panel))
    listen(create_app(service), settings)


if __name__ == "__main__":
    main(*sys.argv[1:])
