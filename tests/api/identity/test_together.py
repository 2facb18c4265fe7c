"""The issuer beside the other services in one process: the default set-up, and no other."""

import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from services.commands import DATABASES
from services.commands.opening import every_one
from services.commands.verify_audit import verify
from services.identity.main import definition
from services.identity.starting import first_link, greeting
from services.together import Together
from shared.audit.linking import link_waiting
from shared.clock import ManualClock
from shared.messaging.embedded import EmbeddedBus
from shared.service import Service
from shared.settings import Settings
from tests.api.identity.issuer import Attempt, fields_in, told
from tests.world import START, ok

ADDRESS = "http://127.0.0.1:8000/identity"
FIRST = "第一位管理员的密码，请换掉"


def _settings(folder: Path) -> Settings:
    return Settings(var=folder, password_passes=1, password_memory_kib=64, password_lanes=1)


async def test_the_issuers_chain_is_verified_with_the_others(tmp_path: Path) -> None:
    """Who made which user is chained, too: one changed link of the issuer's is named like any other service's."""
    settings = _settings(tmp_path)
    assert every_one(settings) == list(DATABASES), "where no issuer ever ran, it has no chain"
    async with Together(settings, ManualClock(START)) as running:
        admin = (await running.clients())["identity"]
        await ok(await admin.post("/users", json={"login": "wang", "roles": ["auditor"]}))
        await link_waiting(running.services["identity"])
    assert every_one(settings) == [*DATABASES, "identity"]
    verified = await verify(settings, every_one(settings))
    assert {name: trail.broken for name, trail in verified.items()} == dict.fromkeys(every_one(settings))
    assert verified["identity"].links == 1
    assert verified["identity"].last is not None
    for kept, rule in (
        ((1, verified["identity"].last.hash), None),
        ((1, "0" * 64), "not-as-kept"),
        ((2, "0" * 64), "link-missing"),
    ):
        found = (await verify(settings, ["identity"], kept))["identity"].broken
        assert (found and found.rule) == rule, "a link kept elsewhere shows what was made anew, or lost by a restore"
    with closing(sqlite3.connect(tmp_path / "identity.sqlite")) as file:
        file.execute("DROP TRIGGER audit_act_no_update")
        file.execute("UPDATE audit_act SET subject = 'nobody'")
        file.commit()
    assert (await verify(settings, ["identity"]))["identity"].broken is not None


async def test_a_first_start_ends_in_a_token_all_services_take(tmp_path: Path) -> None:
    """From an empty folder: the printed link, a password, a client, a sign-in; its token opens the other services."""
    links: list[str] = []

    async def greet(issuer: Service) -> None:
        links.extend([await first_link(issuer) or "", str(await first_link(issuer))])

    app = Together(_settings(tmp_path), ManualClock(START), greet).app()
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as browser,
    ):
        link, again = links
        assert again == "None"
        assert link.startswith(f"{ADDRESS}/password?link=")
        assert link in greeting(link)
        page = await browser.get(link)
        said = fields_in(page.text) | {"password": FIRST, "again": FIRST}
        assert (await browser.post(f"{ADDRESS}/password", data=said)).status_code == 200
        overview = await browser.get("/services")
        assert (await ok(overview))["services"]["portal"] == "/"
        assert overview.headers["content-security-policy"].startswith("default-src 'none'")
        leaving = await browser.get("/sign-in")
        assert leaving.headers["location"].startswith(f"{ADDRESS}/authorize?")
        assert (await browser.get(leaving.headers["location"])).status_code == 200, "the portal is known there"
        async with Together(_settings(tmp_path), ManualClock(START)) as beside:
            assert (await ok(await (await beside.clients())["identity"].get("/clients/portal")))["version"] == 2
            admin = (await beside.clients())["identity"]
            public = {"confidential": False, "redirect_uris": ["https://portal.example/signed-in"]}
            await ok(await admin.put("/clients/portal", json=public))
        attempt = Attempt()
        page = await browser.get(f"{ADDRESS}/authorize", params=attempt.query())
        assert page.headers["set-cookie"].endswith("; HttpOnly; Path=/identity; SameSite=strict")
        said = fields_in(page.text) | {"login": "administrator", "password": FIRST}
        code = told(await browser.post(f"{ADDRESS}/sign-in", data=said))["code"]
        asked = {"grant_type": "authorization_code", "code": code, "code_verifier": attempt.verifier}
        asked |= {"client_id": "portal", "redirect_uri": "https://portal.example/signed-in"}
        tokens = await ok(await browser.post(f"{ADDRESS}/token", data=asked))
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert (await ok(await browser.get("/identity/userinfo", headers=bearer)))["roles"] == ["administrator"]
        assert len((await ok(await browser.get("/identity/users", headers=bearer)))["items"]) == 1
        assert (await browser.get("/farmers/cooperatives", headers=bearer)).status_code != 401


@pytest.mark.parametrize(
    "other",
    [
        {"database_url": "postgresql+asyncpg://identity@127.0.0.1/identity", "secret_keys": SecretStr("a:")},
        {"database_url": "sqlite:///elsewhere.sqlite"},
        {"bus": "kafka"},
    ],
)
def test_it_refuses_to_run_in_any_other_set_up(tmp_path: Path, other: dict[str, object]) -> None:
    """With PostgreSQL or Kafka there is an issuer of its own: this one is not even made."""
    settings = Settings(var=tmp_path, **other)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="identity is for one process on SQLite"):
        Service(definition, settings, EmbeddedBus(tmp_path / "bus.sqlite"))
    assert not (tmp_path / "identity.sqlite").exists()


def test_another_issuer_takes_its_place(tmp_path: Path) -> None:
    """Where the settings name an issuer, this one is not there."""
    together = Together(Settings(var=tmp_path, auth_issuer="https://issuer.example"))
    assert "identity" not in together.services
    together.workers.close()
