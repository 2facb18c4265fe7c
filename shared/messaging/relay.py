"""The relay: the only one who publishes. It moves the outbox to the bus in order and deletes what was acknowledged."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack, suppress

import structlog
from sqlalchemy import Integer, Text, text

from shared.database import Database, Session
from shared.messaging import outbox
from shared.messaging.bus import Bus, BusError
from shared.messaging.envelope import Record, cause_of
from shared.messaging.waiting import pause_s
from shared.prepared import Prepared
from shared.telemetry import Metrics
from shared.tracing import UNTRACED, Tracing

BATCH = 2000
_ONE_TRANSACTION = 10 * BATCH
_POLL_S = 0.2
_PAUSE_S = 0.005
"""After a batch that was not full: those who tell something meanwhile share the next one, whatever each would cost."""
_LOCK_SPACE = 16_011
_LOCK = Prepared(
    lambda _: text(
        "SELECT s FROM generate_series(0, CAST(:last AS int)) AS s "
        "WHERE pg_try_advisory_xact_lock(CAST(:space AS int), s)"
    ).columns(s=Integer)
)
# Without this a long outbox is sorted as a whole for every batch: its statistics never keep up with it.
_BY_INDEX = Prepared(
    lambda _: text(
        "SELECT set_config('enable_sort', 'off', true) AS a, set_config('enable_bitmapscan', 'off', true) AS b"
    ).columns(a=Text, b=Text)
)

log = structlog.get_logger()


class Relay:
    """Publishes one service's outbox. Several replicas may run: a shard belongs to one of them at a time."""

    def __init__(self, database: Database, bus: Bus, metrics: Metrics, tracing: Tracing = UNTRACED) -> None:
        self._tracing = tracing
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
                await asyncio.sleep(pause_s(0.2, failures))
            if published < BATCH:
                await asyncio.sleep(_PAUSE_S)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), _POLL_S)

    async def drain(self) -> int:
        """Publish until the outbox is empty; returns how many events."""
        total = 0
        while published := await self.publish_batch():
            total += published
        return total

    async def publish_batch(self) -> int:
        """Publish the oldest waiting events and delete them once they are acknowledged; returns how many."""
        async with self._publishing:
            if self._database.dialect == "postgresql":
                published, error = await self._publish_locked()
            else:
                published, error = await self._publish_alone(), None
        self._metrics.published.inc(published)
        if error is not None:
            raise error
        return published

    async def _publish_locked(self) -> tuple[int, Exception | None]:
        """One transaction holds the shards' locks until the published rows are deleted.

        A bus that fails half-way does not undo it: what was acknowledged before is deleted, and the error returned.
        """
        async with self._database.transaction() as session:
            locked = {"last": outbox.SHARDS - 1, "space": _LOCK_SPACE}
            shards = [row[0] for row in await session.run(_LOCK, locked)]
            if not shards:
                return 0, None
            await session.run(_BY_INDEX, {})
            return await self._publish_all(session, shards)

    async def _publish_all(self, session: Session, shards: Sequence[int]) -> tuple[int, Exception | None]:
        """Publish batch after batch; while one is on its way, the one before is deleted and the next one read."""
        published = 0
        acknowledged: outbox.Waiting = []
        batch = await self._oldest(session, shards)
        while batch:
            sending = self._send(batch)
            try:
                await self._remove(session, acknowledged)
                more = len(batch) == BATCH and published < _ONE_TRANSACTION
                following = await self._oldest(session, shards, batch[-1][0]) if more else []
                error = (await asyncio.gather(sending, return_exceptions=True))[0]
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
            if error is not None:
                return published, error if isinstance(error, Exception) else BusError(repr(error))
            published += len(batch)
            acknowledged, batch = batch, following
        await self._remove(session, acknowledged)
        return published, None

    async def _oldest(self, session: Session, shards: Sequence[int], after: int = 0) -> outbox.Waiting:
        return await outbox.oldest(session, self._database.dialect, shards, BATCH, after)

    def _send(self, batch: outbox.Waiting) -> asyncio.Task[None]:
        return asyncio.create_task(self._publish([record for _, record in batch]))

    async def _publish(self, records: Sequence[Record]) -> None:
        """Publish records; each has its span, from when it is handed to the bus until the bus has it."""
        if not self._tracing.telling:
            return await self._bus.publish(records)
        with ExitStack() as spans:
            for record in records:
                if (cause := cause_of(record)) is not None:
                    topic = {"messaging.destination.name": record.topic}
                    spans.enter_context(self._tracing.span("producer", "publish", cause, topic))
            return await self._bus.publish(records)

    async def _remove(self, session: Session, batch: outbox.Waiting) -> None:
        if batch:
            await outbox.remove(session, self._database.dialect, [row_id for row_id, _ in batch])

    async def _publish_alone(self) -> int:
        """A SQLite file has one process; the writer's turn is taken only to delete."""
        async with self._database.transaction(read_only=True) as session:
            waiting = await self._oldest(session, range(outbox.SHARDS))
        if waiting:
            await self._publish([record for _, record in waiting])
            async with self._database.transaction() as session:
                await self._remove(session, waiting)
        return len(waiting)
