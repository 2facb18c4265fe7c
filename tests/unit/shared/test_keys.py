"""The keys of an issuer: when they are fetched, which are taken, what happens while the issuer is away."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.auth import keys as module
from shared.auth.keys import Keys, NoKeys, from_file, from_issuer, public_keys
from shared.auth.signing import SigningKey
from shared.auth.tokens import BadToken, Trust, Verifier
from shared.clock import ManualClock
from tests import people
from tests.world import START

ISSUER = "https://issuer.test"
OLD, NEW = SigningKey(ISSUER, kid="old"), SigningKey(ISSUER, kid="new")


def both() -> dict[str, Any]:
    """Return a JWKS of both keys."""
    return {"keys": [*OLD.jwks()["keys"], *NEW.jwks()["keys"]]}


class Issuer:
    """An issuer whose answer can be changed, with a clock of its own and a count of how often it was asked."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.asked = 0
        self.answer: Mapping[str, Any] | Exception = OLD.jwks()
        self.keys = Keys(self._load, lambda: self.now)

    async def _load(self) -> Mapping[str, Any]:
        self.asked += 1
        await asyncio.sleep(0)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def issuer() -> Issuer:
    """An issuer with the old key."""
    return Issuer()


async def settled() -> None:
    """Let what runs beside come to its end."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)


async def test_known_keys_are_not_fetched_again(issuer: Issuer) -> None:
    """However many ask at once, keys are fetched once, and then used."""
    found = await asyncio.gather(*(issuer.keys.find("old") for _ in range(20)))
    assert all(each is not None for each in found)
    assert await issuer.keys.find("old") is not None
    assert issuer.asked == 1


async def test_an_unknown_kid_fetches_at_most_every_half_minute(issuer: Issuer) -> None:
    """A key that is new is found at once; made-up names do not make us ask more often than every 30 s."""
    await issuer.keys.find("old")
    issuer.now += 31
    issuer.answer = both()
    assert await issuer.keys.find("new") is not None
    for n in range(100):
        assert await issuer.keys.find(f"made-up-{n}") is None
    assert issuer.asked == 2
    issuer.now += 29.9
    assert await issuer.keys.find("made-up") is None
    assert issuer.asked == 2
    issuer.now += 0.1
    assert await issuer.keys.find("made-up") is None
    assert issuer.asked == 3


async def test_an_issuer_that_is_away_keeps_its_keys(issuer: Issuer) -> None:
    """Keys stay while the issuer is down or answers nonsense; asking goes on beside the requests."""
    await issuer.keys.find("old")
    for answer in (httpx.ConnectError("down"), ValueError("nonsense")):
        issuer.now += 601
        issuer.answer = answer
        assert await issuer.keys.find("old") is not None
        await settled()
    nothing: list[dict[str, Any]] = [{"keys": []}, {"keys": "old"}, {}]
    for answered in nothing:
        issuer.now += 601
        issuer.answer = answered
        assert await issuer.keys.find("old") is not None
        await settled()
    assert issuer.asked == 6


async def test_keys_are_fetched_anew_beside_the_requests(issuer: Issuer) -> None:
    """After ten minutes a request still gets the present key, and what was withdrawn is gone for the next."""
    await issuer.keys.find("old")
    issuer.now += 601
    issuer.answer = NEW.jwks()
    assert await issuer.keys.find("old") is not None
    await settled()
    assert await issuer.keys.find("new") is not None
    assert await issuer.keys.find("old") is None
    assert issuer.asked == 2


async def test_no_keys_at_all(issuer: Issuer) -> None:
    """While no key was ever known nothing can be judged: 503, and the issuer is asked every few seconds."""
    issuer.answer = httpx.ConnectError("down")
    for _ in range(3):
        with pytest.raises(NoKeys) as refusal:
            await issuer.keys.find("old")
        assert refusal.value.status == 503
    assert issuer.asked == 1
    issuer.now += 3
    issuer.answer = OLD.jwks()
    assert await issuer.keys.find("old") is not None


async def test_a_withdrawn_key_ends_the_tokens_it_signed(issuer: Issuer) -> None:
    """That a token was verified before does not outlive its key."""
    verifier = Verifier([Trust(ISSUER, "cloud", issuer.keys)], ManualClock(START))
    token = OLD.token(people.clerk("coop-1"), START, timedelta(days=1)).encode()
    await verifier.principal(token)
    issuer.now += 601
    issuer.answer = NEW.jwks()
    await verifier.principal(token)
    await settled()
    with pytest.raises(BadToken, match="not known"):
        await verifier.principal(token)


async def test_closing_ends_a_fetch(issuer: Issuer) -> None:
    """A service that ends does not wait for its issuer."""
    waiting = asyncio.create_task(issuer.keys.find("old"))
    await asyncio.sleep(0)
    await issuer.keys.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting


def changed(**parts: Any) -> dict[str, Any]:
    """Return a JWKS whose first key says something else; None leaves a part out."""
    first = {name: value for name, value in (OLD.jwks()["keys"][0] | parts).items() if value is not None}
    return {"keys": [first, *NEW.jwks()["keys"]]}


@pytest.mark.parametrize(
    "parts",
    [
        {"kty": "EC"},
        {"kty": "oct", "k": "c2VjcmV0"},
        {"use": "enc"},
        {"alg": "RS512"},
        {"alg": "HS256"},
        {"kid": None},
        {"kid": ""},
        {"kid": 1},
        {"kid": "k" * 201},
        {"n": None},
        {"n": 5},
        {"n": "AQAB"},
        {"n": "!"},
        {"n": base64.urlsafe_b64encode((2**1023 + 1).to_bytes(128)).decode().rstrip("=")},
    ],
)
def test_keys_that_are_not_for_us(parts: dict[str, Any]) -> None:
    """Keys for other algorithms and purposes, without a name, or too short are passed over; the others are taken."""
    assert set(public_keys(changed(**parts))) == {"new"}


def test_keys_that_leave_use_and_algorithm_open() -> None:
    """`use` and `alg` may be left out (RFC 7517 §4)."""
    assert set(public_keys(changed(use=None, alg=None))) == {"old", "new"}


async def test_a_file_is_read_anew(tmp_path: Path) -> None:
    """Keys can be added to a file while the service runs."""
    file = tmp_path / "keys.json"
    file.write_text(json.dumps(OLD.jwks()))
    now = 0.0
    keys = Keys(from_file(file), lambda: now)
    assert await keys.find("new") is None
    file.write_text(json.dumps(both()))
    now = 30.0
    assert await keys.find("new") is not None


Answers = dict[str, tuple[int, Any]]


@asynccontextmanager
async def _answering(monkeypatch: pytest.MonkeyPatch, answers: Answers) -> AsyncIterator[None]:
    """Let the addresses answer; every other one is not found."""

    def answer(request: httpx.Request) -> httpx.Response:
        status, body = answers.get(str(request.url), (404, {}))
        return httpx.Response(status, json=body)

    made = httpx.AsyncClient
    with monkeypatch.context() as patch:
        patch.setattr(httpx, "AsyncClient", lambda **given: made(transport=httpx.MockTransport(answer), **given))
        yield


DISCOVERY = f"{ISSUER}/.well-known/openid-configuration"
FOUND: Answers = {
    DISCOVERY: (200, {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"}),
    f"{ISSUER}/keys": (200, OLD.jwks()),
}


async def test_discovery(monkeypatch: pytest.MonkeyPatch) -> None:
    """An issuer is asked where its keys are, from inside at another address if need be."""
    async with _answering(monkeypatch, FOUND):
        assert set(public_keys(await from_issuer(ISSUER)())) == {"old"}
    inside = {"http://keycloak:8080/.well-known/openid-configuration": FOUND[DISCOVERY]}
    async with _answering(monkeypatch, FOUND | inside):
        assert set(public_keys(await from_issuer(ISSUER, "http://keycloak:8080/")())) == {"old"}


@pytest.mark.parametrize(
    "answers",
    [
        {DISCOVERY: (200, {"issuer": "https://evil.test", "jwks_uri": f"{ISSUER}/keys"})},
        {DISCOVERY: (200, {"issuer": ISSUER})},
        {DISCOVERY: (200, {"issuer": ISSUER, "jwks_uri": "file:///etc/passwd"})},
        {DISCOVERY: (200, [ISSUER])},
        {DISCOVERY: (404, {})},
        {f"{ISSUER}/keys": (302, {})},
        {f"{ISSUER}/keys": (200, ["old"])},
    ],
)
async def test_an_issuer_that_answers_oddly(monkeypatch: pytest.MonkeyPatch, answers: Answers) -> None:
    """What is no discovery of this issuer brings no keys."""
    keys = Keys(from_issuer(ISSUER))
    async with _answering(monkeypatch, FOUND | answers):
        with pytest.raises(NoKeys):
            await keys.find("old")


def test_how_often() -> None:
    """The times are those of the decision."""
    assert (module.REFRESH_S, module.UNKNOWN_S) == (600.0, 30.0)
