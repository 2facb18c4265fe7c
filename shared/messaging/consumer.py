"""The supervised consumer: a batch of events is one transaction; what cannot be handled is parked or dead-lettered.

poll → decode → one transaction (inbox, handlers, outbox) → commit → commit offsets. A batch that fails is redone in
halves, down to the bad event, so that it does not stop the others. A database that is down stops everything and loses
nothing.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog

from shared.database import is_transient
from shared.errors import MissingDependency
from shared.messaging import dead_letters, inbox, parking
from shared.messaging.batch import Batch, Delivery, decode_all
from shared.messaging.bus import Bus, Subscription
from shared.messaging.envelope import Received, decode
from shared.messaging.handlers import Handlers
from shared.messaging.waiting import pause_s
from shared.telemetry import Metrics
from shared.tracing import UNTRACED, Tracing
from shared.unit_of_work import Transactions, UnitOfWork

T = TypeVar("T")
BATCH = 1000
SHRINKING, GROWING = 4, 10
"""A batch that took too long is tried again as parts of it; after each that did not, the next may have more events."""
STUCK_S = 90.0
REBUILD_S = 0.5
PARKED_EVERY_S = 5.0
_TRIES = 3

log = structlog.get_logger()


class Stuck(Exception):
    """Events wait and none was handled for a long time."""


class Consumer:
    """Handles one service's events.

    `healthy` turns False after three failures in a row; `lag` is as of the last look. Events that wait and none handled
    for `stuck_s` seconds are a failure, too, after which fewer are handled at once. After `rebuild_s` seconds, doubled
    with every failure in a row up to a few seconds, it tries again. Every `parked_every_s` seconds it looks for parked
    events that are due.
    """

    def __init__(
        self,
        name: str,
        handlers: Handlers,
        bus: Bus,
        transactions: Transactions,
        metrics: Metrics,
        *,
        stuck_s: float = STUCK_S,
        rebuild_s: float = REBUILD_S,
        parked_every_s: float = PARKED_EVERY_S,
        tracing: Tracing = UNTRACED,
    ) -> None:
        self.name = name
        self._stuck_s = stuck_s
        self._rebuild_s = rebuild_s
        self._parked_every_s = parked_every_s
        self.lag = 0
        self._failures = 0
        self._at_once = BATCH
        self._handlers = handlers
        self._bus = bus
        self._transactions = transactions
        self._metrics = metrics
        self._tracing = tracing
        self._subscription: Subscription | None = None
        self._ahead: Batch | None = None
        self._working = asyncio.Lock()

    @property
    def healthy(self) -> bool:
        """Whether it failed fewer than three times in a row."""
        return self._failures < 3

    async def run(self) -> None:
        """Consume until cancelled. Whatever breaks is closed and rebuilt."""
        while True:
            try:
                await self._consume()
            except Exception as error:
                self._failures += 1
                self._metrics.rebuilt.inc()
                log.warning("consumer-rebuilt", consumer=self.name, failures=self._failures, error=repr(error))
                await self.close()
                await asyncio.sleep(pause_s(self._rebuild_s, self._failures))

    async def close(self) -> None:
        """Leave the group; a later step joins it again."""
        self._ahead = None
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            try:
                await subscription.close()
            except Exception as error:
                log.warning("consumer-close-failed", consumer=self.name, error=repr(error))

    async def _consume(self) -> None:
        progress = looked = parked_at = time.monotonic()
        while True:
            handled = await self._step_in_time()
            now = time.monotonic()
            if handled or not self.lag:
                progress = now
                self._failures = 0
            if now - looked > 1.0:
                self.lag, looked = await self.joined().lag(), now
            if now - progress > self._stuck_s:
                raise Stuck(f"{self.lag} events wait, none handled for {self._stuck_s} s")
            if now - parked_at > self._parked_every_s:
                parked_at = now
                await self._retry_parked_or_wait()

    async def _step_in_time(self) -> int:
        """Take a step. One that takes too long would as often as it were taken: the next one has fewer events."""
        try:
            async with asyncio.timeout(self._stuck_s):
                handled = await self.step(1.0)
        except TimeoutError:
            self._at_once = max(1, self._at_once // SHRINKING)
            raise
        self._at_once = min(BATCH, self._at_once + (GROWING if handled else 0))
        return handled

    async def step(self, timeout_s: float) -> int:
        """Handle the next batch; returns how many records it had. The database being down is waited out here."""
        if self._subscription is None:
            self._subscription = await self._bus.subscribe(self.name, self._handlers.topics(), self._finish_batch)
        async with self._working:
            ahead, self._ahead = self._ahead, None
            batch = ahead if ahead and ahead.records else await self._fetch(timeout_s)
            if batch.records:
                fetching = asyncio.create_task(self._fetch(0.0))
                try:
                    await self._handle(batch)
                    await self.joined().commit(batch.next_offsets())
                    self._ahead = await fetching
                except Exception as error:
                    await _ended(fetching)
                    await self.joined().rewind()
                    await self._wait_for_database(error)
                    return 0
                finally:
                    await _ended(fetching)
        return len(batch.records)

    async def _fetch(self, timeout_s: float) -> Batch:
        """Poll and decode: done for the next batch while the database is busy with the one before."""
        return await decode_all(await self.joined().poll(self._at_once, timeout_s), self._handlers)

    async def _retry_parked_or_wait(self) -> None:
        try:
            await self.retry_parked()
        except Exception as error:
            await self._wait_for_database(error)

    async def _wait_for_database(self, error: Exception) -> None:
        """Wait a second if that may help; raise the error if it cannot."""
        if not is_transient(error):
            raise error
        log.warning("consumer-waits-for-database", consumer=self.name, error=repr(error))
        await asyncio.sleep(1.0)

    def joined(self) -> Subscription:
        """Return the subscription; raises Stuck before the first step."""
        if self._subscription is None:
            raise Stuck("not subscribed")
        return self._subscription

    async def _finish_batch(self) -> None:
        """Wait until the batch in work is committed: called before partitions go to another member."""
        async with self._working:
            # What was polled ahead is polled again by whoever has the partitions then.
            self._ahead = None

    async def _handle(self, batch: Batch) -> None:
        for record, error in batch.undecodable:
            await self._bury(record, None, error)
        await self._deliver(batch.deliveries)

    async def _deliver(self, deliveries: Sequence[Delivery]) -> None:
        if not deliveries:
            return
        try:
            await self._attempt(deliveries)
        except Exception as error:
            if is_transient(error):
                raise
            if len(deliveries) == 1:
                return await self._deliver_alone(deliveries[0])
            log.warning("batch-redone-in-halves", consumer=self.name, events=len(deliveries), error=repr(error)[:500])
            middle = len(deliveries) // 2
            await self._deliver(deliveries[:middle])
            await self._deliver(deliveries[middle:])

    async def _attempt(self, deliveries: Sequence[Delivery]) -> None:
        """Handle the deliveries in one transaction; those whose key has parked events are parked behind them."""
        async with self._transactions.begin() as uow:
            ids = [delivery.envelope.id for delivery in deliveries]
            fresh = await inbox.take(uow.session, uow.dialect, ids, uow.now)
            blocked = await parking.blocked_keys(uow, [delivery.record for delivery in deliveries])
            wanted = []
            for delivery in deliveries:
                if delivery.envelope.id not in fresh:
                    continue
                fresh.discard(delivery.envelope.id)
                if (delivery.record.topic, delivery.record.key) in blocked:
                    await parking.park(uow, delivery.record, "waits behind an earlier event of its key")
                else:
                    wanted.append(delivery.envelope)
            await self._handlers.handle(wanted, uow, self._tracing)
        self._metrics.consumed.inc(len(wanted))

    async def _deliver_alone(self, delivery: Delivery) -> None:
        """Handle one event by itself: park it when something is missing, bury it when it fails every time."""

        async def bury(error: Exception) -> None:
            log.exception("event-dead-lettered", consumer=self.name, id=delivery.envelope.id)
            await self._bury(delivery.record, delivery.envelope.id, repr(error))

        await _tried(lambda: self._attempt([delivery]), lambda missing: self._park(delivery, missing.detail), bury)

    async def _park(self, delivery: Delivery, reason: str) -> None:
        async with self._transactions.begin() as uow:
            if await inbox.take(uow.session, uow.dialect, [delivery.envelope.id], uow.now):
                await parking.park(uow, delivery.record, reason)

    async def _bury(self, record: Received, event_id: str | None, error: str) -> None:
        async with self._transactions.begin() as uow:
            if event_id is None or await inbox.take(uow.session, uow.dialect, [event_id], uow.now):
                await dead_letters.bury(uow, self.name, record, error)

    async def retry_parked(self, *, all_now: bool = False) -> int:
        """Try parked events that are due (or all of them), in order per key; returns how many were handled."""
        handled = 0
        async with self._working:
            async with self._transactions.begin(read_only=True) as uow:
                heads = await parking.due_heads(uow, all_now=all_now)
            for head in heads:
                parked: parking.Parked | None = head
                while parked is not None and await self._retry(parked):
                    handled += 1
                    async with self._transactions.begin(read_only=True) as uow:
                        parked = await parking.head_of(uow, parked.record)
        return handled

    async def _retry(self, parked: parking.Parked) -> bool:
        """Try a parked event whose turn it is; whether its key goes on. What fails every time is buried."""

        async def postpone(missing: MissingDependency) -> bool:
            async with self._transactions.begin() as uow:
                await parking.postpone(uow, parked, missing.detail)
            return False

        async def bury(error: Exception) -> bool:
            async with self._transactions.begin() as uow:
                if await parking.take(uow, parked):
                    await dead_letters.bury(uow, self.name, parked.record, repr(error))
            return True

        return await _tried(lambda: self._take_parked(parked), postpone, bury)

    async def _take_parked(self, parked: parking.Parked) -> bool:
        async with self._transactions.begin() as uow:
            if not await parking.take(uow, parked):
                return False
            await self._handlers.handle([decode(parked.record)], uow, self._tracing)
        self._metrics.consumed.inc()
        return True

    async def replay(self, letter_id: int) -> None:
        """Handle a dead letter again, now that its cause is mended; raises what the handler raises."""
        async with self._transactions.begin() as uow:
            await self.replay_in(uow, letter_id)

    async def replay_in(self, uow: UnitOfWork, letter_id: int) -> None:
        """Handle a dead letter again in a unit of work; raises NotFound, AlreadyDone, and what the handler raises."""
        record = await dead_letters.reopen(uow, letter_id)
        await self._handlers.handle([decode(record)], uow, self._tracing)
        self._metrics.consumed.inc()


async def _tried(
    handle: Callable[[], Awaitable[T]],
    lacks: Callable[[MissingDependency], Awaitable[T]],
    fails: Callable[[Exception], Awaitable[T]],
) -> T:
    """Handle an event as often as one is tried; what it `lacks`, or that it `fails` every time, ends it otherwise.

    Raises what a database that is away does.
    """
    attempt = 1
    while True:
        try:
            return await handle()
        except MissingDependency as missing:
            return await lacks(missing)
        except Exception as error:
            if is_transient(error):
                raise
            if attempt == _TRIES:
                return await fails(error)
            await asyncio.sleep(0.02 * attempt)
            attempt += 1


async def _ended(task: asyncio.Task[Batch]) -> None:
    """Wait until a task is over, which it is soon: its result is not wanted any more."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
