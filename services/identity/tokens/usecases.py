"""Tokens are given, refreshed and revoked. What is refused is refused after what had to be noted is committed."""

from typing import Any

import structlog

from services.identity.accounts import queries as accounts
from services.identity.accounts.domain import Status, User
from services.identity.address import address_of
from services.identity.clients.domain import Client
from services.identity.keys.signing import sign
from services.identity.keys.usecases import signing_key
from services.identity.oauth import OAuthError
from services.identity.opaque import hash_of, new_text
from services.identity.rights import Rights
from services.identity.samples.offers import lets_in
from services.identity.signins import queries as sign_ins
from services.identity.tokens import domain, queries
from services.identity.tokens.domain import Family, Issuer
from shared.errors import Unauthorized
from shared.ids import new_id
from shared.service import Service
from shared.unit_of_work import UnitOfWork

Answer = dict[str, Any]
log = structlog.get_logger()
_NO_GRANT = "it was used before, is over, or was not given to this client"


def issuer_of(service: Service) -> Issuer:
    """Return who gives tokens, and for whom access tokens are."""
    return Issuer(address_of(service.settings), service.settings.auth_audience)


async def exchange_code(service: Service, client: Client, code: str, verifier: str, redirect_uri: str) -> Answer:
    """Give tokens for an authorization code. One that comes twice revokes what it gave the first time.

    Raises OAuthError.
    """
    async with service.begin() as uow:
        answer = await _exchange(service, uow, client, hash_of(code), verifier, redirect_uri)
    if answer is None:
        raise OAuthError("invalid_grant", f"the code is refused: {_NO_GRANT}")
    return answer


async def _exchange(
    service: Service, uow: UnitOfWork, client: Client, code_hash: str, verifier: str, redirect_uri: str
) -> Answer | None:
    found = await queries.code_of(uow.session, code_hash)
    if found is None or found[0].client_id != client.client_id:
        return None
    code, gave = found
    if gave is not None:
        await queries.revoke_family(uow.session, gave, "code-used-twice", uow.now)
        log.warning("code-used-twice", family=gave, client=client.client_id)
        return None
    if code.expires_at <= uow.now or code.redirect_uri != redirect_uri or not domain.proves(verifier, code.challenge):
        return None
    user = await _active(service, uow, code.user_id)
    # Who signed out, or was signed out by a new password, within the code's minute gets nothing for it.
    if user is None or not await sign_ins.is_open(uow.session, code.session_id, uow.now):
        return None
    given = (new_id(), user.user_id, client.client_id, code.session_id, code.scope, code.signed_in_at)
    family = Family(*given, uow.now + domain.FAMILY)
    await queries.add_family(uow.session, family)
    if not await queries.use_code(uow.session, code_hash, family.family_id):
        raise OAuthError("invalid_grant", f"the code is refused: {_NO_GRANT}")
    return await _tokens(service, uow, user, family, code.nonce)


async def refresh(service: Service, client: Client, token: str, scope: str | None) -> Answer:
    """Give tokens for a refresh token, a new one among them. One that comes twice revokes its whole family.

    Raises OAuthError.
    """
    async with service.begin() as uow:
        answer = await _refresh(service, uow, client, hash_of(token), scope)
    if answer is None:
        raise OAuthError("invalid_grant", f"the refresh token is refused: {_NO_GRANT}")
    return answer


async def _refresh(
    service: Service, uow: UnitOfWork, client: Client, token_hash: str, scope: str | None
) -> Answer | None:
    found = await queries.refresh_of(uow.session, token_hash)
    if found is None or found[1].client_id != client.client_id:
        return None
    token, family = found
    if scope is not None and not set(scope.split()) <= set(family.scope.split()):
        raise OAuthError("invalid_scope", "a refreshed token has no more scope than the first")
    if not await queries.use_refresh(uow.session, token_hash, uow.now):
        await queries.revoke_family(uow.session, family.family_id, "refresh-token-used-twice", uow.now)
        log.warning("refresh-token-used-twice", family=family.family_id, client=client.client_id)
        return None
    over = min(token.token_expires_at, family.expires_at) <= uow.now
    user = await _active(service, uow, family.user_id)
    if over or token.revoked_at is not None or user is None:
        return None
    return await _tokens(service, uow, user, family, None)


async def _active(service: Service, uow: UnitOfWork, user_id: str) -> User | None:
    user = await accounts.by_id(uow.session, user_id)
    return user if user is not None and lets_in(service, user) else None


async def _tokens(service: Service, uow: UnitOfWork, user: User, family: Family, nonce: str | None) -> Answer:
    """Return an access token by the user's rights of now, a refresh token, and an id token where one was asked for."""
    issuer, key = issuer_of(service), await signing_key(uow)
    claims = domain.access_claims(issuer, new_id(), user.user_id, family.client_id, user.rights, uow.now)
    claims |= {"sid": family.session_id, "scope": family.scope}
    access = sign(key, service.sealer, claims, domain.ACCESS_KIND)
    fresh = new_text()
    ends = min(uow.now + domain.REFRESH, family.expires_at)
    await queries.add_refresh(uow.session, hash_of(fresh), family.family_id, ends)
    more = {"refresh_token": fresh}
    if "openid" in family.scope.split():
        said = domain.id_claims(issuer, family, user.login, nonce, access, uow.now)
        more["id_token"] = sign(key, service.sealer, said, domain.ID_KIND)
    return domain.answer_of(access, family.scope, more)


async def of_client(service: Service, client: Client) -> Answer:
    """Give a machine client an access token by its own rights. Raises OAuthError."""
    if not client.rights.roles:
        raise OAuthError("unauthorized_client", "this client acts for people only")
    return domain.answer_of(await access_token(service, client.client_id, client.rights), "", {})


async def access_token(service: Service, subject: str, rights: Rights) -> str:
    """Return an access token that nothing refreshes: of a machine client, or a sample user."""
    async with service.begin(read_only=True) as uow:
        key, now = await signing_key(uow), uow.now
    claims = domain.access_claims(issuer_of(service), new_id(), subject, subject, rights, now)
    return sign(key, service.sealer, claims, domain.ACCESS_KIND)


async def revoke(service: Service, client: Client, token: str) -> None:
    """Revoke a refresh token and its family (RFC 7009); of other clients' tokens nothing is said.

    Access tokens are not looked up by anybody: they end by themselves, within minutes.
    """
    async with service.begin() as uow:
        found = await queries.refresh_of(uow.session, hash_of(token))
        if found is not None and found[1].client_id == client.client_id:
            await queries.revoke_family(uow.session, found[1].family_id, "revoked", uow.now)


async def user_of_token(uow: UnitOfWork) -> User:
    """Return the user whose token was brought. Raises Unauthorized for a program's, and for a user who is locked."""
    user = None if uow.principal is None else await accounts.by_id(uow.session, uow.principal.subject)
    if user is None or user.status is not Status.ACTIVE:
        raise Unauthorized("no-user", "this token speaks for no user", 'Bearer error="invalid_token"')
    return user
