"""A client and its rules (RFC 6749 §2, redirect URIs as RFC 9700 §2.1 wants them)."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from services.identity.accounts.domain import Status
from services.identity.rights import Rights, check
from shared.errors import DomainError, StaleVersion

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Client:
    """A program. `confidential`: it keeps a secret, of which only the hash is known here.

    It signs people in when it has redirect URIs, and acts by itself when it has roles of its own.
    """

    client_id: str
    confidential: bool
    redirect_uris: tuple[str, ...]
    sign_out_uris: tuple[str, ...]
    rights: Rights
    status: Status
    version: int
    created_at: datetime
    secret_hash: str | None = field(default=None, repr=False)


def check_client(client: Client, audience: str) -> Client:
    """Return the client if it makes sense. Raises DomainError."""
    if client.client_id == audience:
        # Its id tokens would pass for access tokens.
        raise DomainError("reserved-client", f"{audience} is what access tokens are for", field="client_id")
    for name in ("redirect_uris", "sign_out_uris"):
        for uri in getattr(client, name):
            _check_uri(uri, name)
    if client.rights.roles and not client.confidential:
        raise DomainError("roles-without-secret", "a client without a secret acts for people only", field="roles")
    if not client.rights.roles and not client.redirect_uris:
        raise DomainError("idle-client", "a client has redirect URIs or roles of its own", field="redirect_uris")
    check(client.rights, machine=True)
    return client


def _check_uri(uri: str, name: str) -> None:
    """Raise DomainError unless a browser may be sent there: https, or http on this machine, whole, no fragment."""
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError as error:
        raise DomainError("redirect-uri", f"{uri} is no address", field=name) from error
    plain = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or plain):
        raise DomainError("redirect-uri", f"{uri}: https, or http on this machine", field=name)
    if parts.fragment or "#" in uri or parts.username is not None or "*" in uri:
        raise DomainError("redirect-uri", f"{uri}: no fragment, no user, no pattern", field=name)


def changed(before: Client, after: Client, expected: int | None) -> Client:
    """Return the client as it is after a change: the secret stays. Raises StaleVersion."""
    if expected is not None and expected != before.version:
        raise StaleVersion(expected, before.version)
    kept = before.secret_hash if after.confidential else None
    return replace(
        after, version=before.version + 1, created_at=before.created_at, status=before.status, secret_hash=kept
    )
