"""Users of the embedded issuer by command: as by REST, and no password is ever seen."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from services.__main__ import parse
from services.commands.users import run
from shared.errors import Conflict, DomainError, NotFound
from shared.settings import Settings
from tests.commands import BY, acts_of, asked
from tests.conftest import WorldOf
from tests.world import ok

LINK = r"http://127\.0\.0\.1:8000/identity/password\?link=[\w-]{43}"
ADD = ("users", "add", "kitchen.1", "--role", "canteen", "--canteen", "sch-1", "--by", BY)


async def test_users_are_made_locked_and_let_in(world_of: WorldOf, tmp_path: Path) -> None:
    """A user is made with a link, gets another, is locked and let in again; each act is recorded, no link in any."""
    world = await world_of("identity")
    tried = await asked(tmp_path, *ADD, "--dry-run")
    assert tried.data["link"] is None
    made = await asked(tmp_path, *ADD)
    assert re.fullmatch(LINK, made.lines[1])
    another = await asked(tmp_path, "users", "password", "kitchen.1", "--by", BY)
    assert re.fullmatch(LINK, another.data["link"])
    assert another.data["link"] != made.data["link"]
    locked = await asked(tmp_path, "users", "lock", "kitchen.1", "--by", BY, "--yes")
    assert (locked.data["status"], locked.lines) == ("locked", ["kitchen.1 is locked"])
    listed = await asked(tmp_path, "users", "list")
    assert [(user["login"], user["status"], user["canteens"]) for user in listed.data["users"]] == [
        ("kitchen.1", "locked", ["sch-1"])
    ]
    assert (await asked(tmp_path, "users", "unlock", "kitchen.1", "--by", BY)).data["status"] == "active"
    acts = await acts_of(world.services["identity"])
    words = [act.action.removeprefix("python -m services users ") for act in acts]
    assert words == ["unlock", "lock", "password", "add"]
    assert "link=" not in repr(acts)
    assert acts[1].changes[0].after == {"status": "locked", "version": 2}


@pytest.mark.parametrize(
    ("words", "refusal", "sentence"),
    [
        (["add", "kitchen.2", "--role", "canteen"], DomainError, "a canteen needs canteens"),
        (["add", "Kitchen 3", "--role", "auditor"], ValidationError, "login"),
        (["add", "robot", "--role", "system"], DomainError, "a role of programs"),
        (["password", "nobody"], NotFound, "there is no user nobody"),
        (["lock", "nobody", "--yes"], NotFound, "there is no user nobody"),
    ],
)
async def test_bad_wishes_are_refused(
    world_of: WorldOf, tmp_path: Path, words: list[str], refusal: type[Exception], sentence: str
) -> None:
    """What is refused by REST is refused here."""
    await world_of("identity")
    with pytest.raises(refusal, match=sentence):
        await asked(tmp_path, "users", *words)


async def test_a_login_is_taken_once_and_an_administrator_stays(world_of: WorldOf, tmp_path: Path) -> None:
    """A login is nobody else's, and the last administrator cannot be locked."""
    await world_of("identity")
    await asked(tmp_path, *ADD)
    with pytest.raises(Conflict, match="somebody has the login"):
        await asked(tmp_path, *ADD)
    await asked(tmp_path, "users", "add", "boss", "--role", "administrator", "--county", "*")
    with pytest.raises(Conflict, match="nobody else administers"):
        await asked(tmp_path, "users", "lock", "boss", "--yes")


async def test_keys_are_made_anew(world_of: WorldOf, tmp_path: Path) -> None:
    """Another key signs an hour later; at once it is the only one, after a question. Tried only, no key is made."""
    world = await world_of("identity")
    tried = await asked(tmp_path, "signing-key", "rotate", "--at-once", "--dry-run", "--by", BY)
    assert tried.lines[0].startswith("tried, nothing was changed: ")
    assert await acts_of(world.services["identity"]) == []
    first = await asked(tmp_path, "signing-key", "rotate", "--by", BY)
    assert re.fullmatch(r"[\w-]{43} signs from \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", first.lines[0])
    at_once = await asked(tmp_path, "signing-key", "rotate", "--at-once", "--yes", "--by", BY)
    assert len({tried.data["kid"], first.data["kid"], at_once.data["kid"]}) == 3
    assert [act.parameters for act in await acts_of(world.services["identity"])] == [
        {"at_once": "True", "kid": at_once.data["kid"]},
        {"at_once": "False", "kid": first.data["kid"]},
    ]
    published = await ok(await world.client("identity", as_=None).get("/jwks"))
    assert [key["kid"] for key in published["keys"]] == [at_once.data["kid"]]


async def test_elsewhere_users_are_the_issuers(tmp_path: Path) -> None:
    """With PostgreSQL or Kafka users are those of an issuer of its own, and the command says so."""
    with pytest.raises(DomainError, match="Keycloak"):
        await run(parse(["users", "list"]), Settings(var=tmp_path, bus="kafka"))
    with pytest.raises(DomainError, match="Keycloak"):
        await asked(Settings(var=tmp_path, bus="kafka"), "signing-key", "rotate")
