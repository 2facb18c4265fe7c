"""What waits in a service's database: events not published yet, parked ones, dead letters."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from shared.database import Session
from shared.messaging import outbox
from shared.messaging.tables import dead_letter, parked_event

OUTBOX_S = 60
PARKED_S = 3600
"""Seconds an event may wait until somebody has to look: to be published, and for what it needs."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many events wait, and for how many seconds the oldest of them has."""

    outbox_waiting: int
    outbox_age_s: float
    parked: int
    parked_age_s: float
    dead_letters: int


async def backlog(session: Session, now: datetime) -> Backlog:
    """Return what waits now. None of it is many rows for long; the outbox is counted by its index."""
    count, since = await outbox.waiting(session)
    parked = (await session.execute(select(func.count(), func.min(parked_event.c.parked_at)))).one()
    unreplayed = select(func.count()).select_from(dead_letter).where(dead_letter.c.replayed_at.is_(None))
    dead = int(await session.scalar(unreplayed))
    return Backlog(count, _age_s(since, now), parked[0], _age_s(parked[1], now), dead)


def _age_s(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
