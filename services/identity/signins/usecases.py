"""People sign in, clients get codes for them, and people sign out."""

from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
import structlog

from services.identity.accounts import queries as accounts
from services.identity.accounts.domain import User
from services.identity.address import address_of
from services.identity.clients import queries as clients
from services.identity.keys.signing import ALGORITHM
from services.identity.keys.usecases import published
from services.identity.lockouts import usecases as lockouts
from services.identity.opaque import hash_of, new_text
from services.identity.passwords import domain as passwords
from services.identity.passwords.hashing import hasher_of
from services.identity.samples.offers import lets_in
from services.identity.signins import sessions
from services.identity.signins.queries import Session
from services.identity.signins.requests import Asked
from services.identity.tokens import domain as tokens
from services.identity.tokens import queries as token_queries
from shared.audit import queries as audit
from shared.audit.domain import Change
from shared.audit.recording import act_of
from shared.auth.principal import Principal, Role
from shared.service import Service
from shared.unit_of_work import UnitOfWork

log = structlog.get_logger()


class Wrong(Exception):
    """The login or the password is wrong; which one is not told."""


class Locked(Exception):
    """The password is right, and its user is not let in: an administrator says so, or it is a sample elsewhere."""


async def check_password(service: Service, login: str, password: str, address: str) -> User:
    """Return whose login and password this is.

    Raises Wrong, Locked, MustWait after too many attempts, Overloaded. What is wrong cannot be told from how long it
    takes: somebody unknown costs the same hashing.
    """
    tried = await lockouts.begin_attempt(service, login, address)
    async with service.begin(read_only=True) as uow:
        user = await accounts.by_login(uow.session, login)
    kept = None if user is None else user.password_hash
    right, fresh = await hasher_of(service.settings).is_right(passwords.normal(password), kept)
    if user is None or not right:
        log.warning("sign-in-refused", user=None if user is None else user.user_id)
        raise Wrong
    async with service.begin() as uow:
        await lockouts.was_right(uow, tried)
        if fresh is not None:
            await accounts.set_password(uow.session, user.user_id, fresh)
    if not lets_in(service, user):
        raise Locked
    return user


async def begin_session(service: Service, user_id: str, before: str | None, address: str) -> tuple[Session, str]:
    """Begin a sign-in of a user in a browser, in the place of the one its cookie stands for. Raises Locked.

    Returns it and the text of its cookie. Who signed in, when and from where is on record.
    """
    async with service.begin() as uow:
        user = await accounts.one(uow.session, user_id)
        if not lets_in(service, user):
            raise Locked
        replaced = await sessions.present(service, uow, before)
        if replaced is not None:
            await sessions.end(uow, replaced[0].session_id)
        begun = await sessions.begin(uow, user)
        who = Principal(user.user_id, frozenset(map(Role, user.rights.roles)))
        made = Change("sign_in_session", begun[0].session_id, None, {"user_id": user.user_id})
        await audit.add(uow, act_of(uow, who, address, "POST /sign-in", {}, [made]))
    log.info("signed-in", user=user_id, session=begun[0].session_id)
    return begun


async def give_code(service: Service, asked: Asked, session: Session) -> str:
    """Return where a browser is sent with the code its client asked for."""
    text = new_text()
    async with service.begin() as uow:
        code = tokens.Code(
            asked.client_id,
            session.user_id,
            session.session_id,
            asked.redirect_uri,
            asked.challenge,
            asked.scope,
            asked.nonce,
            session.signed_in_at,
            uow.now + tokens.CODE,
        )
        await token_queries.add_code(uow.session, hash_of(text), code)
    told = {"code": text} | ({} if asked.state is None else {"state": asked.state})
    return sent_to(service, asked.redirect_uri, told)


def sent_to(service: Service, redirect_uri: str, told: dict[str, str]) -> str:
    """Return a redirect URI with what is told there, and by whom (RFC 9207)."""
    joint = "&" if urlsplit(redirect_uri).query else "?"
    return f"{redirect_uri}{joint}{urlencode(told | {'iss': address_of(service.settings)})}"


async def sign_out_by_hint(service: Service, id_token: str, uri: str | None) -> tuple[bool, str | None]:
    """End the sign-in an id token came of. Returns whether it is one of ours, and where its client wants to go next.

    An id token that is over still says what is to end (OpenID Connect RP-Initiated Logout 1.0 §2).
    """
    async with service.begin() as uow:
        claims = await _claims_of(uow, id_token, address_of(service.settings))
        if claims is None:
            return False, None
        await sessions.end(uow, str(claims.get("sid", "")))
        client = await clients.by_id(uow.session, str(claims.get("aud", "")))
        registered = client is not None and uri in client.sign_out_uris
        return True, uri if registered else None


async def _claims_of(uow: UnitOfWork, token: str, issuer: str) -> dict[str, Any] | None:
    keys = {key["kid"]: key for key in await published(uow)}
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        if kid not in keys:
            return None
        whatever_time = {f"verify_{name}": False for name in ("exp", "nbf", "iat", "aud")}
        key = jwt.PyJWK(keys[kid])
        claims: dict[str, Any] = jwt.decode(token, key, [ALGORITHM], options=whatever_time, issuer=issuer)  # type: ignore[arg-type]
    except jwt.PyJWTError:
        return None
    return claims if "azp" in claims else None


async def sign_out(service: Service, cookie: str | None) -> None:
    """End the sign-in of a browser."""
    async with service.begin() as uow:
        found = await sessions.present(service, uow, cookie)
        if found is not None:
            await sessions.end(uow, found[0].session_id)
