"""A sign-in begins, is found by its cookie, and ends with all tokens that came of it."""

from datetime import timedelta

from services.identity.accounts import queries as accounts
from services.identity.accounts.domain import User
from services.identity.opaque import hash_of, new_text
from services.identity.samples.offers import lets_in
from services.identity.signins import queries
from services.identity.signins.queries import Session
from services.identity.tokens import queries as tokens
from shared.ids import new_id
from shared.service import Service
from shared.unit_of_work import UnitOfWork

LONGEST = timedelta(hours=12)
"""A working day."""


async def begin(uow: UnitOfWork, user: User) -> tuple[Session, str]:
    """Begin a sign-in; returns it and the text of its cookie."""
    cookie = new_text()
    new = Session(new_id(), user.user_id, uow.now, uow.now + LONGEST)
    await queries.add(uow.session, new, hash_of(cookie))
    return new, cookie


async def present(service: Service, uow: UnitOfWork, cookie: str | None) -> tuple[Session, User] | None:
    """Return the sign-in of a cookie and its user; None when it is over, or the user is not let in."""
    found = await queries.by_cookie(uow.session, hash_of(cookie), uow.now) if cookie else None
    user = None if found is None else await accounts.by_id(uow.session, found.user_id)
    if found is None or user is None or not lets_in(service, user):
        return None
    return found, user


async def end(uow: UnitOfWork, session_id: str) -> None:
    """End a sign-in; no token that came of it gives another."""
    await queries.end(uow.session, session_id, uow.now)
    await tokens.revoke_of_session(uow.session, session_id, "signed-out", uow.now)


async def end_all_of(uow: UnitOfWork, user_id: str, why: str, *, but: str = "") -> None:
    """End every sign-in of a user `but` one; no token that came of them gives another."""
    await queries.end_of_user(uow.session, user_id, but, uow.now)
    await tokens.revoke_of_user(uow.session, user_id, but, why, uow.now)
