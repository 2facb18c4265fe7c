"""The public keys of an issuer (JWKS, RFC 7517), from its own address or from a file, fetched anew when needed.

A key is found by its `kid` among the keys that are there, never fetched from where a token says. Keys are kept while
the issuer cannot be reached.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from shared.errors import DomainError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

REFRESH_S = 600.0
"""How long keys are used before they are fetched anew beside the requests."""
UNKNOWN_S = 30.0
"""How often an unknown `kid` may have keys fetched."""
MISSING_S = 3.0
"""How often they are fetched while there are none at all."""
LEAST_BITS = 2048
Document = Mapping[str, Any]
"""A JWKS."""
Load = Callable[[], Awaitable[Document]]
log = structlog.get_logger()


class NoKeys(DomainError):
    """No key is known yet, so no token can be judged."""

    status = 503
    title = "Keys cannot be reached"

    def __init__(self) -> None:
        super().__init__("keys-unavailable", "the issuer's keys cannot be reached, so no token can be judged")


class Keys:
    """One issuer's keys by `kid`, as `load` fetches them."""

    def __init__(self, load: Load, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._load = load
        self._monotonic = monotonic
        self._found: dict[str, RSAPublicKey] | None = None
        self._asked_at = float("-inf")
        self._loading: asyncio.Task[None] | None = None
        self.edition = 0
        """Grows when keys have changed: tokens verified before are to be verified again."""

    @property
    def known(self) -> bool:
        """Whether there is a key."""
        return self._found is not None

    async def find(self, kid: str) -> "RSAPublicKey | None":
        """Return the key of that name, None where there is none. Raises NoKeys while no key is known."""
        if self._found is not None and kid in self._found:
            self.refresh_in_time()
            return self._found[kid]
        if self._loading is not None or self._due(MISSING_S if self._found is None else UNKNOWN_S):
            await self.refresh()
        if self._found is None:
            raise NoKeys
        return self._found.get(kid)

    def refresh_in_time(self) -> None:
        """Begin to fetch the keys beside the requests where they have been used long enough."""
        if self._due(REFRESH_S) and self._loading is None:
            self._begin()

    async def refresh(self) -> None:
        """Fetch the keys now; who asks meanwhile waits for the same answer."""
        await asyncio.shield(self._loading or self._begin())

    async def close(self) -> None:
        """End a fetch that is under way."""
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)

    def _due(self, after_s: float) -> bool:
        return self._monotonic() - self._asked_at >= after_s

    def _begin(self) -> asyncio.Task[None]:
        self._asked_at = self._monotonic()
        self._loading = asyncio.create_task(self._fetch())
        return self._loading

    async def _fetch(self) -> None:
        try:
            # In a thread: a service that starts goes on while the library is loaded.
            found = await asyncio.to_thread(public_keys, await self._load())
        except Exception as error:
            log.warning("keys-not-fetched", error=type(error).__name__, detail=str(error))
        else:
            if self._found is None or _numbers(found) != _numbers(self._found):
                self._found = found
                self.edition += 1
        finally:
            self._loading = None


def _numbers(keys: "Mapping[str, RSAPublicKey]") -> dict[str, Any]:
    return {kid: key.public_numbers() for kid, key in keys.items()}


def public_keys(document: Document) -> "dict[str, RSAPublicKey]":
    """Return the keys of a JWKS that sign by RS256: RSA, 2,048 bits or more, with a name. Raises ValueError if none."""
    # Here, because the library takes a tenth of a second and a service that starts need not wait for it.
    from jwt import InvalidKeyError
    from jwt.algorithms import RSAAlgorithm

    listed = document.get("keys")
    found: dict[str, RSAPublicKey] = {}
    for each in listed if isinstance(listed, list) else ():
        if not isinstance(each, dict) or not _signs(each):
            continue
        try:
            key = RSAAlgorithm.from_jwk({name: each[name] for name in ("kty", "n", "e")})
        except (InvalidKeyError, ValueError):
            continue  # One key that is none does not cost us the others.
        if key.key_size >= LEAST_BITS:
            found[each["kid"]] = key  # type: ignore[assignment]  # without a private part it is a public key
    if not found:
        raise ValueError("there is no RSA key with a kid for RS256 in the JWKS")
    return found


def _signs(each: Document) -> bool:
    kid = each.get("kid")
    named = isinstance(kid, str) and 0 < len(kid) <= 200
    whole = all(isinstance(each.get(part), str) for part in ("n", "e"))
    rs256 = each.get("kty") == "RSA" and each.get("use", "sig") == "sig" and each.get("alg", "RS256") == "RS256"
    return named and whole and rs256


def from_file(path: Path) -> Load:
    """Return what reads a JWKS file; it is read anew, so keys may be added and removed while services run."""

    async def load() -> Document:
        return _document(await asyncio.to_thread(path.read_bytes))

    return load


def from_issuer(issuer: str, inside: str | None = None) -> Load:
    """Return what fetches an issuer's keys by OpenID Connect Discovery 1.0.

    `inside`: where it is reached from here, if elsewhere. Raises ValueError where another issuer answers.
    """

    async def load() -> Document:
        # Here, because where keys come from a file nobody is asked.
        import httpx

        from shared.fetching import Patience, fetch

        patience = Patience(tries=2, most_bytes=500_000)
        async with httpx.AsyncClient(timeout=5.0) as client:
            where = f"{(inside or issuer).rstrip('/')}/.well-known/openid-configuration"
            found = _document(await fetch(client, where, {}, patience))
            if found.get("issuer") != issuer:
                raise ValueError(f"{where} is of another issuer")
            keys_at = found.get("jwks_uri")
            if not isinstance(keys_at, str) or not keys_at.startswith(("https://", "http://")):
                raise ValueError(f"{where} names no jwks_uri")
            return _document(await fetch(client, keys_at, {}, patience))

    return load


def _document(text: bytes) -> Document:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 (it is what was sent that is wrong)
    return found
