"""All SQL about attempts."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select, update

from services.identity.lockouts.domain import Attempts
from services.identity.lockouts.models import SignInAttempts
from services.identity.tables import insert_for, table_of
from shared.database import Session

attempts = table_of(SignInAttempts)


async def attempts_of(session: Session, who: Collection[str]) -> dict[str, Attempts]:
    """Return the attempts of logins and addresses; who made none is left out."""
    rows = (await session.execute(select(attempts).where(attempts.c.who.in_(who)))).all()
    return {row.who: Attempts(row.count, row.last_at, row.until) for row in rows}


async def note(session: Session, dialect: str, known: Mapping[str, Attempts]) -> None:
    """Write the attempts of logins and addresses."""
    statement = insert_for(dialect, attempts)
    told = {name: statement.excluded[name] for name in ("count", "last_at", "until")}
    upsert = statement.on_conflict_do_update(index_elements=["who"], set_=told)
    await session.execute(upsert, [{"who": who, **asdict(each)} for who, each in known.items()])


async def forget(session: Session, who: str) -> None:
    """Forget the attempts of a login."""
    await session.execute(delete(attempts).where(attempts.c.who == who))


async def take_back(session: Session, who: str, now: datetime) -> None:
    """Take back one attempt, which turned out right."""
    fewer = update(attempts).where(attempts.c.who == who, attempts.c.count > 0)
    await session.execute(fewer.values(count=attempts.c.count - 1, until=now))


async def forget_before(session: Session, before: datetime) -> int:
    """Forget attempts whose last was before then."""
    return int((await session.execute(delete(attempts).where(attempts.c.last_at < before))).rowcount)
