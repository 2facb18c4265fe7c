"""Commands that do what a use case does: they ask, can be tried, and are recorded."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.errors import AlreadyDone, DomainError, NotFound
from tests.api.farmers.test_erasures import a_known_household
from tests.api.procurement.test_access import a_run
from tests.commands import BY, acts_of, asked
from tests.conftest import WorldOf
from tests.world import ok, refused


async def test_a_household_is_forgotten(world_of: WorldOf, tmp_path: Path) -> None:
    """Its name is gone, who asked and why is kept with the erasure and in the audit; tried only, nothing happens."""
    world = await world_of("farmers")
    await a_known_household(world)
    erase = ("erase", "hh-1", "--reason", "moved away", "--by", BY, "--yes")
    assert (await asked(tmp_path, *erase, "--dry-run")).lines[0].startswith("tried, nothing was changed")
    client = world.client("farmers")
    await ok(await client.get("/households/hh-1/person"))
    assert (await asked(tmp_path, *erase)).data["asked_by"] == BY
    refused(await client.get("/households/hh-1/person"), 404, "unknown-household-person")
    (act,) = await acts_of(world.services["farmers"])
    assert act.parameters == {"household_id": "hh-1", "reason": "moved away"}
    assert [change.kind for change in act.changes] == ["erasure"]
    with pytest.raises(AlreadyDone):
        await asked(tmp_path, *erase)
    with pytest.raises(NotFound):
        await asked(tmp_path, "erase", "hh-404", "--reason", "x", "--by", BY, "--yes")
    with pytest.raises(ValidationError):
        await asked(tmp_path, "erase", "hh-2", "--reason", " ", "--by", BY, "--yes")


async def test_a_week_is_sourced_again(world_of: WorldOf, tmp_path: Path) -> None:
    """Another run of the same county and week is queued; the first one and what it ordered stand."""
    world, path, _ = await a_run(world_of)
    client = world.client("procurement")
    first = await ok(await client.get(path))
    rerun = ("rerun", first["run_id"], "--by", BY, "--yes")
    await asked(tmp_path, *rerun, "--dry-run")
    assert len((await ok(await client.get("/sourcing-runs")))["items"]) == 1
    run_id = (await asked(tmp_path, *rerun)).data["run_id"]
    again = await ok(await client.get(f"/sourcing-runs/{run_id}"))
    assert [again[name] for name in ("county_code", "week_start", "status")] == [
        *(first[name] for name in ("county_code", "week_start")),
        "queued",
    ]
    (act,) = await acts_of(world.services["procurement"])
    assert (act.parameters, act.changes[0].object_id) == ({"run_id": first["run_id"]}, run_id)
    with pytest.raises(NotFound):
        await asked(tmp_path, "rerun", "run-404", "--yes")
    with pytest.raises(DomainError, match="has none at"):
        await asked(tmp_path / "elsewhere", "rerun", first["run_id"], "--yes")
