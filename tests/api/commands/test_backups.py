"""A backup leaves in each database when it was made, or why it failed: for the page, the metrics and the tool."""

import math
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from shared.backed_up import BackedUp, backed_up, note
from shared.service import Service
from tests.api.portal.browser import portal_of
from tests.commands import BY, acts_of, asked
from tests.conftest import WorldOf
from tests.people import administrator
from tests.world import START, World

ENGLISH = {"Accept-Language": "en"}
ASKED_AT = START + timedelta(hours=1)
"""When commands of these tests are asked (conftest)."""


async def known(service: Service) -> BackedUp:
    """Return what a service's database knows of its backups."""
    async with service.begin(read_only=True) as uow:
        return await backed_up(uow.session)


async def metric(world: World, service: str) -> float:
    """Return the age of the last backup as the service shows it to Prometheus."""
    text = (await world.client(service, as_=None).get("/metrics")).text
    (line,) = [each for each in text.splitlines() if each.startswith("backup_age_seconds{")]
    return float(line.split()[1])


async def test_every_database_knows_its_backup(world_of: WorldOf, tmp_path: Path) -> None:
    """The copy is whole, each database that is there knows of it, and who made it stands in each audit."""
    world = await world_of("farmers", "identity", "portal")
    assert await metric(world, "farmers") == math.inf
    answer = await asked(tmp_path, "backup", str(tmp_path / "copy"), "--by", BY)
    assert answer.well
    assert answer.data["unnoted"] == {}
    assert {"farmers.sqlite", "identity.sqlite", "portal.sqlite"} <= answer.data["files"].keys()
    for name in ("farmers", "identity", "portal"):
        assert await known(world.services[name]) == BackedUp(ASKED_AT)
        (act,) = await acts_of(world.services[name])
        assert (act.action, act.parameters) == ("python -m services backup", {"directory": str(tmp_path / "copy")})
    world.clock.advance(timedelta(hours=3))
    assert await metric(world, "farmers") == 2 * 3600
    status = await asked(tmp_path, "status", "farmers")
    assert f"{ASKED_AT:%Y-%m-%d %H:%M}Z" in status.lines[1]


async def test_a_backup_that_fails_says_why(world_of: WorldOf, tmp_path: Path) -> None:
    """What went wrong is noted where the last good one is, whose age goes on; the next good one ends the worry."""
    world = await world_of("farmers")
    farmers = world.services["farmers"]
    await asked(tmp_path, "backup", str(tmp_path / "first"))
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "something").touch()
    with pytest.raises(ValueError, match="is not empty"):
        await asked(tmp_path, "backup", str(tmp_path / "taken"), "--by", BY)
    failure = f"{tmp_path / 'taken'} is not empty"
    assert await known(farmers) == BackedUp(ASKED_AT, ASKED_AT, failure)
    (act,) = await acts_of(farmers)
    assert act.parameters["failure"] == failure
    status = await asked(tmp_path, "status", "farmers")
    assert not status.well
    assert f"farmers: its backup failed: {failure}" in status.wrong
    await asked(tmp_path, "backup", str(tmp_path / "second"))
    assert await known(farmers) == BackedUp(ASKED_AT)
    assert (await asked(tmp_path, "status", "farmers")).well


async def test_a_copy_is_whole_where_its_database_cannot_note_it(world_of: WorldOf, tmp_path: Path) -> None:
    """Before the step that makes room for it, as before an upgrade, the backup is made and says who does not know."""
    world = await world_of("farmers")
    with closing(sqlite3.connect(tmp_path / "farmers.sqlite")) as older:
        older.execute("DROP TABLE backup")
    answer = await asked(tmp_path, "backup", str(tmp_path / "copy"))
    assert answer.well
    assert answer.data["unnoted"] == {"farmers": "OperationalError"}
    assert (tmp_path / "copy" / "manifest.json").exists()
    assert await acts_of(world.services["farmers"], "root") == []


async def test_the_page_tells_of_backups(world_of: WorldOf) -> None:
    """An administrator sees when each database was backed up, and why the last one failed."""
    world = await world_of("farmers", "portal")
    page = await portal_of(world, administrator()).get("/operations", headers=ENGLISH)
    assert "There is no backup of the last 26 hours." in page.text
    for name, failure in (("farmers", "disk <full>"), ("portal", None)):
        async with world.services[name].begin() as uow:
            await note(uow.session, START - timedelta(hours=5), START - timedelta(hours=4))
            if failure:
                await note(uow.session, START, START, failure)
    page = await portal_of(world, administrator()).get("/operations", headers=ENGLISH)
    assert "The last backup failed." in page.text
    assert "disk &lt;full&gt;" in page.text
    assert "5 hours ago" in page.text
