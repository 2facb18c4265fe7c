"""The relay: the only one who publishes. It moves the outbox to the bus in order and deletes what was acknowledged."""

import asyncio
from contextlib import suppress

import structlog
from sqlalchemy import text

from shared.database import Database
from shared.messaging import outbox
from shared.messaging.bus import Bus
from shared.telemetry import Metrics

BATCH = 2000
_POLL_S = 0.2
_LOCK_SPACE = 16_011
_LOCK = text("SELECT s FROM generate_series(0, :last) AS s WHERE pg_try_advisory_xact_lock(:space, s)")

log = structlog.get_logger()


class Relay:
    """Publishes one service's outbox. Several replicas may run: a shard belongs to one of them at a time."""

    def __init__(self, database: Database, bus: Bus, metrics: Metrics) -> None:
        self._database = database
        self._bus = bus
        self._metrics = metrics
        self._woken = asyncio.Event()
        self._publishing = asyncio.Lock()

    def wake(self) -> None:
        """Say that something was written to the outbox."""
        self._woken.set()

    async def run(self) -> None:
        """Publish until cancelled; failures are logged and tried again."""
        failures = 0
        while True:
            self._woken.clear()
            try:
                published = await self.publish_batch()
                failures = 0
            except Exception as error:
                failures += 1
                published = 0
                log.warning("relay-failed", failures=failures, error=repr(error))
                await asyncio.sleep(min(0.2 * 2**failures, 10.0))
            if published < BATCH:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), _POLL_S)

    async def drain(self) -> int:
        """Publish until the outbox is empty; returns how many events."""
        total = 0
        while published := await self.publish_batch():
            total += published
        return total

    async def publish_batch(self) -> int:
        """Publish the oldest waiting events and delete them once all are acknowledged; returns how many."""
        async with self._publishing:
            if self._database.dialect == "postgresql":
                published = await self._publish_locked()
            else:
                published = await self._publish_alone()
        self._metrics.published.inc(published)
        return published

    async def _publish_locked(self) -> int:
        """One transaction holds the shards' locks until the published rows are deleted."""
        async with self._database.transaction() as session:
            locked = {"last": outbox.SHARDS - 1, "space": _LOCK_SPACE}
            shards = (await session.scalars(_LOCK, locked)).all()
            waiting = await outbox.oldest(session, shards, BATCH) if shards else []
            if waiting:
                await self._bus.publish([record for _, record in waiting])
                await outbox.remove(session, self._database.dialect, [row_id for row_id, _ in waiting])
        return len(waiting)

    async def _publish_alone(self) -> int:
        """A SQLite file has one process; the writer's turn is taken only to delete."""
        async with self._database.transaction(read_only=True) as session:
            waiting = await outbox.oldest(session, range(outbox.SHARDS), BATCH)
        if waiting:
            await self._bus.publish([record for _, record in waiting])
            async with self._database.transaction() as session:
                await outbox.remove(session, self._database.dialect, [row_id for row_id, _ in waiting])
        return len(waiting)
