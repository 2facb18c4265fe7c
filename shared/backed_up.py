"""When a database was last backed up, and whether that ended well: noted in it by the command that did it.

So whoever reads the database knows, without eyes on the machine that keeps the copies. A backup that was killed notes
nothing and shows by the age of the last one. A restored database knows of those before it: it is time for the next.
"""

import math
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from shared.database import Session
from shared.messaging.tables import backup

OLD_S = 26 * 3600
"""Seconds after which somebody has to look: backups are made every night, and a night's may take two hours longer."""
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class BackedUp:
    """The moment of the last backup that ended well, None before the first; and the last failure, if it came after."""

    last_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str | None = None

    def age_s(self, now: datetime) -> float:
        """Return for how many seconds there was no backup; infinity where there never was one."""
        return math.inf if self.last_at is None else max(0.0, (now - self.last_at).total_seconds())


async def note(session: Session, began_at: datetime, ended_at: datetime, failure: str | None = None) -> None:
    """Note a backup of what stood at `began_at`, or why there is none."""
    row = {"began_at": began_at, "ended_at": ended_at, "failure": failure and failure[:_LONGEST]}
    await session.execute(insert(backup), [row])


async def backed_up(session: Session) -> BackedUp:
    """Return what a database knows of its backups."""
    newest = select(backup.c.began_at, backup.c.failure, backup.c.ended_at).order_by(backup.c.id.desc()).limit(1)
    good = await session.scalar(newest.with_only_columns(backup.c.began_at).where(backup.c.failure.is_(None)))
    last = (await session.execute(newest)).one_or_none()
    if last is None or last.failure is None:
        return BackedUp(good)
    return BackedUp(good, last.ended_at, last.failure)
