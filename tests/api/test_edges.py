"""The edge of every service: what its answers tell browsers, how much one may ask, where secrets come from."""

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from pydantic import SecretStr, ValidationError
from starlette.responses import Response

from services.farmers.main import definition as farmers
from services.logistics.main import definition
from shared.auth.access import READING
from shared.edge import Headers
from shared.messaging.embedded import EmbeddedBus
from shared.messaging.kafka_security import security_of
from shared.settings import Settings
from shared.standalone import Server, listen
from shared.telemetry import PROBES
from tests.conftest import WorldOf
from tests.people import dispatcher
from tests.world import World, ok, refused


def world(folder: Path, **settings: Any) -> World:
    """Return a world of logistics with those settings, in an app of its own."""
    told = {"logistics": Settings(var=folder, **settings)}
    return World([replace(definition)], EmbeddedBus(folder / "bus.sqlite"), told)


async def test_answers_are_data(world_of: WorldOf) -> None:
    """Answers, refusals too, tell browsers to load, frame and keep nothing; the document's page loads its own."""
    client = (await world_of("logistics")).client("logistics")
    for path in ("/livez", "/depots", "/nope", "/depots?limit=0"):
        headers = (await client.get(path)).headers
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
        assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")
        assert "strict-transport-security" not in headers
    assert "content-security-policy" not in (await client.get("/docs")).headers
    secure = await client.get("https://logistics/livez")
    assert secure.headers["strict-transport-security"] == "max-age=31536000"


async def test_nothing_is_of_no_type() -> None:
    """An answer without content says of no type that it has: whoever believed it would read JSON from nothing."""

    async def deleted(scope: Any, receive: Any, send: Any) -> None:
        await Response(status_code=204, media_type="application/json")(scope, receive, send)

    transport = httpx.ASGITransport(app=Headers(deleted))
    async with httpx.AsyncClient(transport=transport, base_url="http://any") as client:
        answer = await client.delete("/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-type" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_pages_keep_their_style(world_of: WorldOf) -> None:
    """A page for people may have its own style, and neither scripts nor anything of others."""
    client = (await world_of("procurement")).client("procurement")
    answer = await client.get("/reports/month/page", params={"month": "2026-11"})
    assert answer.is_success, answer.text
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; frame-ancestors 'none'; style-src 'unsafe-inline'")
    assert "script" not in policy


async def test_an_address_beyond_its_limit_waits(tmp_path: Path) -> None:
    """Beyond so many requests in a minute an address gets 429 and is told how long to wait; another goes on."""
    async with world(tmp_path, address_per_minute=3) as opened:
        client = opened.client("logistics")
        for _ in range(3):
            await ok(await client.get("/depots"))
        answer = await client.get("/depots")
        refused(answer, 429, "too-many-requests")
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert answer.headers["x-content-type-options"] == "nosniff"
        elsewhere = httpx.ASGITransport(app=client._transport.app, client=("10.0.0.9", 1))  # type: ignore[attr-defined]
        async with httpx.AsyncClient(transport=elsewhere, base_url="http://logistics") as other:
            refused(await other.get("/depots"), 401, "no-token")


@pytest.mark.parametrize("probe", PROBES)
async def test_a_crowd_behind_one_address_hides_no_life(tmp_path: Path, probe: str) -> None:
    """A probe from an address beyond its limit is answered: an orchestrator would end a sound process."""
    async with world(tmp_path, address_per_minute=1) as opened:
        client = opened.client("logistics")
        said = [(await client.get(probe)).status_code for _ in range(3)]
        await ok(await client.get("/depots"))
        refused(await client.get("/depots"), 429, "too-many-requests")
        said.append((await client.get(probe)).status_code)
        assert 429 not in said


async def test_a_person_beyond_the_limit_waits(tmp_path: Path) -> None:
    """One subject is bound whatever its address; the system's own requests are not, or loading would stop."""
    async with world(tmp_path, subject_per_minute=2) as opened:
        client = opened.client("logistics", as_=dispatcher("520628"))
        for _ in range(2):
            await ok(await client.get("/depots", params={"county_code": "520628"}))
        refused(await client.get("/depots", params={"county_code": "520628"}), 429, "too-many-requests")
        for _ in range(5):
            await ok(await opened.client("logistics").get("/depots"))


async def test_strangers_fill_no_disk(tmp_path: Path) -> None:
    """Where what anybody sends is kept, an address may send but so much a minute, of each kind, before it is read."""
    told = {"farmers": Settings(var=tmp_path, stranger_per_minute=2)}
    async with World([replace(farmers)], EmbeddedBus(tmp_path / "bus.sqlite"), told) as opened:
        client = opened.client("farmers", as_=None)
        for route in ("/applications", "/files"):
            for _ in range(2):
                assert (await client.post(route, content=b"nonsense")).status_code in (415, 422)
            answer = await client.post(route, content=b"nonsense")
            refused(answer, 429, "too-many-requests")
            assert int(answer.headers["retry-after"]) >= 1


@pytest.mark.parametrize("service", ["nutrition", "farmers", "procurement", "logistics", "portal"])
def test_what_strangers_send_is_counted(service: str) -> None:
    """Each route that is open to all and changes something is counted; signing in and out keeps nothing for long."""
    definition = import_module(f"services.{service}.main").definition
    open_ones = [each for each in definition.access.rules if each.open_to_all and each.method not in READING]
    passing = {"POST /sign-out", "POST /samples/{login}"}
    assert {str(each) for each in open_ones if not each.counted} <= passing


@pytest.mark.parametrize(
    ("proxies", "client", "seen"),
    [
        ("", "127.0.0.1", ("127.0.0.1", "http")),
        ("10.0.0.2", "10.0.0.9", ("10.0.0.9", "http")),
        ("10.0.0.2", "10.0.0.2", ("192.0.2.7", "https")),
        ("10.0.0.0/24", "10.0.0.9", ("192.0.2.7", "https")),
        ("10.0.0.2", "127.0.0.1", ("127.0.0.1", "http")),
    ],
)
async def test_forwarded_headers_are_believed_of_named_proxies_only(
    monkeypatch: pytest.MonkeyPatch, proxies: str, client: str, seen: tuple[str, str]
) -> None:
    """As it is served: what anybody writes into a header is nothing; a proxy says who asks, and whether by https."""
    found: list[tuple[str, str]] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        found.append((scope["client"][0], scope["scheme"]))

    configured: list[uvicorn.Config] = []
    monkeypatch.setattr(Server, "run", lambda server: configured.append(server.config))
    listen(app, Settings(proxies=proxies))  # type: ignore[arg-type]
    (config,) = configured
    config.load()
    headers = [(b"x-forwarded-for", b"203.0.113.5, 192.0.2.7"), (b"x-forwarded-proto", b"https")]
    scope = {"type": "http", "client": (client, 1), "scheme": "http", "headers": headers}
    await config.loaded_app(scope, None, None)
    assert found == [seen]


async def test_pages_of_other_origins_may_not_call(tmp_path: Path) -> None:
    """No origin is let in unless it is named."""
    asked = {"Origin": "https://portal.example", "Access-Control-Request-Method": "GET"}
    async with world(tmp_path / "closed") as closed:
        answer = await closed.client("logistics").options("/depots", headers=asked)
        assert "access-control-allow-origin" not in answer.headers
    async with world(tmp_path / "open", cors_origins=("https://portal.example",)) as opened:
        answer = await opened.client("logistics").options("/depots", headers=asked)
        assert answer.headers["access-control-allow-origin"] == "https://portal.example"
        other = await opened.client("logistics").options("/depots", headers=asked | {"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers


def test_secrets_may_come_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file of the folder `CLOUD_SECRETS` is a setting; the environment has the last word; they are not shown."""
    (tmp_path / "cloud_kafka_password").write_text("from-a-file\n")
    (tmp_path / "cloud_kafka_user").write_text("from-a-file")
    monkeypatch.setenv("CLOUD_SECRETS", str(tmp_path))
    monkeypatch.setenv("CLOUD_KAFKA_USER", "from-the-environment")
    settings = Settings()
    assert settings.kafka_password is not None
    assert settings.kafka_password.get_secret_value() == "from-a-file"
    assert settings.kafka_user == "from-the-environment"
    assert "from-a-file" not in repr(settings)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"kafka_security": "SASL_SSL"}, "CLOUD_KAFKA_USER"),
        ({"kafka_security": "SASL_SSL", "kafka_user": "cloud"}, "CLOUD_KAFKA_PASSWORD"),
        ({"kafka_user": "cloud", "kafka_password": SecretStr("x")}, "CLOUD_KAFKA_SECURITY"),
        ({"kafka_ca": Path("ca.crt")}, "CLOUD_KAFKA_SECURITY"),
    ],
)
def test_security_that_does_not_go_together_is_refused(settings: dict[str, Any], named: str) -> None:
    """A password that would not be used, or one that is missing, is named before anything is sent in the clear."""
    with pytest.raises(ValueError, match=named):
        security_of(Settings(**settings))


def test_another_way_of_speaking_is_refused() -> None:
    """Only Kafka's own protocols are known."""
    with pytest.raises(ValidationError):
        Settings(kafka_security="TLS")  # type: ignore[arg-type]
