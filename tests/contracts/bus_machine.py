"""A bus against lists: whatever is published, read, committed and restarted, every group gets every record in order."""

import asyncio

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from shared.messaging.bus import Bus, Subscription, TopicPartition, partition_of
from shared.messaging.envelope import Received, Record
from tests.contracts.buses import nothing

TOPICS = ("farmers.order.v1", "nutrition.menu.v1")
GROUPS = ("farmers", "logistics")
KEYS = ("school-1", "school-2", "school-3", "coop-a")
MOST_POLLS = 60


class BusMachine(RuleBasedStateMachine):
    """The model: by partition the list of what was published; by group and partition, what was polled and committed.

    Subclasses open the bus.
    """

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.published: dict[TopicPartition, list[bytes]] = {}
        self.members: dict[str, Subscription] = {}
        self.polled: dict[str, dict[TopicPartition, int]] = {}
        self.committed: dict[str, dict[TopicPartition, int]] = {group: {} for group in GROUPS}
        self.bus: Bus
        self._number = 0

    def open_bus(self) -> Bus:
        """Return a bus on the same data as the one before."""
        raise TypeError("a subclass says which bus")

    @initialize()
    def start(self) -> None:
        """The topics are there before anybody needs them."""
        self.bus = self.open_bus()
        self.runner.run(self.bus.ensure_topics(TOPICS))

    @rule(sent=st.lists(st.tuples(st.sampled_from(TOPICS), st.sampled_from(KEYS)), min_size=1, max_size=20))
    def publish(self, sent: list[tuple[str, str]]) -> None:
        """What is published is kept, in order per partition; committed offsets are kept with it."""
        records = []
        for topic, key in sent:
            self._number += 1
            records.append(Record(topic, key, str(self._number).encode()))
        self.runner.run(self.bus.publish(records))
        for record in records:
            self.published.setdefault((record.topic, partition_of(record.key)), []).append(record.value)
        self._published()

    @rule(group=st.sampled_from(GROUPS), most=st.integers(1, 30))
    def poll(self, group: str, most: int) -> None:
        """A member reads on where it was: the next records of each partition, none left out, none out of order."""
        if group not in self.members:
            self._join(group)
        for record in self.runner.run(self.members[group].poll(most, 0.0)):
            self._take(group, record)

    @precondition(lambda self: self.members)
    @rule(data=st.data())
    def commit(self, data: st.DataObject) -> None:
        """What was polled is committed."""
        group = data.draw(st.sampled_from(sorted(self.members)))
        self.runner.run(self.members[group].commit(dict(self.polled[group])))
        self.committed[group] = dict(self.polled[group])

    @precondition(lambda self: self.members)
    @rule(data=st.data())
    def rewind(self, data: st.DataObject) -> None:
        """What was polled and not committed comes again."""
        group = data.draw(st.sampled_from(sorted(self.members)))
        self.runner.run(self.members[group].rewind())
        self.polled[group] = dict(self.committed[group])

    @precondition(lambda self: self.members)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        """Who comes back goes on where it had committed."""
        group = data.draw(st.sampled_from(sorted(self.members)))
        self.runner.run(self.members.pop(group).close())

    @rule()
    def restart(self) -> None:
        """The process ends in order and starts again: nothing that was committed comes again."""
        for member in self.members.values():
            self.runner.run(member.close())
        self.members.clear()
        self.runner.run(self.bus.close())
        self._published()
        self.bus = self.open_bus()

    @rule(group=st.sampled_from(GROUPS))
    def read_everything(self, group: str) -> None:
        """In the end a group has every record that was published, in order."""
        if group not in self.members:
            self._join(group)
        for _ in range(MOST_POLLS):
            if all(self.polled[group].get(place, 0) == len(sent) for place, sent in self.published.items()):
                return
            for record in self.runner.run(self.members[group].poll(500, 0.5)):
                self._take(group, record)
        raise AssertionError(f"{group} does not get everything: {self.polled[group]}")

    def teardown(self) -> None:
        """Close everything."""
        for member in self.members.values():
            self.runner.run(member.close())
        if hasattr(self, "bus"):
            self.runner.run(self.bus.close())
        self.runner.close()

    def _join(self, group: str) -> None:
        self.members[group] = self.runner.run(self.bus.subscribe(group, TOPICS, nothing))
        self.polled[group] = dict(self.committed[group])

    def _take(self, group: str, record: Received) -> None:
        place = (record.topic, record.partition)
        assert place[1] == partition_of(record.key)
        expected = self.polled[group].get(place, 0)
        assert record.offset == expected, f"{group} got {place}@{record.offset}, not {expected}"
        assert record.value == self.published[place][expected]
        self.polled[group][place] = expected + 1

    def _published(self) -> None:
        """Subclasses note what is on disk once something was published."""
