"""The embedded bus: a log in one SQLite file, groups and partitions in one process.

It keeps Kafka's contract (bytes, partitions, groups, offsets, redelivery), so that a laptop needs no broker. Committed
offsets are written along with the next publish, or when nothing comes for a while: after a crash some records come
again, which the inbox expects.
"""

import asyncio
import json
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path

from shared.events import PARTITIONS
from shared.messaging.bus import BusError, TopicPartition, UnknownTopic, partition_of
from shared.messaging.envelope import Received, Record
from shared.messaging.outbox import headers_from_json, headers_to_json

_SCHEMA = """
CREATE TABLE IF NOT EXISTS topic (name TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS record (
    topic TEXT, partition INTEGER, offset INTEGER, key TEXT, value BLOB, headers TEXT, at REAL,
    PRIMARY KEY (topic, partition, offset)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS committed (
    consumer TEXT, topic TEXT, partition INTEGER, next_offset INTEGER, PRIMARY KEY (consumer, topic, partition)
) WITHOUT ROWID;
"""


class EmbeddedBus:
    """A bus for one process, kept in the file `path`."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._log = _Log(path)
        self._groups: dict[str, _Group] = {}
        self._publishing = asyncio.Lock()
        self._closed = False

    async def ensure_topics(self, topics: Sequence[str]) -> None:
        """Create the topics that are missing."""
        async with self._publishing:
            self._log.add_topics(topics)

    async def publish(self, records: Sequence[Record]) -> None:
        """Append records to the log; returns when they are on disk."""
        if self._closed:
            raise BusError("the bus is closed")
        async with self._publishing:
            offsets = self._take_dirty()
            placed = self._log.place(records)
            await asyncio.to_thread(self._log.write, placed, offsets)
            self._log.advance(placed)
        for group in self._groups.values():
            group.wake()

    async def subscribe(
        self, group: str, topics: Sequence[str], on_revoked: Callable[[], Awaitable[None]]
    ) -> "EmbeddedSubscription":
        """Join `group`; the other members give partitions up first. Raises UnknownTopic."""
        self._log.require(topics)
        present = self._groups.setdefault(group, _Group(group, self._log))
        member = EmbeddedSubscription(present, self._log, frozenset(topics), on_revoked, self._write_offsets)
        await present.join(member)
        return member

    def _take_dirty(self) -> dict[tuple[str, str, int], int]:
        return {key: value for group in self._groups.values() for key, value in group.take_dirty().items()}

    async def _write_offsets(self) -> None:
        """Write what was committed since the last publish: nothing comes, and others may look at how far groups are."""
        async with self._publishing:
            offsets = self._take_dirty()
            if offsets and not self._closed:
                await asyncio.to_thread(self._log.write, [], offsets)

    async def healthy(self) -> bool:
        """Whether the bus is open."""
        return not self._closed

    def stored(self) -> int:
        """Return how many records were ever published."""
        return sum(self._log.ends.values())

    async def prune(self, before: float) -> int:
        """Forget records older than `before` (Unix seconds) that every group has handled; returns how many."""
        async with self._publishing:
            return self._log.prune(before)

    async def close(self) -> None:
        """Write the offsets and close the file."""
        if self._closed:
            return
        async with self._publishing:
            self._closed = True
            offsets = self._take_dirty()
            self._log.write([], offsets)
            self._log.close()


Placed = tuple[str, int, int, Record]


class _Log:
    """The file: an append-only table of records, and the offsets of each group."""

    def __init__(self, path: Path) -> None:
        self._writer = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._writer.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + _SCHEMA)
        self._reader = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.topics = {row[0] for row in self._writer.execute("SELECT name FROM topic")}
        ends = self._writer.execute("SELECT topic, partition, max(offset) + 1 FROM record GROUP BY topic, partition")
        self.ends: dict[TopicPartition, int] = {(row[0], row[1]): row[2] for row in ends}
        rows = self._writer.execute("SELECT consumer, topic, partition, next_offset FROM committed")
        self.committed: dict[tuple[str, str, int], int] = {(row[0], row[1], row[2]): row[3] for row in rows}
        for (_consumer, topic, partition), offset in self.committed.items():
            # A partition whose records were all pruned goes on where its readers are.
            self.ends[topic, partition] = max(self.ends.get((topic, partition), 0), offset)

    def add_topics(self, topics: Sequence[str]) -> None:
        self._writer.executemany("INSERT OR IGNORE INTO topic VALUES (?)", [(topic,) for topic in topics])
        self.topics |= set(topics)

    def require(self, topics: Iterable[str]) -> None:
        unknown = set(topics) - self.topics
        if unknown:
            raise UnknownTopic(f"no topic {', '.join(sorted(unknown))}")

    def place(self, records: Sequence[Record]) -> list[Placed]:
        self.require(record.topic for record in records)
        ends: dict[TopicPartition, int] = {}
        placed = []
        for record in records:
            place = (record.topic, partition_of(record.key))
            offset = ends.get(place, self.ends.get(place, 0))
            ends[place] = offset + 1
            placed.append((*place, offset, record))
        return placed

    def write(self, placed: Sequence[Placed], offsets: Mapping[tuple[str, str, int], int]) -> None:
        now = time.time()
        rows = [
            (topic, partition, offset, r.key, r.value, json.dumps(headers_to_json(r.headers)), now)
            for topic, partition, offset, r in placed
        ]
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            self._writer.executemany("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            self._writer.executemany(
                "INSERT OR REPLACE INTO committed VALUES (?, ?, ?, ?)",
                [(*key, value) for key, value in offsets.items()],
            )
            self._writer.execute("COMMIT")
        except sqlite3.Error:
            self._writer.execute("ROLLBACK")
            raise

    def advance(self, placed: Sequence[Placed]) -> None:
        for topic, partition, offset, _record in placed:
            self.ends[topic, partition] = offset + 1

    def read(self, place: TopicPartition, start: int, limit: int) -> list[Received]:
        rows = self._reader.execute(
            "SELECT key, value, headers, offset FROM record WHERE topic = ? AND partition = ? AND offset >= ?"
            " ORDER BY offset LIMIT ?",
            (*place, start, limit),
        )
        topic, partition = place
        return [Received(topic, r[0], r[1], headers_from_json(json.loads(r[2])), partition, r[3]) for r in rows]

    def prune(self, before: float) -> int:
        floor: dict[TopicPartition, int] = {}
        for (_consumer, topic, partition), offset in self.committed.items():
            floor[topic, partition] = min(offset, floor.get((topic, partition), offset))
        statement = "DELETE FROM record WHERE topic = ? AND partition = ? AND offset < ? AND at < ?"
        return sum(self._writer.execute(statement, (*p, o, before)).rowcount for p, o in floor.items())

    def close(self) -> None:
        self._writer.close()
        self._reader.close()


class _Group:
    """The members of one group and which partitions each reads."""

    def __init__(self, name: str, log: _Log) -> None:
        self.name = name
        self._log = log
        self._members: list[EmbeddedSubscription] = []
        self._rebalancing = asyncio.Lock()
        self._dirty: dict[tuple[str, str, int], int] = {}

    async def join(self, member: "EmbeddedSubscription") -> None:
        async with self._rebalancing:
            await self._revoke()
            self._members.append(member)
            self._assign()

    async def leave(self, member: "EmbeddedSubscription") -> None:
        async with self._rebalancing:
            if member in self._members:
                self._members.remove(member)
                await self._revoke()
                self._assign()

    async def _revoke(self) -> None:
        for member in self._members:
            await member.give_up()

    def _assign(self) -> None:
        for topic in {topic for member in self._members for topic in member.topics}:
            readers = [member for member in self._members if topic in member.topics]
            for partition in range(PARTITIONS):
                place = (topic, partition)
                readers[partition % len(readers)].positions[place] = self.next_offset(place)
        self.wake()

    def next_offset(self, place: TopicPartition) -> int:
        return self._log.committed.get((self.name, *place), 0)

    def commit(self, place: TopicPartition, offset: int) -> None:
        self._log.committed[(self.name, *place)] = self._dirty[(self.name, *place)] = offset

    def take_dirty(self) -> dict[tuple[str, str, int], int]:
        dirty, self._dirty = self._dirty, {}
        return dirty

    def wake(self) -> None:
        for member in self._members:
            member.woken.set()


class EmbeddedSubscription:
    """One member of a group on the embedded bus."""

    def __init__(
        self,
        group: _Group,
        log: _Log,
        topics: frozenset[str],
        on_revoked: Callable[[], Awaitable[None]],
        on_idle: Callable[[], Awaitable[None]],
    ) -> None:
        self.topics = topics
        self.positions: dict[TopicPartition, int] = {}
        self.woken = asyncio.Event()
        self._moving = False
        self._group = group
        self._log = log
        self._on_revoked = on_revoked
        self._on_idle = on_idle

    async def poll(self, limit: int, timeout_s: float) -> list[Received]:
        """Return up to `limit` next records; waits `timeout_s` when there are none."""
        if self._moving:
            # Whoever polls may hold what the revocation waits for.
            await asyncio.sleep(0)
            return []
        self.woken.clear()
        records = self._read(limit)
        if not records and timeout_s > 0:
            try:
                await asyncio.wait_for(self.woken.wait(), timeout_s)
            except TimeoutError:
                await self._on_idle()
                return []
            records = self._read(limit)
        return records

    def _read(self, limit: int) -> list[Received]:
        records: list[Received] = []
        behind = [place for place, position in self.positions.items() if position < self._log.ends.get(place, 0)]
        for index, place in enumerate(behind):
            # Every partition that has something gets its part of the batch, so none starves.
            share = max(1, (limit - len(records)) // (len(behind) - index))
            found = self._log.read(place, self.positions[place], min(share, limit - len(records)))
            if found:
                self.positions[place] = found[-1].offset + 1
                records += found
            if len(records) >= limit:
                break
        return records

    async def commit(self, next_offsets: Mapping[TopicPartition, int]) -> None:
        """Note which offsets the group reads next; partitions given up meanwhile are another member's to commit."""
        for place, offset in next_offsets.items():
            if place in self.positions:
                self._group.commit(place, offset)

    async def rewind(self) -> None:
        """Go back to the committed offsets."""
        for place in self.positions:
            self.positions[place] = self._group.next_offset(place)

    async def lag(self) -> int:
        """Return how many records are not committed."""
        return sum(max(0, self._log.ends.get(p, 0) - self._group.next_offset(p)) for p in self.positions)

    async def give_up(self) -> None:
        """Let the batch in work finish, then hand all partitions back."""
        self._moving = True
        self.woken.set()
        try:
            await self._on_revoked()
        finally:
            self._moving = False
        self.positions.clear()

    async def close(self) -> None:
        """Leave the group; the others take over."""
        self.positions.clear()
        await self._group.leave(self)
