"""The backbone of one service on the database and bus of the run (`--db`, `--bus`), and services on PostgreSQL."""

import importlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr

from shared.messaging.bus import Bus
from shared.messaging.embedded import EmbeddedBus
from shared.messaging.kafka import KafkaBus
from shared.settings import Settings
from tests.conftest import WorldOf
from tests.contracts.backend import LOGISTICS, Backend
from tests.prefixed import PrefixedBus
from tests.world import World
from tools.servers.service import secret_keys


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


@pytest.fixture
async def world_of(postgres_url: str, tmp_path: Path) -> AsyncIterator[WorldOf]:
    """Return a function that opens a service on PostgreSQL, for rules that are tested through its API on SQLite."""
    async with AsyncExitStack() as stack:

        async def open_world(service: str) -> World:
            definition = importlib.import_module(f"services.{service}.main").definition
            settings = Settings(var=tmp_path, database_url=postgres_url, secret_keys=SecretStr(secret_keys()))
            world = World([definition], EmbeddedBus(tmp_path / "bus.sqlite"), {service: settings})
            return await stack.enter_async_context(world)

        yield open_world
