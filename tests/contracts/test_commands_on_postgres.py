"""Commands work on PostgreSQL: what they ask and change there is what they do on SQLite."""

from importlib import import_module
from pathlib import Path

import pytest

from shared.routing import Paging
from tests.api.commands.test_dead_letters import BROKEN, a_price, bury
from tests.api.farmers.test_access import a_village
from tests.commands import BY, acts_of, asked
from tests.conftest import SERVICES, WorldOf

COUNTY = "520628"


@pytest.mark.parametrize("name", SERVICES)
async def test_every_service_is_looked_at_and_handed_over(world_of: WorldOf, name: str, tmp_path: Path) -> None:
    """Its state, the rows of a county and its copies are asked for there, and what it owns is told again."""
    service = (await world_of(name)).services[name]
    state = (await asked(service.settings, "status", name)).data["services"][name]
    assert (state["database"], state["migrations"], state["lag"]) == ("ok", "ok", 0)
    exported = await asked(service.settings, "export", COUNTY, name, "--to", str(tmp_path / "out"), "--dry-run")
    assert set(exported.data[name].values()) == {0}
    listed = await asked(service.settings, "rebuild", name)
    assert listed.data.keys() == import_module(f"services.{name}.copies").COPIES.keys()
    async with service.begin() as uow:
        for copy in import_module(f"services.{name}.copies").COPIES.values():
            assert await copy.doubt(uow) == 0
        if name != "logistics":  # it owns nothing that others keep
            for retell in import_module(f"services.{name}.retelling").RETOLD.values():
                assert await retell(uow, Paging(limit=5, after="a")) == []


async def test_what_is_there_is_told_handed_over_and_dropped(
    world_of: WorldOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages follow one another, rows are whole, and an act is written with what it did."""
    monkeypatch.setattr("services.commands.export.BATCH", 1)
    world = await a_village(world_of)
    service = world.services["farmers"]
    exported = await asked(service.settings, "export", COUNTY, "farmers", "--to", str(tmp_path / "out"), "--by", BY)
    assert exported.data["farmers"]["household"] > 1
    lines = (tmp_path / "out" / "farmers" / "household.jsonl").read_text().splitlines()
    assert len(lines) == exported.data["farmers"]["household"]
    async with service.begin() as uow:
        for retell in import_module("services.farmers.retelling").RETOLD.values():
            await retell(uow, Paging(limit=1))
    await bury(world, a_price(), BROKEN)
    assert (await asked(service.settings, "dead-letters", "replay", "farmers", "1", "--by", BY)).well
    drop = ("dead-letters", "drop", "farmers", "2", "--reason", "a test", "--yes", "--by", BY)
    await asked(service.settings, *drop)
    assert len((await asked(service.settings, "dead-letters", "list", "farmers")).data["farmers"]) == 0
    assert [len(act.changes) for act in await acts_of(service)] == [1, 1, 0]
