"""Clients are registered, changed, locked, and given secrets."""

from dataclasses import replace

from services.identity.accounts.domain import Status
from services.identity.clients import domain, queries
from services.identity.clients.domain import Client
from services.identity.opaque import hash_of, new_text
from services.identity.rights import Rights
from services.identity.tokens import queries as tokens
from shared.errors import DomainError
from shared.service import Service
from shared.unit_of_work import UnitOfWork


async def put(uow: UnitOfWork, said: Client, audience: str, expected: int | None) -> Client:
    """Register a client, or change one that is there; its secret stays. Raises DomainError, StaleVersion."""
    new = domain.check_client(said, audience)
    before = await queries.by_id(uow.session, new.client_id)
    if before is None:
        await queries.insert_new(uow.session, new)
        return new
    after = domain.changed(before, new, expected)
    await queries.save(uow.session, after)
    return after


async def new_secret(uow: UnitOfWork, client_id: str) -> str:
    """Give a client a new secret in the place of the one before. Raises NotFound, DomainError for a public client."""
    client = await queries.one(uow.session, client_id)
    if not client.confidential:
        raise DomainError(
            "public-client", "this client keeps no secret: a browser or a phone cannot", field="client_id"
        )
    secret = new_text()
    await queries.save(uow.session, replace(client, secret_hash=hash_of(secret), version=client.version + 1))
    return secret


async def set_status(uow: UnitOfWork, client_id: str, status: Status) -> Client:
    """Lock a client, which ends its tokens, or let it in again. Raises NotFound."""
    client = await queries.one(uow.session, client_id)
    if client.status is not status:
        client = replace(client, status=status, version=client.version + 1)
        await queries.save(uow.session, client)
    if status is Status.LOCKED:
        await tokens.revoke_of_client(uow.session, client_id, "client-locked", uow.now)
    return client


async def known_client(
    service: Service, client_id: str, redirect_uris: tuple[str, ...], sign_out_uris: tuple[str, ...]
) -> str:
    """Let a program of this process sign people in, by its addresses of now; returns its secret.

    The secret comes of the key that seals: each process on the same files knows it, and it is kept nowhere.
    """
    secret = service.sealer.index(client_id, "client-secret")
    said = Client(client_id, True, redirect_uris, sign_out_uris, Rights(), Status.ACTIVE, 1, service.clock.now())
    async with service.begin() as uow:
        before = await queries.by_id(uow.session, client_id)
        if before is None or replace(said, version=before.version, created_at=before.created_at) != replace(
            before, secret_hash=None
        ):
            before = await put(uow, said, service.settings.auth_audience, None)
        if before.secret_hash != hash_of(secret):
            await queries.save(uow.session, replace(before, secret_hash=hash_of(secret), version=before.version + 1))
    return secret
