"""A bus of either kind, and what the tests of buses do with it again and again."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from shared.messaging.bus import Bus, Subscription, partition_of
from shared.messaging.embedded import EmbeddedBus
from shared.messaging.envelope import Received, Record
from shared.messaging.kafka import KafkaBus
from shared.settings import Settings

PATIENCE_S = 20.0


async def nothing() -> None:
    """Give partitions up at once."""


class Buses:
    """Opens buses that share what they keep: open a second one to play another process or the time after a restart."""

    def __init__(self, bootstrap: str | None, folder: Path) -> None:
        self._bootstrap = bootstrap
        self._folder = folder
        self._run = uuid4().hex[:12]
        self._stack = AsyncExitStack()
        self._open: list[Subscription] = []

    @property
    def one_process_only(self) -> bool:
        """Whether a second bus at the same time is out of the question."""
        return self._bootstrap is None

    def open(self) -> Bus:
        """Open a bus; it is closed after the test at the latest."""
        bus: Bus
        if self._bootstrap is None:
            bus = EmbeddedBus(self._folder / "bus.sqlite")
        else:
            bus = KafkaBus(self._bootstrap, "test", keep=timedelta(days=1))
        self._stack.push_async_callback(bus.close)
        return bus

    def settings(self) -> Settings:
        """Return the settings of whoever looks at the bus from another process."""
        if self._bootstrap is None:
            return Settings(var=self._folder)
        return Settings(var=self._folder, bus="kafka", kafka_bootstrap=self._bootstrap)

    def name(self, name: str) -> str:
        """Return a topic or group name of this test's own: the broker outlives the test."""
        return f"test.{self._run}-{name}.v1"

    async def topic(self, bus: Bus, name: str = "order") -> str:
        """Create a topic of this test's own."""
        topic = self.name(name)
        await bus.ensure_topics([topic])
        return topic

    async def join(
        self, bus: Bus, group: str, *topics: str, on_revoked: Callable[[], Awaitable[None]] = nothing
    ) -> Subscription:
        """Join a group; it is left after the test at the latest."""
        member = await bus.subscribe(self.name(group), list(topics), on_revoked)
        self._open.append(member)
        return member

    async def leave(self, member: Subscription) -> None:
        """Leave the group."""
        self._open.remove(member)
        await member.close()

    async def close(self) -> None:
        """Leave every group and close every bus."""
        for member in list(self._open):
            await self.leave(member)
        await self._stack.aclose()


def record(topic: str, key: str, number: int) -> Record:
    """Return the `number`th record of a key."""
    return Record(topic, key, f"{key}:{number}".encode(), (("ce_id", f"{key}-{number}".encode()),))


def records(topic: str, keys: int, each: int) -> list[Record]:
    """Return `each` records of every one of `keys` schools, interleaved."""
    return [record(topic, f"school-{key}", number) for number in range(each) for key in range(keys)]


async def take(member: Subscription, count: int, *, commit: bool = True) -> list[Received]:
    """Poll until `count` records came (fails after a while); commit each batch."""
    found: list[Received] = []
    deadline = time.monotonic() + PATIENCE_S
    while len(found) < count:
        assert time.monotonic() < deadline, f"{len(found)} of {count} records came"
        batch = await member.poll(500, 0.2)
        found += batch
        if batch and commit:
            await member.commit({(r.topic, r.partition): r.offset + 1 for r in batch})
    return found


async def nothing_more(member: Subscription) -> None:
    """Assert that no further record comes."""
    assert await member.poll(500, 0.3) == []


def values_by_key(found: Sequence[Record | Received]) -> dict[str, list[bytes]]:
    """Return each key's values in the order they came."""
    by_key: dict[str, list[bytes]] = {}
    for one in found:
        by_key.setdefault(one.key, []).append(one.value)
    return by_key


async def poll_all(members: Sequence[Subscription], count: int) -> list[list[Received]]:
    """Poll all members side by side until they have `count` records together; return what each of them got."""
    got: list[list[Received]] = [[] for _ in members]
    deadline = time.monotonic() + PATIENCE_S

    async def poll(index: int) -> None:
        while sum(map(len, got)) < count:
            assert time.monotonic() < deadline, f"{sum(map(len, got))} of {count} records came"
            batch = await members[index].poll(500, 0.2)
            got[index] += batch
            if batch:
                await members[index].commit({(r.topic, r.partition): r.offset + 1 for r in batch})

    await asyncio.gather(*(poll(index) for index in range(len(members))))
    return got


def same_partition(key: str, candidates: int = 1000) -> str:
    """Return another key that shares the partition of `key`."""
    return next(k for k in map(str, range(candidates)) if k != key and partition_of(k) == partition_of(key))
