"""Whoever asks how the services are is told what is wrong, by databases and bus alone."""

from pathlib import Path

import pytest

from services.__main__ import parse
from services.commands.status import run, state_of
from shared.errors import DomainError
from shared.settings import Settings
from tests.api.commands.test_dead_letters import BROKEN, a_price, bury
from tests.commands import asked
from tests.conftest import WorldOf


async def test_all_is_well_where_nothing_waits(world_of: WorldOf, tmp_path: Path) -> None:
    """A service whose database answers, at the newest step, with nothing waiting, is well."""
    await world_of("farmers", "portal")
    answer = await asked(tmp_path, "status", "farmers", "portal")
    assert answer.well
    farmers = answer.data["services"]["farmers"]
    assert (farmers["database"], farmers["migrations"], farmers["lag"], farmers["wrong"]) == ("ok", "ok", 0, [])
    assert answer.data["services"]["portal"]["lag"] is None, "it hears nothing"


async def test_what_waits_is_told(world_of: WorldOf, tmp_path: Path) -> None:
    """Dead letters, and events that nobody publishes, are named; events to be handled are counted."""
    world = await world_of("farmers")
    await bury(world, BROKEN)
    await world.publish(a_price())
    answer = await asked(tmp_path, "status", "farmers")
    assert answer.data["services"]["farmers"]["lag"] == 1
    assert "farmers: 1 dead letters wait to be replayed or dropped" in answer.wrong
    # The letter's copy for its topic was written to the outbox by the clock of the world, long ago.
    assert "events to publish waits for" in answer.wrong[0]
    assert not answer.well


async def test_what_is_missing_or_away_is_told(world_of: WorldOf, tmp_path: Path) -> None:
    """A database that was never made, or does not answer, is said to be so; nothing is made by looking."""
    await world_of("farmers")
    answer = await asked(tmp_path, "status")
    assert not answer.well
    assert answer.data["services"]["nutrition"]["database"] == "missing"
    assert not (tmp_path / "nutrition.sqlite").exists()
    away = Settings(var=tmp_path, database_url="postgresql+asyncpg://{service}:x@127.0.0.1:1/{service}")
    state = await state_of(away, "farmers")
    assert (state.database, state.migrations) == ("unreachable", "unknown")


async def test_one_database_is_one_service(tmp_path: Path) -> None:
    """Where the settings lead to one database, its service is to be named, or it would be taken for all."""
    one = Settings(var=tmp_path, database_url="postgresql+asyncpg://farmers:x@127.0.0.1:1/farmers")
    with pytest.raises(DomainError, match=r"write \{service\}"):
        await run(parse(["status"]), one)
