"""A county is made, loaded, looked after, lost and put back by commands alone."""

from pathlib import Path

import httpx
import pytest

from services.commands.opening import opened
from services.loading import Loaded, load
from shared.errors import DomainError
from shared.messaging.bus import every_topic
from shared.sealing import new_key
from shared.settings import Settings
from tests.commands import BY, acts_of, asked
from tests.conftest import WorldOf
from tests.people import administrator
from tests.world import World

SMALL = ("--schools", "2", "--cooperatives", "1", "--seed", "7")


async def generated(folder: Path) -> Path:
    """A county of two schools and a cooperative."""
    await asked(folder, "generate", *SMALL, "--out", str(folder / "county"))
    return folder / "county"


async def test_a_county_from_nothing_and_back(tmp_path: Path) -> None:
    """Databases and topics are made, a county is loaded, backed up, restored elsewhere and proved, its keys changed."""
    var, other = tmp_path / "var", tmp_path / "other"
    steps = (await asked(var, "migrate")).data["services"]
    assert len(steps) == 5
    assert (await asked(var, "topics")).data["topics"] == every_topic()
    loaded = await asked(var, "load", str(await generated(tmp_path)))
    assert loaded.well
    assert loaded.data["created"] > 500
    assert (await asked(var, "status")).well
    kept = (await asked(var, "backup", str(tmp_path / "copy"), "--by", BY)).data["files"]
    assert kept.keys() >= {f"{name}.sqlite" for name in steps}
    tried = await asked(other, "restore", str(tmp_path / "copy"), "--dry-run")
    assert tried.lines[0].startswith("tried, nothing was changed: the backup of ")
    assert not other.exists()
    restored = await asked(other, "restore", str(tmp_path / "copy"), "--by", BY)
    assert (restored.data["passed_over"], restored.data["unnoted"]) == ({}, {})
    with pytest.raises(ValueError, match="is there already"):
        await asked(other, "restore", str(tmp_path / "copy"), "--dry-run")
    # The issuer that load starts keeps a signing key, sealed.
    (other / "secret.keys").write_text(f"{new_key('new')},{(var / 'secret.keys').read_text()}")
    assert len((await asked(other, "rotate-keys", "--check")).data["closed"]) == 1
    tried = await asked(other, "rotate-keys", "--dry-run", "--by", BY)
    assert (tried.well, tried.data["texts"]) == (True, 1)
    assert tried.lines == ["tried, nothing was changed: 1 texts sealed anew with new"]
    assert not (await asked(other, "rotate-keys", "--check")).well
    assert (await asked(other, "rotate-keys", "--by", BY)).well
    assert (await asked(other, "rotate-keys", "--check")).well
    async with opened(Settings(var=other), "identity") as issuer:
        changed_by, restored_by = await acts_of(issuer)
    assert restored_by.action == "python -m services restore"
    assert restored_by.parameters == {"directory": str(tmp_path / "copy"), "made_at": restored.data["made_at"]}
    assert (changed_by.action, changed_by.parameters) == (
        "python -m services rotate-keys",
        {"key_id": "new", "texts": "1"},
    )
    assert (await asked(other, "verify-ledger")).well
    assert (await asked(other, "verify-audit")).well
    assert (await asked(other, "status")).well
    again = await asked(other, "load", str(tmp_path / "county"))
    assert (again.data["created"], again.data["changed"]) == (0, 0)


@pytest.fixture
async def world(world_of: WorldOf) -> World:
    """Every service that a county is loaded into."""
    return await world_of("nutrition", "farmers", "procurement", "logistics")


async def test_whoever_may_not_load_is_told_so(world: World, tmp_path: Path) -> None:
    """A token that may not write everything is refused in words, with the file: a traceback helps nobody."""
    clients = {name: world.client(name, as_=administrator()) for name in world.services}
    with pytest.raises(DomainError, match=r"PUT http://nutrition/stocks is answered 403") as refused:
        async for _ in load(await generated(tmp_path), clients, Loaded()):
            pass
    assert (refused.value.rule, refused.value.field) == ("role-not-allowed", "stocks.csv")


async def test_a_service_that_is_away_is_named(tmp_path: Path) -> None:
    """Where nobody answers, it is said who does not."""
    nobody = dict.fromkeys(("nutrition", "farmers", "procurement", "logistics"), "http://127.0.0.1:1")
    addresses = ",".join(f"{name}={url}" for name, url in nobody.items())
    with pytest.raises(DomainError, match=r"nutrition at http://127.0.0.1:1") as refused:
        await asked(tmp_path, "load", str(await generated(tmp_path)), "--at", addresses)
    assert refused.value.rule == "service-unreachable"


async def test_what_is_no_service_of_ours_is_told(tmp_path: Path) -> None:
    """An answer that is none of ours, as of a proxy before them, is told by its status."""
    proxy = httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: httpx.Response(502, text="<h1>Bad Gateway</h1>")), base_url="http://x"
    )
    with pytest.raises(DomainError, match=r"PUT http://x/foods is answered 502$"):
        async for _ in load(await generated(tmp_path), dict.fromkeys(("nutrition",), proxy), Loaded()):
            pass
    await proxy.aclose()
