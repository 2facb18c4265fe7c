"""Sessions begin, are found by their cookie, refreshed by one at a time, and end."""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

import structlog

from services.portal.sessions import queries
from services.portal.sessions.issuer import NotGiven, Tokens, claims_of, issuer_for
from services.portal.sessions.queries import Session
from services.portal.upstream import Away, Refused, Upstream, clients_of
from shared.auth.principal import Principal, Role
from shared.auth.tokens import BadToken
from shared.sealing import Unsealable
from shared.service import Service

LONGEST = timedelta(hours=12)
"""A working day; the issuer's own sign-in holds no longer."""
IDLE = timedelta(hours=8)
"""A driver may be without a network all morning."""
EARLY = timedelta(seconds=60)
"""How long before an access token ends new ones are asked for."""
_NOTED = timedelta(minutes=1)
_LEASE = timedelta(seconds=15)
"""How long one may take to get new tokens, until others try."""
_LOOK_S, _LOOKS = 0.1, 50
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in: who, by which session, with which token; `csrf` is what their forms bring back."""

    session_id: str
    login: str
    principal: Principal
    token: str = field(repr=False)
    csrf: str = field(repr=False)

    @property
    def roles(self) -> frozenset[Role]:
        """What they are."""
        return self.principal.roles


async def begin(service: Service, tokens: Tokens, *, sample: str | None = None) -> str:
    """Begin a session with tokens the issuer gave; returns the text of its cookie. Raises BadToken, NoKeys."""
    principal = await _principal(service, tokens.access)
    cookie = secrets.token_urlsafe(32)
    session_id = id_of(cookie)
    login = sample or str(claims_of(tokens.id_token or "").get("preferred_username") or principal.subject)
    async with service.begin() as uow:
        row = {
            "session_id": session_id,
            "subject": principal.subject,
            "login": login[:200],
            "signed_in_at": uow.now,
            "used_at": uow.now,
            "expires_at": uow.now + LONGEST,
            "sample": sample,
            "refreshing_until": None,
        }
        await queries.add(uow.session, row | _sealed(service, session_id, tokens, uow.now))
    log.info("session-begun", subject=principal.subject)
    return cookie


async def find(service: Service, cookie: str | None) -> Person | None:
    """Return who a cookie stands for; None for nobody, and when it is over. Raises Away, NoKeys."""
    if not cookie or len(cookie) > 100:
        return None
    session = await _read(service, id_of(cookie))
    now = service.clock.now()
    if session is None or session.expires_at <= now or session.used_at + IDLE <= now:
        return None
    if session.access_until - EARLY <= now:
        session = await _fresh(service, session)
    if session is None:
        return None
    try:
        token = service.sealer.open(session.access_sealed, f"browser_session.access:{session.session_id}")
        principal = await _principal(service, token)
    except (BadToken, Unsealable):
        await end(service, session.session_id)
        return None
    if session.used_at + _NOTED <= now:
        async with service.begin() as uow:
            await queries.used(uow.session, session.session_id, now)
    return Person(session.session_id, session.login, principal, token, csrf_of(service, session.session_id))


async def subject_of(service: Service, cookie: str | None) -> str | None:
    """Return whose a session was, also when it is over; None where it is not known any more."""
    session = await _read(service, id_of(cookie)) if cookie else None
    return None if session is None else session.subject


async def end(service: Service, session_id: str) -> str | None:
    """End a session; returns its id token, for the issuer to end its own, if it still opens."""
    async with service.begin() as uow:
        session = await queries.by_id(uow.session, session_id)
        await queries.end(uow.session, session_id)
    if session is None or session.id_token_sealed is None:
        return None
    try:
        return service.sealer.open(session.id_token_sealed, f"browser_session.id_token:{session_id}")
    except Unsealable:
        return None


def id_of(cookie: str) -> str:
    """Return the id of a session: the hash of its cookie."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def csrf_of(service: Service, session_id: str) -> str:
    """Return what the forms of a session bring back, written differently each time.

    Pages are compressed: whoever could see how long they get must not guess it piece by piece (BREACH).
    """
    token = bytes.fromhex(service.sealer.index(session_id, "csrf"))
    mask = secrets.token_bytes(len(token))
    return (mask + _masked(token, mask)).hex()


def is_csrf(service: Service, session_id: str, text: str) -> bool:
    """Whether a form brings back what a session's forms do, also while keys are changed."""
    try:
        brought = bytes.fromhex(text)
    except ValueError:
        return False
    mask, masked = brought[: len(brought) // 2], brought[len(brought) // 2 :]
    known = service.sealer.indexes(session_id, "csrf")
    return any(secrets.compare_digest(_masked(masked, mask).hex(), each) for each in known)


def _masked(token: bytes, mask: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(token, mask, strict=False))


async def forget(service: Service) -> int:
    """Forget sessions and kept forms a day after they are over; returns how many."""
    async with service.begin() as uow:
        return await queries.forget_before(uow.session, uow.now - timedelta(days=1))


async def _read(service: Service, session_id: str) -> Session | None:
    async with service.begin(read_only=True) as uow:
        return await queries.by_id(uow.session, session_id)


async def _principal(service: Service, token: str) -> Principal:
    return await service.guard.verifier.principal(token.encode())


def _sealed(service: Service, session_id: str, tokens: Tokens, now: datetime) -> dict[str, Any]:
    """Return the columns of tokens; what the issuer does not give anew stays."""
    seal = service.sealer.seal
    columns: dict[str, Any] = {
        "access_sealed": seal(tokens.access, f"browser_session.access:{session_id}"),
        "access_until": now + timedelta(seconds=tokens.lasts_s),
    }
    if tokens.refresh is not None:
        columns["refresh_sealed"] = seal(tokens.refresh, f"browser_session.refresh:{session_id}")
    if tokens.id_token is not None:
        columns["id_token_sealed"] = seal(tokens.id_token, f"browser_session.id_token:{session_id}")
    return columns


_refreshing: WeakKeyDictionary[Service, dict[str, asyncio.Task[Session | None]]] = WeakKeyDictionary()


async def _fresh(service: Service, session: Session) -> Session | None:
    """Return a session with new tokens; all requests of this process that want them wait for the same answer."""
    running = _refreshing.setdefault(service, {})
    task = running.get(session.session_id)
    if task is None:
        task = asyncio.create_task(_refreshed(service, session))
        running[session.session_id] = task
        task.add_done_callback(lambda _: running.pop(session.session_id, None))
    return await asyncio.shield(task)


async def _refreshed(service: Service, session: Session) -> Session | None:
    async with service.begin() as uow:
        mine = await queries.claim_refresh(uow.session, session, uow.now, uow.now + _LEASE)
    still_good = session.access_until > service.clock.now()
    if not mine:
        return await _by_another(service, session, still_good=still_good)
    try:
        tokens = await _ask(service, session)
    except (NotGiven, Refused) as refused:
        log.info("session-over", subject=session.subject, rule=refused.rule)
        await end(service, session.session_id)
        return None
    except Away:
        async with service.begin() as uow:
            await queries.save_tokens(uow.session, session.session_id, {})
        if still_good:
            return session
        raise
    async with service.begin() as uow:
        await queries.save_tokens(
            uow.session, session.session_id, _sealed(service, session.session_id, tokens, uow.now)
        )
    return await _read(service, session.session_id)


async def _ask(service: Service, session: Session) -> Tokens:
    """Return new tokens: for the refresh token, or for a sample user of the demo, who has none."""
    if session.sample is not None:
        return await sample_tokens(service, session.sample)
    if session.refresh_sealed is None:
        raise NotGiven("no-refresh-token", "the issuer gave none")
    try:
        token = service.sealer.open(session.refresh_sealed, f"browser_session.refresh:{session.session_id}")
    except Unsealable as error:
        raise NotGiven("no-refresh-token", "it does not open any more") from error
    return await issuer_for(service).refresh(token)


async def _by_another(service: Service, session: Session, *, still_good: bool) -> Session | None:
    """Return what another process got, while ours is still good the one we have. Raises Away."""
    if still_good:
        return session
    for _ in range(_LOOKS):
        present = await _read(service, session.session_id)
        if present is None or present.access_sealed != session.access_sealed:
            return present
        await asyncio.sleep(_LOOK_S)
    raise Away("identity")


async def sample_tokens(service: Service, login: str) -> Tokens:
    """Return a token of a sample user of the demo. Raises Refused (404) outside the demo, Away."""
    if service.settings.auth_issuer is not None:
        raise Refused("identity", 404, {"rule": "unknown-sample-user", "detail": "there is no demo here"})
    told = await Upstream(clients_of(service), None).send("POST", "identity", f"/samples/{login}/token")
    token = str(told["access_token"])
    claims = claims_of(token)
    return Tokens(token, int(claims["exp"]) - int(claims["iat"]))
