"""Which client sends a request (RFC 6749 §2.3): by header, by form, or by its name alone when it has no secret."""

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import unquote_plus

from fastapi import Request

from services.identity.accounts.domain import Status
from services.identity.clients import queries
from services.identity.clients.domain import Client
from services.identity.oauth import OAuthError, required
from services.identity.opaque import hash_of, is_same
from shared.service import Service

_NOBODY = hash_of("")


async def client_of(service: Service, request: Request, fields: Mapping[str, str]) -> Client:
    """Return the client that sends a request. Raises OAuthError: unknown and wrong sound the same."""
    header = request.headers.get("authorization")
    if header is None:
        client_id, secret = required(fields, "client_id"), fields.get("client_secret")
    else:
        client_id, secret = _basic(header)
        if "client_secret" in fields or fields.get("client_id", client_id) != client_id:
            raise OAuthError("invalid_request", "a client names itself once")
    async with service.begin(read_only=True) as uow:
        client = await queries.by_id(uow.session, client_id) if "\x00" not in client_id else None
    if client is None or client.status is not Status.ACTIVE:
        is_same(secret or "", _NOBODY)
        raise _unknown()
    if client.confidential:
        right = is_same(secret or "", client.secret_hash or _NOBODY)
        if not (right and secret and client.secret_hash):
            raise _unknown()
    elif secret is not None:
        raise _unknown()
    return client


def _basic(header: str) -> tuple[str, str]:
    kind, _, encoded = header.partition(" ")
    if kind.lower() != "basic":
        raise _unknown()
    try:
        name, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        client_id, secret = unquote_plus(name, errors="strict"), unquote_plus(secret, errors="strict")
    except (binascii.Error, ValueError) as error:
        raise _unknown() from error
    if not colon:
        raise _unknown()
    return client_id, secret


def _unknown() -> OAuthError:
    return OAuthError("invalid_client", "no such client, or a wrong secret", 401)
