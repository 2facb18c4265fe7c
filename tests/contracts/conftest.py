"""The backbone of one service on the database and bus of the run (`--db`, `--bus`)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from shared.messaging.bus import Bus
from shared.messaging.embedded import EmbeddedBus
from shared.messaging.kafka import KafkaBus
from tests.contracts.backend import LOGISTICS, Backend
from tests.prefixed import PrefixedBus


@pytest.fixture
async def service(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Backend]:
    """The backbone of one service, opened."""
    bus: Bus
    if backend == "postgres-kafka":
        kafka = KafkaBus(request.getfixturevalue("kafka_bootstrap"), LOGISTICS, keep=timedelta(days=1))
        bus = PrefixedBus(kafka, f"{uuid4().hex[:8]}.")
        url: str = request.getfixturevalue("postgres_url")
    else:
        bus = EmbeddedBus(tmp_path / "bus.sqlite")
        url = f"sqlite:///{tmp_path}/logistics.sqlite"
    opened = Backend(url, bus)
    await opened.open()
    yield opened
    await opened.close()
