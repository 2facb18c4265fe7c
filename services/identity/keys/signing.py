"""Making RSA keys and signing with them; private parts are opened for a signature and then dropped."""

import asyncio
import base64
import hashlib
import json
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from jwt.algorithms import RSAAlgorithm

from services.identity.keys.domain import SigningKey
from shared.sealing import Sealer

ALGORITHM = "RS256"
_BITS = 2048
_EXPONENT = 65_537


def _place(kid: str) -> str:
    return f"signing_key.private:{kid}"


async def new_key(sealer: Sealer, now: datetime, signs_from: datetime) -> SigningKey:
    """Return a new key, its private part sealed; to find the primes takes a while, so not in the event loop."""
    private = await asyncio.to_thread(generate_private_key, _EXPONENT, _BITS)
    jwk = RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
    numbers = {name: jwk[name] for name in ("e", "kty", "n")}
    kid = _thumbprint(numbers)
    public = numbers | {"kid": kid, "use": "sig", "alg": ALGORITHM}
    raw = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    sealed = sealer.seal(base64.b64encode(raw).decode(), _place(kid))
    return SigningKey(kid, public, sealed, now, signs_from)


def _thumbprint(numbers: dict[str, Any]) -> str:
    """Return the name of a key that follows from it (RFC 7638)."""
    canonical = json.dumps(numbers, sort_keys=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.sha256(canonical.encode()).digest()).rstrip(b"=").decode()


def sign(key: SigningKey, sealer: Sealer, claims: dict[str, Any], kind: str) -> str:
    """Return a signed token of these claims; `kind` is the `typ` of its header."""
    raw = base64.b64decode(sealer.open(key.private_sealed, _place(key.kid)))
    # What is sealed is as we made it: to prove again that it is a key takes a hundred times as long as to read it.
    private = load_der_private_key(raw, None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(private, RSAPrivateKey):
        raise TypeError("a signing key is an RSA key")
    return jwt.encode(claims, private, ALGORITHM, headers={"kid": key.kid, "typ": kind})
