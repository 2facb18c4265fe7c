"""All SQL about one-time links."""

from datetime import datetime

from sqlalchemy import delete, insert, select

from services.identity.passwords.models import PasswordLink
from services.identity.tables import table_of
from shared.database import Session

link = table_of(PasswordLink)


async def replace(session: Session, user_id: str, link_hash: str, expires_at: datetime) -> None:
    """Write a user's new link; those before open nothing any more."""
    await forget_of(session, user_id)
    await session.execute(insert(link), [{"link_hash": link_hash, "user_id": user_id, "expires_at": expires_at}])


async def user_of(session: Session, link_hash: str, now: datetime) -> str | None:
    """Return whose link it is, None when there is no such link, or not any more."""
    present = (link.c.link_hash == link_hash, link.c.expires_at > now)
    found: str | None = await session.scalar(select(link.c.user_id).where(*present))
    return found


async def use(session: Session, link_hash: str) -> bool:
    """Use a link; False when somebody was faster."""
    return bool((await session.execute(delete(link).where(link.c.link_hash == link_hash))).rowcount)


async def forget_of(session: Session, user_id: str) -> None:
    """Forget a user's links."""
    await session.execute(delete(link).where(link.c.user_id == user_id))


async def forget_before(session: Session, before: datetime) -> int:
    """Forget links that are over."""
    return int((await session.execute(delete(link).where(link.c.expires_at < before))).rowcount)
