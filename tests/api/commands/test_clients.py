"""Programs of the embedded issuer by command: as by REST, and a secret is seen once."""

from pathlib import Path

import pytest

from services.__main__ import parse
from services.commands.clients import run
from services.identity.keys.usecases import keep
from shared.errors import Conflict, DomainError, NotFound
from shared.settings import Settings
from tests.commands import BY, acts_of, asked
from tests.conftest import WorldOf
from tests.world import World

ADD = ("clients", "add", "sensors", "--role", "device", "--county", "520628", "--by", BY)


async def _token(world: World, secret: str) -> int:
    client = world.client("identity", as_=None)
    answer = await client.post("/token", data={"grant_type": "client_credentials"}, auth=("sensors", secret))
    return answer.status_code


async def test_a_program_gets_a_secret_and_is_locked(world_of: WorldOf, tmp_path: Path) -> None:
    """Its secret opens until there is another, or it is locked; each act is recorded, and no secret in any."""
    world = await world_of("identity")
    await keep(world.services["identity"])
    tried = await asked(tmp_path, *ADD, "--dry-run")
    assert tried.data["client_secret"] is None
    first = (await asked(tmp_path, *ADD)).data["client_secret"]
    assert await _token(world, first) == 200
    second = (await asked(tmp_path, "clients", "secret", "sensors", "--by", BY)).data["client_secret"]
    assert (await _token(world, first), await _token(world, second)) == (401, 200)
    await asked(tmp_path, "clients", "lock", "sensors", "--by", BY, "--yes")
    assert await _token(world, second) == 401
    await asked(tmp_path, "clients", "unlock", "sensors", "--by", BY)
    assert await _token(world, second) == 200
    listed = (await asked(tmp_path, "clients", "list")).data["clients"]
    assert [(one["client_id"], one["roles"], one["counties"]) for one in listed] == [
        ("sensors", ["device"], ["520628"])
    ]
    acts = await acts_of(world.services["identity"])
    words = [act.action.removeprefix("python -m services clients ") for act in acts]
    assert words == ["unlock", "lock", "secret", "add"]
    assert first not in repr(acts)
    assert second not in repr(acts)


@pytest.mark.parametrize(
    ("words", "refusal", "sentence"),
    [
        (["add", "kitchen", "--role", "canteen"], DomainError, "a canteen needs canteens"),
        (["add", "sensors", "--role", "auditor"], Conflict, "there already"),
        (["secret", "nobody"], NotFound, "nobody"),
        (["lock", "nobody", "--yes"], NotFound, "nobody"),
    ],
)
async def test_what_is_refused(
    world_of: WorldOf, tmp_path: Path, words: list[str], refusal: type[Exception], sentence: str
) -> None:
    """Rules are those of the REST API; one that is there already keeps its rights."""
    await world_of("identity")
    await asked(tmp_path, *ADD)
    with pytest.raises(refusal, match=sentence):
        await asked(tmp_path, "clients", *words)


async def test_another_issuers_programs_are_not_ours() -> None:
    """Where tokens come from Keycloak, programs are registered there."""
    elsewhere = Settings(database_url="postgresql+asyncpg://nobody@127.0.0.1:1/{service}")
    with pytest.raises(DomainError, match="Keycloak"):
        await run(parse(["clients", "list"]), elsewhere)


@pytest.mark.parametrize(
    "words", [["--json", "clients", "list"], ["clients", "--json", "list"], ["clients", "list", "--json"]]
)
def test_json_may_stand_anywhere(words: list[str]) -> None:
    """Who writes a script puts it at the end."""
    assert parse(words).json is True
    assert parse(["clients", "list"]).json is False


@pytest.mark.parametrize("instant", ["yesterday", "2026-11-30T09:00:00"])
def test_a_clock_needs_an_instant_with_its_zone(instant: str) -> None:
    """Nine o'clock is not the same everywhere: asked wrongly."""
    with pytest.raises(SystemExit) as ended:
        parse(["serve", "--clock", instant])
    assert ended.value.code == 2
    assert parse(["serve", "--clock", "2026-11-30T09:00:00+08:00"]).clock.hour == 1
