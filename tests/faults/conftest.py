"""A country of real processes, fresh for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.country import Country, servers
from tools.servers.system import temporary_directory


@pytest.fixture
async def country(tmp_path: Path) -> AsyncIterator[Country]:
    """Return a country whose processes are not started yet (`async with country.open()`)."""
    with temporary_directory("faults") as folder:
        postgres, kafka = servers(folder)
        try:
            postgres.start()
            kafka.start()
            yield Country(postgres, kafka)
        finally:
            kafka.kill()
            postgres.kill()
