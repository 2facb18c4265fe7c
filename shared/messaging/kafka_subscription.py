"""One member of a consumer group on Kafka."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord
from aiokafka import TopicPartition as Place
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.errors import CommitFailedError, IllegalStateError

from shared.messaging.bus import BusError, TopicPartition
from shared.messaging.envelope import Received
from shared.messaging.kafka_errors import as_bus_errors

_SESSION_MS = 10_000
_HEARTBEAT_MS = 1_000
_REBALANCE_MS = 30_000
_JOIN_S = 60.0
_ANSWER_S = 10.0
_CLOSE_S = 10.0
_MOVING_PAUSE_S = 0.05

FETCH_WAIT_MS = 100

log = structlog.get_logger()


class KafkaSubscription(ConsumerRebalanceListener):  # type: ignore[misc]  # the client library is untyped
    """A member of `group`, made by `KafkaBus.subscribe`. `instance` makes the membership static."""

    def __init__(
        self,
        connection: Mapping[str, Any],
        client_id: str,
        group: str,
        instance: str | None,
        on_revoked: Callable[[], Awaitable[None]],
        fetch_wait_ms: int = FETCH_WAIT_MS,
    ) -> None:
        self._consumer = AIOKafkaConsumer(
            **connection,
            client_id=client_id,
            group_id=group,
            group_instance_id=instance,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            # The assignor keeps what a member had on its class: members of one process must not share it.
            partition_assignment_strategy=(type("Sticky", (StickyPartitionAssignor,), {}),),
            session_timeout_ms=_SESSION_MS,
            rebalance_timeout_ms=_REBALANCE_MS,
            heartbeat_interval_ms=_HEARTBEAT_MS,
            # A partition that was empty is asked for again only when the request under way returns.
            fetch_max_wait_ms=fetch_wait_ms,
            metadata_max_age_ms=60_000,
        )
        self._group = group
        self._on_revoked = on_revoked
        self._moving = asyncio.Event()
        self._resume: dict[Place, int] = {}
        self._lag = 0

    async def join(self, topics: Sequence[str]) -> None:
        """Join the group and wait for partitions. Raises BusError."""
        self._consumer.subscribe(list(topics), listener=self)
        try:
            with as_bus_errors(f"joining {self._group}"):
                async with asyncio.timeout(_JOIN_S):
                    await self._consumer.start()
        except BaseException:
            await self.close()
            raise

    async def on_partitions_revoked(self, revoked: Sequence[Place]) -> None:
        """Let the batch in work finish before partitions go to another member."""
        self._moving.set()
        if revoked:
            await self._on_revoked()
        self._resume.clear()

    async def on_partitions_assigned(self, assigned: Sequence[Place]) -> None:
        """Go on with the partitions this member has now."""
        log.info("partitions-assigned", group=self._group, partitions=len(assigned))
        self._moving.clear()

    async def poll(self, limit: int, timeout_s: float) -> list[Received]:
        """Return up to `limit` next records, in order per partition; waits `timeout_s` when there are none."""
        with as_bus_errors("polling"):
            if self._moving.is_set():
                # The client would wait here for its partitions, and whoever is to give them up waits for us. It is
                # asked all the same: it joins its group again for members only that poll, and waits with what went
                # wrong until somebody hears of it.
                found = await self._wait_for_records(limit, 0.0)
                await asyncio.sleep(0.0 if found else min(timeout_s, _MOVING_PAUSE_S))
            else:
                found = await self._consumer.getmany(timeout_ms=0, max_records=limit)
                if not found and timeout_s > 0:
                    found = await self._wait_for_records(limit, timeout_s)
        records: list[Received] = []
        for place, some in found.items():
            self._resume.setdefault(place, some[0].offset)
            records += [_received(one) for one in some]
        return records

    async def _wait_for_records(self, limit: int, timeout_s: float) -> dict[Place, list[ConsumerRecord]]:
        """Wait for records, and no longer than until partitions begin to move."""
        fetching = asyncio.ensure_future(self._consumer.getmany(timeout_ms=int(timeout_s * 1000), max_records=limit))
        moving = asyncio.ensure_future(self._moving.wait())
        try:
            await asyncio.wait({fetching, moving}, return_when=asyncio.FIRST_COMPLETED)
            return fetching.result() if fetching.done() else {}
        finally:
            for task in (fetching, moving):
                task.cancel()
            await asyncio.gather(fetching, moving, return_exceptions=True)

    async def commit(self, next_offsets: Mapping[TopicPartition, int]) -> None:
        """Note which offsets the group reads next; partitions that went to another member are that one's to commit."""
        mine = self._consumer.assignment()
        offsets = {Place(*place): offset for place, offset in next_offsets.items() if Place(*place) in mine}
        if not offsets:
            return
        try:
            with as_bus_errors("committing"):
                async with asyncio.timeout(_ANSWER_S):
                    await self._consumer.commit(offsets)
        except BusError as error:
            if not isinstance(error.__cause__, (CommitFailedError, IllegalStateError)):
                raise
            # The group went on without this member: the records come again, to it or to another.
            log.warning("commit-came-late", group=self._group, error=repr(error.__cause__))
        else:
            self._resume.update(offsets)

    async def rewind(self) -> None:
        """Go back to what the group last committed."""
        mine = self._consumer.assignment()
        for place, offset in self._resume.items():
            if place in mine:
                self._consumer.seek(place, offset)

    async def lag(self) -> int:
        """Return how many records of this member's partitions are not committed; asks the brokers for the ends only.

        While partitions move it cannot be known: at least one, so that nobody takes it for nothing.
        """
        if self._moving.is_set():
            return max(1, self._lag)
        with as_bus_errors("asking for the lag"):
            async with asyncio.timeout(_ANSWER_S):
                places = sorted(self._consumer.assignment())
                ends = await self._consumer.end_offsets(places) if places else {}
                self._lag = sum([max(0, end - await self._next_of(place)) for place, end in ends.items()])
        return self._lag

    async def _next_of(self, place: Place) -> int:
        """Return what the group reads next: committed or first polled by us, else where the client begins."""
        known = self._resume.get(place)
        return known if known is not None else int(await self._consumer.position(place))

    async def close(self) -> None:
        """Leave the group (a static member is expected back)."""
        with as_bus_errors("leaving"):
            async with asyncio.timeout(_CLOSE_S):
                await self._consumer.stop()


def _received(one: ConsumerRecord) -> Received:
    key = one.key.decode("utf-8", "replace") if one.key is not None else ""
    return Received(one.topic, key, one.value or b"", tuple(one.headers), one.partition, one.offset)
