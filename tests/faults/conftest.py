"""A country of real processes, fresh for each test, on servers of its own (others' may not be killed)."""

from collections.abc import AsyncIterator

import pytest

from tests.faults.country import Country
from tools.servers.kafka import Kafka
from tools.servers.postgres import Postgres
from tools.servers.system import temporary_directory


@pytest.fixture
async def country() -> AsyncIterator[Country]:
    """Return a country whose processes are not started yet (`async with country.open()`)."""
    with temporary_directory("postgres") as data, temporary_directory("kafka") as log:
        postgres, kafka = Postgres(data, temporary=True), Kafka(log, temporary=True)
        postgres.start()
        kafka.start()
        yield Country(postgres, kafka)
        kafka.kill()
        postgres.kill()
