"""From a request's `Authorization` to a `Principal`: RS256 only, every claim looked at, what is unclear is refused.

RFC 9068 (JWT access tokens), RFC 8725 (best current practices). A token that was verified is remembered until it
expires or its issuer's keys change, so that the next request costs a look-up (decision 59).
"""

import binascii
import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic_core import from_json

from shared.auth.keys import Keys
from shared.auth.principal import Principal, Role
from shared.clock import Clock
from shared.errors import Unauthorized

if TYPE_CHECKING:
    from jwt.algorithms import RSAAlgorithm

ALGORITHM = "RS256"
LONGEST = 8192
"""Bytes of a token."""
LEEWAY_S = 30.0
"""How far clocks may be apart."""
REMEMBERED = 10_000
"""Tokens that a process remembers, the latest used; what was refused is none of them."""
_HEADERS = {"alg", "typ", "kid", "x5t", "x5t#S256"}
"""What a token's header may hold. `crit`, `jku`, `jwk`, `x5u` … would have us trust what the token itself brings."""
_TYPES = {"jwt", "at+jwt", "application/at+jwt"}
_URL_SAFE = bytes.maketrans(b"-_+/=", b"+/!!!")
_LAST = {2: frozenset(b"AQgw"), 3: frozenset(b"AEIMQUYcgkosw048")}
"""The last character of a part by how many are left over a four: its bits that stand for nothing are 0."""
_ROLES = {role.value: role for role in Role}


class BadToken(Unauthorized):
    """A token that is not taken (RFC 6750 §3.1)."""

    def __init__(self, detail: str) -> None:
        super().__init__("bad-token", detail, 'Bearer error="invalid_token"')


@dataclass(frozen=True, slots=True)
class Trust:
    """An issuer whose tokens are taken: its name (`iss`), whom they are for (`aud`), its keys."""

    issuer: str
    audience: str
    keys: Keys


class _Verified(NamedTuple):
    """A token that was verified: for whom it speaks, from when until when, by which edition of which keys."""

    principal: Principal
    begins_at: float
    ends_at: float
    keys: Keys
    edition: int

    def holds(self, now: float) -> bool:
        """Whether it would be verified again: it is of now, and no key has gone or changed since."""
        return self.begins_at <= now < self.ends_at and self.edition == self.keys.edition


class Verifier:
    """Verifies the tokens of the issuers that are trusted."""

    def __init__(self, trusts: Iterable[Trust], clock: Clock) -> None:
        self.trusts = {trust.issuer: trust for trust in trusts}
        self._clock = clock
        self._known: OrderedDict[bytes, _Verified] = OrderedDict()

    async def principal(self, token: bytes) -> Principal:
        """Return who a token speaks for. Raises BadToken, or NoKeys while its issuer has not been reached."""
        now = self._clock.now().timestamp()
        digest = hashlib.sha256(token).digest()
        if (known := self._known.get(digest)) is not None:
            if known.holds(now):
                self._known.move_to_end(digest)
                known.keys.refresh_in_time()
                return known.principal
            del self._known[digest]
        verified = await self._verified(token, now)
        self._known[digest] = verified
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return verified.principal

    async def close(self) -> None:
        """End what is under way."""
        for trust in self.trusts.values():
            await trust.keys.close()

    async def _verified(self, token: bytes, now: float) -> _Verified:
        parts = token.split(b".")
        if len(parts) != 3:
            raise BadToken("it is no signed JWT")
        kid = _kid_of(parts[0])
        claims = _object(parts[1])
        issuer = claims.get("iss")
        trust = self.trusts.get(issuer) if isinstance(issuer, str) else None
        if trust is None:
            raise BadToken("the issuer is not trusted")
        key = await trust.keys.find(kid)
        edition = trust.keys.edition
        if key is None:
            raise BadToken("the key is not known")
        if not _rs256().verify(token[: -len(parts[2]) - 1], key, _bytes(parts[2])):
            raise BadToken("the signature is wrong")
        begins_at, ends_at = _lifetime(claims, trust.audience, now)
        return _Verified(_principal(claims), begins_at, ends_at, trust.keys, edition)


@cache
def _rs256() -> "RSAAlgorithm":
    # Here, as in keys. One algorithm, not one that a header chooses.
    from jwt.algorithms import RSAAlgorithm

    return RSAAlgorithm(RSAAlgorithm.SHA256)


def bearer(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return the token of a request's headers. Raises Unauthorized where there is none, or none that is clear."""
    given = [value for name, value in headers if name == b"authorization"]
    if not given:
        raise Unauthorized("no-token", "a bearer token is needed")
    scheme, _, token = given[0].partition(b" ")
    if len(given) > 1 or scheme.lower() != b"bearer":
        raise BadToken("one header `Authorization: Bearer …` is needed")
    if len(token) > LONGEST:
        raise BadToken(f"a token has at most {LONGEST} bytes")
    return token


def _bytes(part: bytes) -> bytes:
    """Return what a part of a token holds: base64url without padding (RFC 7515 §2), in its one right spelling."""
    left = len(part) % 4
    if left in _LAST and part[-1] not in _LAST[left]:
        raise BadToken("it is no signed JWT")
    try:
        return binascii.a2b_base64(part.translate(_URL_SAFE) + b"=" * (-len(part) % 4), strict_mode=True)
    except ValueError:
        raise BadToken("it is no signed JWT") from None


def _object(part: bytes) -> dict[str, Any]:
    try:
        found = from_json(_bytes(part), allow_inf_nan=False)
    except ValueError:
        raise BadToken("it is no signed JWT") from None
    if not isinstance(found, dict):
        raise BadToken("it is no signed JWT")
    return found


@lru_cache(maxsize=64)
def _kid_of(part: bytes) -> str:
    """Return the key that a header names, if it says nothing we would have to guess at. All of a key's are the same."""
    header = _object(part)
    if header.get("alg") != ALGORITHM:
        raise BadToken(f"it is not signed by {ALGORITHM}")
    if odd := header.keys() - _HEADERS:
        raise BadToken(f"its header holds {min(odd)[:40]!r}")
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise BadToken("its type is no access token")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise BadToken("it names no key")
    return kid


def _lifetime(claims: dict[str, Any], audience: str, now: float) -> tuple[float, float]:
    """Return from when until when it is taken. Raises BadToken: it is for others, or not of now (RFC 7519 §4.1)."""
    named = claims.get("aud")
    audiences: Sequence[Any] = named if isinstance(named, list) else [named]
    if not all(isinstance(each, str) for each in audiences) or audience not in audiences:
        raise BadToken("it is for another audience")
    begins, ends = _instant(claims, "iat") - LEEWAY_S, _instant(claims, "exp") + LEEWAY_S
    if "nbf" in claims:
        begins = max(begins, _instant(claims, "nbf") - LEEWAY_S)
    if now >= ends:
        raise BadToken("it has expired")
    if now < begins:
        raise BadToken("it is not valid yet")
    return begins, ends


def _instant(claims: dict[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        raise BadToken(f"`{name}` is an instant in seconds")
    return float(value)


def _principal(claims: dict[str, Any]) -> Principal:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 128 or not subject.isprintable():
        raise BadToken("`sub` is a name of 1 to 128 characters")
    client = claims.get("client_id", claims.get("azp"))
    if client is not None and not isinstance(client, str):
        raise BadToken("`client_id` is a name")
    return Principal(
        subject=subject,
        # An issuer has roles of its own, too; they are nothing to us.
        roles=frozenset(_ROLES[name] for name in _texts(claims, "roles") if name in _ROLES),
        counties=_texts(claims, "counties"),
        canteens=_texts(claims, "canteens"),
        cooperatives=_texts(claims, "cooperatives"),
        drivers=_texts(claims, "drivers"),
        client_id=client,
        expires_at=_instant(claims, "exp"),
    )


def _texts(claims: dict[str, Any], name: str) -> frozenset[str]:
    found = claims.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, str) and each for each in found):
        raise BadToken(f"`{name}` is a list of names")
    return frozenset(found)
