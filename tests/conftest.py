"""Fixtures: a world of some services on the database and bus that were asked for (`--db`, `--bus`)."""

import importlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from shared.messaging.embedded import EmbeddedBus
from tests.world import World, settings_of

WorldOf = Callable[..., Awaitable[World]]


@pytest.fixture
async def world_of(tmp_path: Path) -> AsyncIterator[WorldOf]:
    """Return a function that opens a world of the named services on SQLite and the embedded bus."""
    async with AsyncExitStack() as stack:

        async def open_world(*services: str) -> World:
            definitions = [importlib.import_module(f"services.{name}.main").definition for name in services]
            bus = EmbeddedBus(tmp_path / "bus.sqlite")
            return await stack.enter_async_context(World(definitions, bus, settings_of(services, tmp_path)))

        yield open_world
