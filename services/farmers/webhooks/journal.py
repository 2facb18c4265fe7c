"""All SQL about messages and attempts to deliver them, and about whose turn it is to send."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, exists, func, insert, or_, select, update

from services.farmers.tables import table_of
from services.farmers.webhooks.domain import ENDPOINT_OFF, Fate, Status
from services.farmers.webhooks.models import WebhookAttempt, WebhookDelivery
from services.farmers.webhooks.queries import endpoint
from shared.database import Session
from shared.errors import NotFound
from shared.routing import Paging

delivery = table_of(WebhookDelivery)
attempt = table_of(WebhookAttempt)

_SHOWN = [column for column in delivery.c if column.name != "body"]


async def insert_deliveries(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write messages."""
    if rows:
        await session.execute(insert(delivery), [dict(row) for row in rows])


async def claim(session: Session, claim_id: str, now: datetime, until: datetime, limit: int) -> Sequence[Row[Any]]:
    """Take up to `limit` endpoints that have something to be sent now, those served longest ago first.

    Returns (endpoint_id, url). Of several replicas one gets an endpoint; after `until` another may take it.
    """
    due = (delivery.c.endpoint_id == endpoint.c.endpoint_id, delivery.c.status == Fate.WAITING.value)
    free = (
        endpoint.c.status == Status.ACTIVE.value,
        or_(endpoint.c.claimed_until.is_(None), endpoint.c.claimed_until < now),
        or_(endpoint.c.resting_until.is_(None), endpoint.c.resting_until <= now),
        exists().where(*due, delivery.c.next_at <= now),
    )
    oldest = select(endpoint.c.endpoint_id).where(*free).order_by(endpoint.c.served_at, endpoint.c.endpoint_id)
    ids = (await session.scalars(oldest.limit(limit).with_for_update(skip_locked=True, of=endpoint))).all()
    if not ids:
        return ()
    taken = (
        update(endpoint)
        .where(endpoint.c.endpoint_id.in_(ids))
        .values(claim=claim_id, claimed_until=until, served_at=now)
        .returning(endpoint.c.endpoint_id, endpoint.c.url)
    )
    rows: Sequence[Row[Any]] = (await session.execute(taken)).all()
    return rows


async def due(session: Session, endpoint_id: str, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Return up to `limit` (delivery_id, body, attempts, earlier_attempts) to be sent now, longest due first."""
    own = (delivery.c.endpoint_id == endpoint_id, delivery.c.status == Fate.WAITING.value, delivery.c.next_at <= now)
    shown = (delivery.c.delivery_id, delivery.c.body, delivery.c.attempts, delivery.c.earlier_attempts)
    statement = select(*shown).where(*own).order_by(delivery.c.next_at, delivery.c.delivery_id).limit(limit)
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


async def give_back(session: Session, endpoint_id: str, claim_id: str) -> bool:
    """Give a claimed endpoint back and lock it; False when it is in other hands, or deleted."""
    held = (endpoint.c.endpoint_id == endpoint_id, endpoint.c.claim == claim_id)
    freed = await session.execute(update(endpoint).where(*held).values(claim=None, claimed_until=None))
    return bool(freed.rowcount)


async def note_attempts(
    session: Session, tried: Sequence[Mapping[str, Any]], fates: Sequence[Mapping[str, Any]]
) -> None:
    """Write attempts, and what became of their messages; the endpoint is locked."""
    if tried:
        await session.execute(insert(attempt), [dict(row) for row in tried])
    for fate in fates:
        await session.execute(update(delivery).where(delivery.c.delivery_id == fate["delivery_id"]).values(**fate))


async def bury(session: Session, endpoint_id: str, now: datetime) -> None:
    """Let what waits for an endpoint that went off be dead."""
    waiting = (delivery.c.endpoint_id == endpoint_id, delivery.c.status == Fate.WAITING.value)
    values = {"status": Fate.DEAD.value, "reason": ENDPOINT_OFF, "next_at": None, "finished_at": now}
    await session.execute(update(delivery).where(*waiting).values(values))


async def replay(session: Session, endpoint_id: str, ids: Collection[str] | None, now: datetime, limit: int) -> int:
    """Let dead messages of a locked endpoint (`ids` None: its oldest) be sent anew; returns how many."""
    dead = select(delivery.c.delivery_id).where(
        delivery.c.endpoint_id == endpoint_id, delivery.c.status == Fate.DEAD.value
    )
    if ids is not None:
        dead = dead.where(delivery.c.delivery_id.in_(sorted(ids)))
    chosen = dead.order_by(delivery.c.delivery_id).limit(limit)
    values = {"status": Fate.WAITING.value, "reason": None, "next_at": now, "finished_at": None}
    again = update(delivery).where(delivery.c.delivery_id.in_(chosen))
    done = await session.execute(again.values(earlier_attempts=delivery.c.attempts, **values))
    return int(done.rowcount)


async def page(
    session: Session, endpoint_id: str, paging: Paging, status: str | None, kind: str | None
) -> Sequence[Row[Any]]:
    """Return up to `limit` messages of an endpoint without their bodies, ordered by id, that is by age."""
    statement = select(*_SHOWN).where(delivery.c.endpoint_id == endpoint_id)
    if paging.after is not None:
        statement = statement.where(delivery.c.delivery_id > paging.after)
    if status is not None:
        statement = statement.where(delivery.c.status == status)
    if kind is not None:
        statement = statement.where(delivery.c.kind == kind)
    rows: Sequence[Row[Any]] = (
        await session.execute(statement.order_by(delivery.c.delivery_id).limit(paging.limit))
    ).all()
    return rows


async def one(session: Session, endpoint_id: str, delivery_id: str) -> Row[Any]:
    """Return a message of an endpoint with its body. Raises NotFound."""
    own = (delivery.c.endpoint_id == endpoint_id, delivery.c.delivery_id == delivery_id)
    row: Row[Any] | None = (await session.execute(select(delivery).where(*own))).first()
    if row is None:
        raise NotFound("delivery", delivery_id)
    return row


async def attempts_of(session: Session, ids: Collection[str]) -> dict[str, list[Row[Any]]]:
    """Return the attempts of messages in the order they were made."""
    statement = select(attempt).where(attempt.c.delivery_id.in_(sorted(ids)))
    found: dict[str, list[Row[Any]]] = {}
    for row in (await session.execute(statement.order_by(attempt.c.delivery_id, attempt.c.number))).all():
        found.setdefault(row.delivery_id, []).append(row)
    return found


async def counts(session: Session, ids: Collection[str]) -> dict[tuple[str, str], int]:
    """Return how many messages of endpoints wait and are dead, by (endpoint, fate)."""
    shown = (delivery.c.endpoint_id, delivery.c.status)
    open_ones = delivery.c.status.in_([Fate.WAITING.value, Fate.DEAD.value])
    statement = select(*shown, func.count()).where(delivery.c.endpoint_id.in_(sorted(ids)), open_ones).group_by(*shown)
    return {(row[0], row[1]): row[2] for row in (await session.execute(statement)).all()}


async def remove_all(session: Session, endpoint_id: str) -> None:
    """Forget every message of a locked endpoint."""
    own = select(delivery.c.delivery_id).where(delivery.c.endpoint_id == endpoint_id)
    await session.execute(delete(attempt).where(attempt.c.delivery_id.in_(own)))
    await session.execute(delete(delivery).where(delivery.c.endpoint_id == endpoint_id))


async def forget_before(session: Session, instant: datetime, limit: int) -> int:
    """Forget up to `limit` messages written before an instant; returns how many."""
    old = select(delivery.c.delivery_id).where(delivery.c.created_at < instant).order_by(delivery.c.created_at)
    ids = (await session.scalars(old.limit(limit))).all()
    if ids:
        await session.execute(delete(attempt).where(attempt.c.delivery_id.in_(ids)))
        await session.execute(delete(delivery).where(delivery.c.delivery_id.in_(ids)))
    return len(ids)
