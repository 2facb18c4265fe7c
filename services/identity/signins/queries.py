"""All SQL about sign-ins."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from services.identity.signins.models import SignInSession
from services.identity.tables import table_of
from shared.database import Session as DatabaseSession

session_table = table_of(SignInSession)


@dataclass(frozen=True, slots=True)
class Session:
    """One browser of one user."""

    session_id: str
    user_id: str
    signed_in_at: datetime
    expires_at: datetime


_COLUMNS = [session_table.c[name] for name in Session.__slots__]


async def add(session: DatabaseSession, new: Session, cookie_hash: str) -> None:
    """Write a new sign-in."""
    await session.execute(insert(session_table), [asdict(new) | {"cookie_hash": cookie_hash}])


async def by_cookie(session: DatabaseSession, cookie_hash: str, now: datetime) -> Session | None:
    """Return the sign-in a cookie stands for, unless it is over."""
    present = (session_table.c.ended_at.is_(None), session_table.c.expires_at > now)
    statement = select(*_COLUMNS).where(session_table.c.cookie_hash == cookie_hash, *present)
    row = (await session.execute(statement)).first()
    return None if row is None else Session(*row)


async def is_open(session: DatabaseSession, session_id: str, now: datetime) -> bool:
    """Whether a sign-in goes on."""
    present = (session_table.c.ended_at.is_(None), session_table.c.expires_at > now)
    statement = select(session_table.c.session_id).where(session_table.c.session_id == session_id, *present)
    return await session.scalar(statement) is not None


async def end(session: DatabaseSession, session_id: str, now: datetime) -> None:
    """End a sign-in."""
    present = (session_table.c.session_id == session_id, session_table.c.ended_at.is_(None))
    await session.execute(update(session_table).where(*present).values(ended_at=now))


async def end_of_user(session: DatabaseSession, user_id: str, but: str, now: datetime) -> None:
    """End every sign-in of a user but one."""
    present = (session_table.c.user_id == user_id, session_table.c.ended_at.is_(None))
    others = session_table.c.session_id != but
    await session.execute(update(session_table).where(*present, others).values(ended_at=now))


async def forget_before(session: DatabaseSession, before: datetime) -> int:
    """Forget sign-ins that were over by then."""
    return int((await session.execute(delete(session_table).where(session_table.c.expires_at < before))).rowcount)
