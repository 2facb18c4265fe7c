"""What every bus promises; the embedded one and Kafka are held to the very same tests."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.messaging.bus import BusError, UnknownTopic, partition_of
from shared.messaging.envelope import Record
from tests.contracts.buses import Buses, nothing_more, poll_all, record, records, take, values_by_key


@pytest.fixture(params=["embedded", "kafka"])
async def buses(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Buses]:
    """Buses of one kind."""
    bootstrap = request.getfixturevalue("kafka_bootstrap") if request.param == "kafka" else None
    opened = Buses(bootstrap, tmp_path)
    yield opened
    await opened.close()


class TestBus:
    """The contract of `shared.messaging.bus.Bus`."""

    async def test_bytes_come_back_as_they_went(self, buses: Buses) -> None:
        """Key, value and headers survive the way, and the partition is the one the key belongs to."""
        bus = buses.open()
        topic = await buses.topic(bus)
        sent = Record(topic, "学校-1", b"\x00\xff", (("ce_id", b"1"), ("ce_id", b"\x00\xfe")))
        await bus.publish([sent])
        (came,) = await take(await buses.join(bus, "farmers", topic), 1)
        assert Record(came.topic, came.key, came.value, came.headers) == sent
        assert came.partition == partition_of("学校-1")

    async def test_a_key_stays_in_order(self, buses: Buses) -> None:
        """Records of one key come in the order they were published, across calls and batches."""
        bus = buses.open()
        topic = await buses.topic(bus)
        sent = records(topic, keys=30, each=60)
        for start in range(0, len(sent), 450):
            await bus.publish(sent[start : start + 450])
        came = await take(await buses.join(bus, "farmers", topic), len(sent))
        assert values_by_key(came) == values_by_key(sent)

    async def test_a_batch_larger_than_any_message_stays_in_order(self, buses: Buses) -> None:
        """More bytes of one key than fit one batch arrive whole and in order."""
        bus = buses.open()
        topic = await buses.topic(bus)
        sent = [Record(topic, "school-1", number.to_bytes(2, "big") * 40_000) for number in range(24)]
        await bus.publish(sent)
        came = await take(await buses.join(bus, "farmers", topic), len(sent))
        assert [one.value for one in came] == [one.value for one in sent]

    async def test_every_group_gets_a_copy(self, buses: Buses) -> None:
        """Two groups both get every record, once."""
        bus = buses.open()
        topic = await buses.topic(bus)
        sent = records(topic, keys=5, each=4)
        farmers, logistics = await buses.join(bus, "farmers", topic), await buses.join(bus, "logistics", topic)
        await bus.publish(sent)
        for member in (farmers, logistics):
            assert values_by_key(await take(member, len(sent))) == values_by_key(sent)
            await nothing_more(member)

    async def test_members_share(self, buses: Buses) -> None:
        """Two members of a group get every record between them, each record one of them, and both get some."""
        bus = buses.open()
        topic = await buses.topic(bus)
        first = await buses.join(bus, "farmers", topic)
        second = await buses.join(buses.open() if not buses.one_process_only else bus, "farmers", topic)
        sent = records(topic, keys=60, each=5)
        await bus.publish(sent)
        got = await poll_all([first, second], len(sent))
        assert all(got)
        assert values_by_key([*got[0], *got[1]]) == values_by_key(sent)
        assert not {one.key for one in got[0]} & {one.key for one in got[1]}

    async def test_partitions_move_only_between_batches(self, buses: Buses) -> None:
        """Who has partitions is waited for before they go to another member, and what it commits then counts."""
        bus = buses.open()
        topic = await buses.topic(bus)
        working = asyncio.Lock()
        asked = asyncio.Event()

        async def finish_batch() -> None:
            asked.set()
            async with working:
                pass

        first = await buses.join(bus, "farmers", topic, on_revoked=finish_batch)
        sent = records(topic, keys=12, each=1)
        await bus.publish(sent)
        async with working:
            held = await take(first, len(sent), commit=False)
            joining = asyncio.create_task(buses.join(bus, "farmers", topic))
            await asyncio.wait_for(asked.wait(), 15)
            assert not joining.done()
            await first.commit({(r.topic, r.partition): r.offset + 1 for r in held})
        second = await joining
        for member in (first, second):
            await nothing_more(member)

    async def test_polling_while_partitions_move_does_not_block(self, buses: Buses) -> None:
        """A member that polls under the lock its revocation waits for gets nothing, soon: else it waits for itself."""
        bus = buses.open()
        topic = await buses.topic(bus)
        working = asyncio.Lock()

        async def finish_batch() -> None:
            async with working:
                pass

        first = await buses.join(bus, "farmers", topic, on_revoked=finish_batch)
        joining = asyncio.create_task(buses.join(bus, "farmers", topic))
        while not joining.done():
            async with working:
                await asyncio.wait_for(first.poll(500, 0.5), 10)
        await joining

    async def test_what_was_not_committed_comes_again(self, buses: Buses) -> None:
        """After a rewind the records since the last commit are polled once more, in order."""
        bus = buses.open()
        topic = await buses.topic(bus)
        member = await buses.join(bus, "farmers", topic)
        await bus.publish(records(topic, keys=6, each=2))
        await take(member, 12)
        later = records(topic, keys=6, each=3)
        await bus.publish(later)
        await take(member, len(later), commit=False)
        await member.rewind()
        assert values_by_key(await take(member, len(later))) == values_by_key(later)
        await nothing_more(member)

    async def test_a_rewind_before_any_commit_starts_at_the_oldest(self, buses: Buses) -> None:
        """A group that never committed goes back to the first record."""
        bus = buses.open()
        topic = await buses.topic(bus)
        sent = records(topic, keys=3, each=3)
        await bus.publish(sent)
        member = await buses.join(bus, "farmers", topic)
        await take(member, len(sent), commit=False)
        await member.rewind()
        assert values_by_key(await take(member, len(sent))) == values_by_key(sent)

    async def test_a_group_resumes_after_a_restart(self, buses: Buses) -> None:
        """A new process of the group goes on after the last commit; what was polled but not committed comes again."""
        bus = buses.open()
        topic = await buses.topic(bus)
        member = await buses.join(bus, "farmers", topic)
        await bus.publish([record(topic, "school-1", 0), record(topic, "school-1", 1)])
        await take(member, 2)
        await bus.publish([record(topic, "school-1", 2)])
        await take(member, 1, commit=False)
        await buses.leave(member)
        await bus.close()
        again = buses.open()
        await again.publish([record(topic, "school-1", 3)])
        came = await take(await buses.join(again, "farmers", topic), 2)
        assert [one.value for one in came] == [b"school-1:2", b"school-1:3"]

    async def test_the_other_member_takes_over(self, buses: Buses) -> None:
        """When a member leaves, the rest of the group gets its partitions and what it had not committed."""
        bus = buses.open()
        topic = await buses.topic(bus)
        first, second = await buses.join(bus, "farmers", topic), await buses.join(bus, "farmers", topic)
        sent = records(topic, keys=24, each=1)
        await bus.publish(sent)
        await take(first, 1, commit=False)
        await buses.leave(first)
        assert values_by_key(await take(second, len(sent))) == values_by_key(sent)

    async def test_a_late_group_gets_everything(self, buses: Buses) -> None:
        """A group that is new starts at the oldest record kept."""
        bus = buses.open()
        topic = await buses.topic(bus)
        sent = records(topic, keys=4, each=5)
        await bus.publish(sent)
        assert values_by_key(await take(await buses.join(bus, "late", topic), len(sent))) == values_by_key(sent)

    async def test_a_topic_that_was_empty_is_heard(self, buses: Buses) -> None:
        """A member that waits gets a record soon after it was published."""
        bus = buses.open()
        topic = await buses.topic(bus)
        member = await buses.join(bus, "farmers", topic)
        waiting = asyncio.create_task(take(member, 1))
        await asyncio.sleep(0.1)
        await bus.publish([record(topic, "school-1", 0)])
        assert len(await asyncio.wait_for(waiting, 3)) == 1

    async def test_an_unknown_topic_is_refused(self, buses: Buses) -> None:
        """Topics are created by a job: publishing to or listening on another is an error that names it, at once."""
        bus = buses.open()
        topic, unknown = await buses.topic(bus), buses.name("misspelt")
        async with asyncio.timeout(5):
            with pytest.raises(UnknownTopic, match="misspelt"):
                await bus.publish([record(topic, "a", 0), record(unknown, "a", 1)])
            with pytest.raises(UnknownTopic, match="misspelt"):
                await buses.join(bus, "farmers", topic, unknown)
        await nothing_more(await buses.join(bus, "farmers", topic))

    async def test_a_topic_created_later_is_found(self, buses: Buses) -> None:
        """What was refused works as soon as the job has created the topic; creating it twice does nothing."""
        bus = buses.open()
        with pytest.raises(UnknownTopic):
            await bus.publish([record(buses.name("order"), "a", 0)])
        topic = await buses.topic(bus)
        await bus.publish([record(topic, "a", 0)])
        await bus.ensure_topics([topic])
        assert len(await take(await buses.join(bus, "farmers", topic), 1)) == 1

    async def test_lag_counts_what_is_not_committed(self, buses: Buses) -> None:
        """The lag is what is published and not committed, polled or not; nothing for an empty topic."""
        bus = buses.open()
        topic = await buses.topic(bus)
        member = await buses.join(bus, "farmers", topic)
        assert await member.lag() == 0
        await bus.publish(records(topic, keys=5, each=2))
        assert await member.lag() == 10
        polled = await take(member, 10, commit=False)
        assert await member.lag() == 10
        await member.commit({(r.topic, r.partition): r.offset + 1 for r in polled})
        assert await member.lag() == 0
        await bus.publish([record(topic, "school-1", 9)])
        assert await member.lag() == 1

    async def test_a_closed_bus_says_so(self, buses: Buses) -> None:
        """An open bus is healthy; a closed one publishes nothing and says why; closing twice does nothing."""
        bus = buses.open()
        topic = await buses.topic(bus)
        assert await bus.healthy()
        await bus.close()
        await bus.close()
        with pytest.raises(BusError, match="closed"):
            await bus.publish([record(topic, "a", 0)])
