"""Tokens for services that are started here, for trying out and for tests: by a key of this working copy.

    python -m tools.servers.tokens clerk --cooperative coop-1 --hours 8

prints a token. The key is made when it is first needed and stays under var/tokens, readable by its owner only; services
started here (`make up`) take what it signs, no others do.
"""

import argparse
import json
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from shared.auth.principal import Principal, Role
from shared.auth.signing import SYSTEM, SigningKey
from tools.servers.system import VAR, ServerError

ISSUER = "http://127.0.0.1/try-out"
_FOLDER = VAR / "tokens"
# The clocks of services under test stand anywhere.
_LONG_AGO, _LONG = datetime(2020, 1, 1, tzinfo=UTC), timedelta(days=365 * 40)


@cache
def key() -> SigningKey:
    """Return the key, made if there is none."""
    file = _FOLDER / "key.pem"
    if not file.exists():
        _FOLDER.mkdir(parents=True, exist_ok=True)
        made = SigningKey(ISSUER).private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        fresh = _FOLDER / f"key.{os.getpid()}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
            handle.write(made)
        with suppress(FileExistsError):  # Who comes second takes the key of the first.
            os.link(fresh, file)
        fresh.unlink()
    private = serialization.load_pem_private_key(file.read_bytes(), None)
    if not isinstance(private, RSAPrivateKey):
        raise ServerError(f"{file} is no RSA key; remove it")
    return SigningKey(ISSUER, private, "try-out")


def jwks_file() -> Path:
    """Return the file with the key's public part, for `CLOUD_AUTH_JWKS`."""
    document, file = json.dumps(key().jwks()), _FOLDER / "keys.json"
    if not file.exists() or file.read_text() != document:
        fresh = _FOLDER / f"keys.{os.getpid()}"
        fresh.write_text(document)
        fresh.replace(file)
    return file


@cache
def bearer(principal: Principal = SYSTEM) -> dict[str, str]:
    """Return the headers that say who asks, whatever the service's clock shows."""
    return {"Authorization": f"Bearer {key().token(principal, _LONG_AGO, _LONG)}"}


def main(arguments: list[str] | None = None) -> None:
    """Print a token."""
    parser = argparse.ArgumentParser(prog="python -m tools.servers.tokens", description=__doc__)
    parser.add_argument("role", choices=list(Role), nargs="+")
    for name in ("county", "canteen", "cooperative", "driver"):
        parser.add_argument(f"--{name}", metavar="ID", action="append", default=[])
    parser.add_argument("--hours", type=float, default=8.0)
    given = parser.parse_args(arguments)
    principal = Principal(
        "try-out",
        frozenset(map(Role, given.role)),
        frozenset(given.county),
        frozenset(given.canteen),
        frozenset(given.cooperative),
        frozenset(given.driver),
    )
    print(key().token(principal, datetime.now(UTC), timedelta(hours=given.hours)))


if __name__ == "__main__":
    main()
