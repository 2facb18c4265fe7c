"""What is private is sealed at rest: AES-256-GCM with the key's id in front, so that keys can be changed one day.

A sealed text is `<key id>.<base64 of nonce and ciphertext>`. It is bound to its place (`household.name:hh-1`): moved to
another row or column, it does not open. Settings name the keys, the one that seals first, older ones after it.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from copy import copy
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.settings import Settings

KEY_BYTES = 32
_NONCE_BYTES = 12
_KEY_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


class Unsealable(Exception):
    """A sealed text does not open here: its key is not among the settings', or it was altered or moved."""


class Sealer:
    """Seals with the first of its keys and opens with any of them."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise ValueError("no key to seal with")
        for key_id, key in keys.items():
            if not _KEY_ID.fullmatch(key_id) or len(key) != KEY_BYTES:
                raise ValueError(f"a key is <id>:<base64 of {KEY_BYTES} bytes>; {key_id[:32]!r} is none")
        # One purpose, one key: what finds a text must not help to open it.
        self._ciphers = {key_id: AESGCM(_derived(key, b"seal")) for key_id, key in keys.items()}
        self._indexing = [_derived(key, b"index") for key in keys.values()]
        self.key_id = next(iter(keys))

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Read `id:base64,id:base64`. Raises ValueError, which shows no key."""
        keys: dict[str, bytes] = {}
        for part in text.strip().split(","):
            key_id, _, encoded = part.strip().partition(":")
            with suppress(binascii.Error, ValueError):
                keys.setdefault(key_id, base64.b64decode(encoded, validate=True))
        if len(keys) != len(text.strip().split(",")):
            raise ValueError("keys are written id:base64,id:base64, each id once")
        return cls(keys)

    def alone(self) -> "Sealer":
        """Return a sealer that has the first key only."""
        one = copy(self)
        one._ciphers = {self.key_id: self._ciphers[self.key_id]}
        one._indexing = self._indexing[:1]
        return one

    def seal(self, text: str, place: str) -> str:
        """Return the text sealed for a place; the same text twice looks different."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._ciphers[self.key_id].encrypt(nonce, text.encode(), place.encode())
        return f"{self.key_id}.{base64.b64encode(sealed).decode()}"

    def open(self, sealed: str, place: str) -> str:
        """Return the text that was sealed for this place. Raises Unsealable."""
        key_id, _, encoded = sealed.partition(".")
        if key_id not in self._ciphers:
            raise Unsealable(f"no key {key_id[:32]!r} among the settings'")
        try:
            raw = base64.b64decode(encoded, validate=True)
            plain = self._ciphers[key_id].decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError) as error:
            raise Unsealable(f"what is sealed for {place} was altered or moved") from error
        return plain.decode()

    def index(self, text: str, purpose: str) -> str:
        """Return what a sealed text can be found by: keyed, so that nobody can try texts out without the key."""
        return self.indexes(text, purpose)[0]

    def indexes(self, text: str, purpose: str) -> list[str]:
        """Return what the text may be found by, under each key."""
        said = f"{purpose}\x1f{text}".encode()
        return [hmac.digest(key, said, "sha256").hex() for key in self._indexing]


def _derived(key: bytes, purpose: bytes) -> bytes:
    return hmac.new(key, purpose, hashlib.sha256).digest()


def new_key(key_id: str) -> str:
    """Return a new random key as the settings write it."""
    return f"{key_id}:{base64.b64encode(os.urandom(KEY_BYTES)).decode()}"


def open_sealer(settings: Settings) -> Sealer:
    """Return the sealer of the settings' keys; without keys, of a file made under `var`.

    Raises ValueError where the database is a server: a key beside one of several replicas would be lost with it.
    """
    if settings.secret_keys is not None:
        return Sealer.of_text(settings.secret_keys.get_secret_value())
    if settings.database_url is not None:
        raise ValueError("set CLOUD_SECRET_KEYS (python -m shared.sealing makes a key): private data is sealed with it")
    return Sealer.of_text(kept(settings.var / "secret.keys"))


def kept(path: Path) -> str:
    """Return the keys a file holds; made when it is missing, whole or not at all, readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write(new_key("local"))
        with suppress(FileExistsError):
            os.link(fresh, path)  # never over a key somebody made at the same moment
        fresh.unlink()
    return path.read_text()


if __name__ == "__main__":
    from datetime import UTC, datetime

    print(new_key(f"{datetime.now(UTC):%Y-%m-%d}"))  # noqa: T201
