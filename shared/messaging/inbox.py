"""The inbox: the ids of the events a service has handled, so that a second delivery has no second effect."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, text
from sqlmodel import UTCDateTime

from shared.database import Session
from shared.messaging.tables import inbox

_AT = bindparam("now", type_=UTCDateTime())
_INSERT = {
    "postgresql": text(
        "INSERT INTO inbox (event_id, received_at) SELECT unnest(CAST(:ids AS text[])), :now"
        " ON CONFLICT DO NOTHING RETURNING event_id"
    ).bindparams(_AT),
    "sqlite": text(
        "INSERT INTO inbox (event_id, received_at) SELECT value, :now FROM json_each(:ids) WHERE true"
        " ON CONFLICT DO NOTHING RETURNING event_id"
    ).bindparams(_AT),
}


async def take(session: Session, dialect: str, event_ids: Sequence[str], now: datetime) -> set[str]:
    """Note these event ids as handled and return those that were not noted before."""
    ids = list(event_ids) if dialect == "postgresql" else json.dumps(list(event_ids))
    return set((await session.scalars(_INSERT[dialect], {"ids": ids, "now": now})).all())


async def forget_before(session: Session, instant: datetime) -> int:
    """Forget ids older than `instant`; the topics must have forgotten their events before. Returns how many."""
    return int((await session.execute(delete(inbox).where(inbox.c.received_at < instant))).rowcount)
