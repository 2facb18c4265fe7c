"""The issuer of `make up`: on loopback whatever is set, and its tokens are taken as those of any issuer."""

from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from services.identity.rights import Rights
from services.portal.beside import client_of
from shared.auth.keys import Keys
from shared.auth.principal import Role
from shared.auth.tokens import Trust, Verifier
from shared.clock import SystemClock
from shared.errors import DomainError
from tools import issuer
from tools.servers.issuer import ADDRESS


def test_it_is_on_loopback_whatever_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What seals there is known to everybody: nobody else may reach it, and it shares no database."""
    monkeypatch.setenv("CLOUD_HOST", "192.0.2.1")
    monkeypatch.setenv("CLOUD_DATABASE_URL", "postgresql://elsewhere/identity")
    monkeypatch.setenv("CLOUD_BUS", "kafka")
    monkeypatch.setenv("CLOUD_AUTH_ISSUER", "https://elsewhere")
    settings = issuer.settings_in(tmp_path)
    assert (settings.host, settings.embedded, settings.auth_issuer) == ("127.0.0.1", True, None)
    assert urlsplit(ADDRESS).hostname == "127.0.0.1"


def test_the_tool_asks_it_of_users_programs_and_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `python -m services` leaves to an issuer is asked here; what is neither is told how to ask."""
    monkeypatch.setattr(issuer, "data_directory", lambda: tmp_path)
    for words, told in ((["users", "list"], "login"), (["clients", "list"], "client ")):
        with pytest.raises(SystemExit) as ended:
            issuer.main(words)
        assert ended.value.code == 0
        assert told in capsys.readouterr().out
    with pytest.raises(SystemExit, match=r"python -m tools\.issuer"):
        issuer.main(["erase"])


async def test_its_tokens_are_taken_and_its_portal_is_known(tmp_path: Path) -> None:
    """The first link is given once; keys are found by discovery at its address; the portal has the right secret."""
    settings = issuer.settings_in(tmp_path)
    first, second = await issuer.first_link(settings), await issuer.first_link(settings)
    assert (first or "").startswith(ADDRESS)
    assert second is None
    token = await issuer.token_of(settings, Rights((Role.CLERK,), cooperatives=("coop-1",)))
    with pytest.raises(DomainError, match="cooperatives"):
        await issuer.token_of(settings, Rights((Role.CLERK,)))
    secret, app = await issuer.portal_secret(settings), issuer.app_of(settings)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        told = (await client.get(f"{ADDRESS}/.well-known/openid-configuration")).json()
        assert told["issuer"] == ADDRESS

        async def load() -> dict[str, object]:
            found: dict[str, object] = (await client.get(told["jwks_uri"])).json()
            return found

        tokens = Verifier([Trust(ADDRESS, settings.auth_audience, Keys(load))], SystemClock())
        principal = await tokens.principal(token.encode())
        assert (principal.roles, principal.cooperatives) == (frozenset({Role.CLERK}), frozenset({"coop-1"}))
        await tokens.close()
        (redirect_uri,) = client_of(settings)["redirect_uris"]
        assert redirect_uri == "http://127.0.0.1:8000/signed-in"
        said = {
            "grant_type": "authorization_code",
            "code": "none",
            "redirect_uri": redirect_uri,
            "code_verifier": "v" * 43,
        }
        answers = [await client.post(told["token_endpoint"], data=said, auth=("portal", one)) for one in (secret, "x")]
        assert [each.json()["error"] for each in answers] == ["invalid_grant", "invalid_client"]


def test_its_users_are_made_by_the_tool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`users` and `signing-key` are those of `python -m services`, on the files of `make up`, also before its start."""
    monkeypatch.setattr(issuer, "data_directory", lambda: tmp_path)
    monkeypatch.setattr("services.commands.answering.log_as_json", lambda _level: None)  # logs of other tests

    def said(*arguments: str, status: int = 0) -> str:
        with pytest.raises(SystemExit) as ended:
            issuer.main(list(arguments))
        assert ended.value.code == status
        printed = capsys.readouterr()
        return printed.out + printed.err

    adding = ("users", "add", "li.clerk", "--role", "clerk", "--cooperative", "coop-1")
    assert f"{ADDRESS}/password?link=" in said(*adding)
    assert "somebody has the login" in said(*adding, status=1)
    assert f"{ADDRESS}/password?link=" in said("users", "password", "li.clerk")
    assert "li.clerk" in said("users", "list")
    assert "signs from" in said("signing-key", "rotate")
    assert (tmp_path / "identity" / "identity.sqlite").exists()
