"""Tokens: what is taken, and every forgery that is not."""

import base64
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from shared.auth import tokens
from shared.auth.principal import Principal, Role
from shared.auth.signing import SigningKey
from shared.auth.tokens import BadToken, Verifier, bearer
from shared.clock import ManualClock
from shared.errors import Unauthorized
from tests import people
from tests.world import START

KEY, STRANGER = SigningKey("https://issuer.test", kid="key-1"), SigningKey("https://issuer.test", kid="key-1")
CLERK = people.clerk("coop-1", "coop-2")
NOW = int(START.timestamp())
CLAIMS: dict[str, Any] = {
    "iss": KEY.issuer,
    "aud": "cloud",
    "sub": "li",
    "iat": NOW,
    "exp": NOW + 600,
    "roles": ["clerk"],
}
HEADER = {"alg": "RS256", "typ": "at+jwt", "kid": "key-1"}

Verify = Callable[[str], Awaitable[Principal]]


@pytest.fixture
def clock() -> ManualClock:
    """The clock of the service that verifies."""
    return ManualClock(START)


@pytest.fixture
def verify(clock: ManualClock) -> Verify:
    """Return what verifies a token."""
    verifier = Verifier([KEY.trust()], clock)
    return lambda token: verifier.principal(token.encode())


def part(value: Any) -> str:
    """Return a part of a token."""
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def signed(header: dict[str, Any], claims: Any, key: SigningKey = KEY) -> str:
    """Return a token rightly signed, whatever it says of itself."""
    from jwt.algorithms import RSAAlgorithm

    text = f"{part(header)}.{part(claims)}"
    return f"{text}.{part(RSAAlgorithm(RSAAlgorithm.SHA256).sign(text.encode(), key.private))}"


async def test_who_a_token_speaks_for(verify: Verify) -> None:
    """A good token says who asks, in which roles, on whose things; roles of the issuer's own are nothing to us."""
    assert await verify(KEY.token(CLERK, START, timedelta(minutes=10))) == Principal(
        "clerk", frozenset({Role.CLERK}), cooperatives=frozenset({"coop-1", "coop-2"}), expires_at=NOW + 600
    )
    claims = CLAIMS | {
        "roles": ["offline_access", "driver"],
        "drivers": ["d-1"],
        "azp": "app",
        "aud": ["account", "cloud"],
    }
    principal = await verify(signed({"alg": "RS256", "kid": "key-1", "typ": "JWT", "x5t": "abc"}, claims))
    assert principal.roles == {Role.DRIVER}
    assert (principal.drivers, principal.client_id) == (frozenset({"d-1"}), "app")


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in CLAIMS.items() if key != name}


def _by_hmac(secret: bytes, alg: str = "HS256") -> str:
    text = f"{part(HEADER | {'alg': alg})}.{part(CLAIMS)}"
    return f"{text}.{part(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"


def _public(form: serialization.PublicFormat, encoding: serialization.Encoding) -> bytes:
    return KEY.private.public_key().public_bytes(encoding, form)


def forgeries() -> dict[str, str]:
    """Return tokens that are none, by what is wrong with them."""
    good = signed(HEADER, CLAIMS)
    head, body, signature = good.split(".")
    pem = _public(serialization.PublicFormat.SubjectPublicKeyInfo, serialization.Encoding.PEM)
    found = {
        "alg none": f"{part(HEADER | {'alg': 'none'})}.{body}.",
        "alg none, signed": f"{part(HEADER | {'alg': 'none'})}.{body}.{signature}",
        "alg nOnE": f"{part(HEADER | {'alg': 'nOnE'})}.{body}.{signature}",
        "no alg": signed({"typ": "JWT", "kid": "key-1"}, CLAIMS),
        "another key": signed(HEADER, CLAIMS, STRANGER),
        "HMAC with the public key": _by_hmac(pem),
        "HMAC with the public key's text": _by_hmac(pem.strip()),
        "HMAC with the JWKS": _by_hmac(json.dumps(KEY.jwks()["keys"][0]).encode()),
        "HMAC that says RS256": _by_hmac(pem, "RS256"),
        "RS512": signed(HEADER | {"alg": "RS512"}, CLAIMS),
        "no signature": f"{head}.{body}.",
        "two parts": f"{head}.{body}",
        "four parts": f"{good}.{signature}",
        "encrypted": f"{good}.a.b",
        "nothing": "",
        "dots": "..",
        "a space in it": f"{head}.{body} .{signature}",
        "padding": f"{head}.{body}=.{signature}",
        "a list for claims": signed(HEADER, [CLAIMS]),
        "text for claims": signed(HEADER, b"cloud"),
        "text for header": f"{part(b'RS256')}.{body}.{signature}",
        "deep header": f"{part(b'[' * 3000)}.{body}.{signature}",
        "other claims": f"{head}.{part(CLAIMS | {'roles': ['system']})}.{signature}",
        "other header": f"{part(HEADER | {'typ': 'JWT'})}.{body}.{signature}",
        "an ID token's type": signed(HEADER | {"typ": "id+jwt"}, CLAIMS),
        "a logout token's type": signed(HEADER | {"typ": "logout+jwt"}, CLAIMS),
        "a type of another kind": signed(HEADER | {"typ": 1}, CLAIMS),
        "no kid": signed({"alg": "RS256", "typ": "JWT"}, CLAIMS),
        "unknown kid": signed(HEADER | {"kid": "key-2"}, CLAIMS),
        "kid is a path": signed(HEADER | {"kid": "../../../dev/null"}, CLAIMS),
        "kid is an address": signed(HEADER | {"kid": "https://evil.test/jwks"}, CLAIMS),
        "kid is SQL": signed(HEADER | {"kid": "' OR 1=1; --"}, CLAIMS),
        "kid is a number": signed(HEADER | {"kid": 1}, CLAIMS),
        "kid is a list": signed(HEADER | {"kid": ["key-1"]}, CLAIMS),
        "kid is empty": signed(HEADER | {"kid": ""}, CLAIMS),
        "brings its key": signed(HEADER | {"jwk": STRANGER.jwks()["keys"][0]}, CLAIMS, STRANGER),
        "says where its key is": signed(HEADER | {"jku": "https://evil.test/jwks"}, CLAIMS),
        "brings a chain": signed(HEADER | {"x5c": ["MIIB"]}, CLAIMS),
        "says where its chain is": signed(HEADER | {"x5u": "https://evil.test/cert"}, CLAIMS),
        "crit": signed(HEADER | {"crit": ["exp"]}, CLAIMS),
        "unencoded": signed(HEADER | {"b64": False, "crit": ["b64"]}, CLAIMS),
        "expired": signed(HEADER, CLAIMS | {"iat": NOW - 700, "exp": NOW - 31}),
        "not yet valid": signed(HEADER, CLAIMS | {"nbf": NOW + 31}),
        "made tomorrow": signed(HEADER, CLAIMS | {"iat": NOW + 31}),
        "another issuer": signed(HEADER, CLAIMS | {"iss": "https://issuer.test/"}),
        "a list of issuers": signed(HEADER, CLAIMS | {"iss": [KEY.issuer]}),
        "another audience": signed(HEADER, CLAIMS | {"aud": "account"}),
        "other audiences": signed(HEADER, CLAIMS | {"aud": ["account", "clouds"]}),
        "an odd audience": signed(HEADER, CLAIMS | {"aud": ["cloud", 1]}),
        "an audience with a key": signed(HEADER, CLAIMS | {"aud": {"cloud": 1}}),
        "claims in UTF-16": signed(HEADER, json.dumps(CLAIMS).encode("utf-16")),
        "claims that are no JSON": signed(HEADER, json.dumps(CLAIMS | {"nonce": float("nan")}).encode()),
        "deep claims": signed(HEADER, b'{"a":' * 900 + b"1" + b"}" * 900),
        "lives for ever": signed(HEADER, CLAIMS | {"exp": float("inf")}),
        "expires at no number": signed(HEADER, CLAIMS | {"exp": str(NOW + 600)}),
        "expires at true": signed(HEADER, CLAIMS | {"exp": True}),
        "a subject that is a number": signed(HEADER, CLAIMS | {"sub": 1}),
        "an empty subject": signed(HEADER, CLAIMS | {"sub": ""}),
        "a subject with a line": signed(HEADER, CLAIMS | {"sub": "li\nroot"}),
        "a long subject": signed(HEADER, CLAIMS | {"sub": "l" * 129}),
        "roles are text": signed(HEADER, CLAIMS | {"roles": "system"}),
        "a role is a list": signed(HEADER, CLAIMS | {"roles": [["system"]]}),
        "roles by key": signed(HEADER, CLAIMS | {"roles": {"system": True}}),
        "roles are nothing": signed(HEADER, CLAIMS | {"roles": None}),
        "counties are text": signed(HEADER, CLAIMS | {"counties": "*"}),
        "a client that is a number": signed(HEADER, CLAIMS | {"client_id": 7}),
    }
    found |= {f"no {name}": signed(HEADER, _without(name)) for name in ("iss", "aud", "sub", "iat", "exp")}
    return found


async def test_forgeries(verify: Verify) -> None:
    """No forged, foreign, stale or unclear token is taken, and none is after a good one was."""
    await verify(signed(HEADER, CLAIMS))
    taken = []
    for what, token in forgeries().items():
        with suppress(BadToken):
            await verify(token)
            taken.append(what)
    assert taken == []


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
async def test_clocks_may_be_half_a_minute_apart(verify: Verify, name: str) -> None:
    """A token just expired, or just not valid yet, is taken."""
    await verify(signed(HEADER, CLAIMS | {name: NOW - 29 if name == "exp" else NOW + 30}))


async def test_a_remembered_token_expires(verify: Verify, clock: ManualClock) -> None:
    """That a token was verified before does not keep it alive."""
    token = signed(HEADER, CLAIMS)
    await verify(token)
    clock.advance(timedelta(seconds=629))
    await verify(token)
    clock.advance(timedelta(seconds=1))
    with pytest.raises(BadToken, match="expired"):
        await verify(token)


class MachineClock:
    """A clock that may be set back, as a machine's can."""

    told = START

    def now(self) -> datetime:
        """Return what it was set to."""
        return self.told


@pytest.mark.parametrize("name", ["iat", "nbf"])
async def test_a_remembered_token_is_not_valid_before_its_time(name: str) -> None:
    """A machine's clock that was set back finds it as little valid yet as one that never ran ahead."""
    clock = MachineClock()
    verifier = Verifier([KEY.trust()], clock)
    token = signed(HEADER, CLAIMS | {name: NOW + 30}).encode()
    await verifier.principal(token)
    clock.told = START - timedelta(seconds=1)
    with pytest.raises(BadToken, match="not valid yet"):
        await verifier.principal(token)
    clock.told = START
    assert (await verifier.principal(token)).subject == "li"


async def test_one_bit_is_another_token(clock: ManualClock) -> None:
    """Whatever bit of a remembered token is turned, what comes of it is no token, and none when it comes again."""
    verifier = Verifier([KEY.trust()], clock)
    token = signed(HEADER, CLAIMS).encode()
    await verifier.principal(token)
    for place in range(len(token) * 8):
        other = bytearray(token)
        other[place // 8] ^= 1 << place % 8
        for _ in range(2):
            with pytest.raises(BadToken):
                await verifier.principal(bytes(other))
    assert len(verifier._known) == 1
    assert (await verifier.principal(token)).subject == "li"


async def test_who_a_token_speaks_for_hangs_on_the_token(verify: Verify) -> None:
    """Tokens that differ in nothing but whom they name are remembered apart."""
    pair = [
        signed(HEADER, CLAIMS | {"sub": name, "roles": [role]}) for name, role in (("li", "clerk"), ("lj", "driver"))
    ]
    told = [await verify(token) for token in pair * 2]
    assert [each.subject for each in told] == ["li", "lj"] * 2
    assert [each.roles for each in told] == [{Role.CLERK}, {Role.DRIVER}] * 2


async def test_refusals_are_not_remembered(clock: ManualClock) -> None:
    """Whoever sends what is no token fills nothing, and pushes out nobody who was let in."""
    verifier = Verifier([KEY.trust()], clock)
    good = signed(HEADER, CLAIMS).encode()
    await verifier.principal(good)
    for token in forgeries().values():
        with suppress(BadToken):
            await verifier.principal(token.encode())
    assert list(verifier._known) == [hashlib.sha256(good).digest()]


async def test_what_is_remembered_is_bounded(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many tokens come, only the latest are remembered, and forgotten ones are verified again."""
    monkeypatch.setattr(tokens, "REMEMBERED", 3)
    verifier = Verifier([KEY.trust()], clock)
    made = [signed(HEADER, CLAIMS | {"sub": f"u-{n}"}).encode() for n in range(6)]
    for token in (*made, made[0]):
        await verifier.principal(token)
    assert len(verifier._known) == 3


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ([], "no-token"),
        ([b"Basic bGk6bGk="], "bad-token"),
        ([b"Bearer"], None),
        ([b"Bearer a.b.c", b"Bearer a.b.c"], "bad-token"),
        ([b"Bearer " + b"a" * 8193], "bad-token"),
        ([b"Bearer " + b"a" * 8192], None),
        ([b"bearer a.b.c"], None),
    ],
)
def test_header(headers: list[bytes], told: str | None) -> None:
    """There is one header with one bearer token of at most 8 kB; the scheme's case does not matter (RFC 9110 §11.1)."""
    given = [(b"authorization", value) for value in headers]
    if told is None:
        assert bearer(given) == headers[0][7:]
    else:
        with pytest.raises(Unauthorized) as refusal:
            bearer(given)
        assert refusal.value.rule == told


async def test_no_refusal_shows_the_token(verify: Verify) -> None:
    """What is told of a token that is not taken holds nothing of its signature or claims."""
    for token in forgeries().values():
        with pytest.raises(BadToken) as refusal:
            await verify(token)
        assert (refusal.value.status, refusal.value.told) == (401, 'Bearer error="invalid_token"')
        assert all(len(piece) < 8 or piece not in refusal.value.detail for piece in token.split("."))
