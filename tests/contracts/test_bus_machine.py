"""Both buses against lists, in whatever order people publish, read, commit, go and come back."""

import tempfile
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

from hypothesis import settings
from hypothesis.stateful import rule, run_state_machine_as_test

from shared.messaging.bus import Bus
from shared.messaging.embedded import EmbeddedBus
from shared.messaging.kafka import KafkaBus
from tests.contracts.bus_machine import BusMachine
from tests.machines import tried
from tests.prefixed import PrefixedBus


class Embedded(BusMachine):
    """The log in a file: committed offsets are written with the next publish, a crash may bring records again."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._on_disk = {group: dict(offsets) for group, offsets in self.committed.items()}

    def open_bus(self) -> Bus:
        """Open the file."""
        return EmbeddedBus(Path(self._folder.name) / "bus.sqlite")

    @rule()
    def crash(self) -> None:
        """The process is killed: what was committed since the last publish comes again, and nothing is left out."""
        assert isinstance(self.bus, EmbeddedBus)
        self.bus._log.close()
        self.members.clear()
        self.committed = {group: dict(offsets) for group, offsets in self._on_disk.items()}
        self.bus = self.open_bus()

    def _published(self) -> None:
        self._on_disk = {group: dict(offsets) for group, offsets in self.committed.items()}

    def teardown(self) -> None:
        """Close everything and forget the file."""
        super().teardown()
        self._folder.cleanup()


class OnKafka(BusMachine):
    """Topics of its own on a broker that the tests share."""

    def __init__(self, bootstrap: str) -> None:
        super().__init__()
        self._bootstrap = bootstrap
        self._prefix = f"{uuid4().hex[:8]}."

    def open_bus(self) -> Bus:
        """Connect to the broker."""
        kafka = KafkaBus(self._bootstrap, "machine", keep=timedelta(days=1), fetch_wait_ms=50)
        return PrefixedBus(kafka, self._prefix)


TestEmbedded = tried(Embedded)


def test_kafka_agrees_with_lists(kafka_bootstrap: str) -> None:
    """Kafka keeps to the same model; few examples, as each makes topics."""
    brief = settings(max_examples=3, stateful_step_count=20)
    run_state_machine_as_test(partial(OnKafka, kafka_bootstrap), settings=brief)  # type: ignore[arg-type]  # calls it
