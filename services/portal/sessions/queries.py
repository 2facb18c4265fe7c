"""All SQL about sessions and kept forms."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select, update

from services.portal.sessions.models import BrowserSession, KeptForm
from services.portal.tables import table_of
from shared.database import Session as DatabaseSession

session_table = table_of(BrowserSession)
kept_table = table_of(KeptForm)
_c = session_table.c


@dataclass(frozen=True, slots=True)
class Session:
    """One browser of somebody; tokens are sealed."""

    session_id: str
    subject: str
    login: str
    signed_in_at: datetime
    used_at: datetime
    expires_at: datetime
    access_sealed: str
    access_until: datetime
    refresh_sealed: str | None
    id_token_sealed: str | None
    sample: str | None


_COLUMNS = [_c[name] for name in Session.__slots__]


async def add(session: DatabaseSession, new: dict[str, Any]) -> None:
    """Write a new session."""
    await session.execute(insert(session_table), [new])


async def by_id(session: DatabaseSession, session_id: str) -> Session | None:
    """Return a session, over or not; None when there is none."""
    row = (await session.execute(select(*_COLUMNS).where(_c.session_id == session_id))).first()
    return None if row is None else Session(*row)


async def used(session: DatabaseSession, session_id: str, now: datetime) -> None:
    """Note that a session is in use."""
    await session.execute(update(session_table).where(_c.session_id == session_id).values(used_at=now))


async def claim_refresh(session: DatabaseSession, present: Session, now: datetime, until: datetime) -> bool:
    """Become the one who gets new tokens for a session; False when somebody is, or has got them since it was read."""
    free = or_(_c.refreshing_until.is_(None), _c.refreshing_until <= now)
    mine = (_c.session_id == present.session_id, _c.access_sealed == present.access_sealed, free)
    done = await session.execute(update(session_table).where(*mine).values(refreshing_until=until))
    return int(done.rowcount) == 1


async def save_tokens(session: DatabaseSession, session_id: str, tokens: dict[str, Any]) -> None:
    """Write new tokens, and let others refresh again."""
    values = tokens | {"refreshing_until": None}
    await session.execute(update(session_table).where(_c.session_id == session_id).values(**values))


async def end(session: DatabaseSession, session_id: str) -> None:
    """Forget a session and its tokens."""
    await session.execute(delete(session_table).where(_c.session_id == session_id))


async def keep(session: DatabaseSession, kept_id: str, form_sealed: str, expires_at: datetime) -> None:
    """Keep a form."""
    row = {"kept_id": kept_id, "form_sealed": form_sealed, "expires_at": expires_at}
    await session.execute(insert(kept_table), [row])


async def kept(session: DatabaseSession, kept_id: str, now: datetime) -> str | None:
    """Return a kept form as it is sealed, None when there is none or its time is over."""
    alive = (kept_table.c.kept_id == kept_id, kept_table.c.expires_at > now)
    found: str | None = await session.scalar(select(kept_table.c.form_sealed).where(*alive))
    return found


async def drop_kept(session: DatabaseSession, kept_id: str) -> None:
    """Forget a kept form."""
    await session.execute(delete(kept_table).where(kept_table.c.kept_id == kept_id))


async def forget_before(session: DatabaseSession, before: datetime) -> int:
    """Forget sessions and kept forms that were over by then; returns how many."""
    gone = 0
    for table in (session_table, kept_table):
        gone += int((await session.execute(delete(table).where(table.c.expires_at < before))).rowcount)
    return gone
