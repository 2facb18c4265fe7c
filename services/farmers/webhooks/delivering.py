"""Delivering: who sends to which endpoint now, and what became of what was sent.

An endpoint belongs to one replica at a time, which sends it a handful of messages at once and gives it back. A replica
that dies keeps it for a minute; then another sends the same messages again, under the same ids. What a replica has to
say that woke up after that is not written down any more.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from services.farmers.webhooks import journal, queries
from services.farmers.webhooks.domain import Fate, Outcome, Patience, Status, after_attempts, next_attempt
from services.farmers.webhooks.queries import Secret
from shared.settings import Settings
from shared.unit_of_work import UnitOfWork

LEASE = timedelta(seconds=60)
AT_ONCE = 5
"""Messages one endpoint gets at the same moment."""
FORGOTTEN_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Message:
    """A message to be sent; `tries` of its `attempts` were made since it was last replayed."""

    delivery_id: str
    body: str = field(repr=False)
    attempts: int
    tries: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages to one endpoint, in this replica's hands by `claim`."""

    endpoint_id: str
    claim: str
    url: str
    secrets: Sequence[Secret]
    messages: Sequence[Message]


async def claim(uow: UnitOfWork, limit: int) -> list[Batch]:
    """Take up to `limit` endpoints that something is to be sent to now."""
    claim_id = uuid4().hex
    taken = await journal.claim(uow.session, claim_id, uow.now, uow.now + LEASE, limit)
    if not taken:
        return []
    secrets = await queries.secrets_of(uow.session, [row.endpoint_id for row in taken], uow.now)
    batches = []
    for endpoint in taken:
        key = endpoint.endpoint_id
        rows = await journal.due(uow.session, key, uow.now, AT_ONCE)
        messages = [
            Message(row.delivery_id, row.body, row.attempts, row.attempts - row.earlier_attempts) for row in rows
        ]
        batches.append(Batch(key, claim_id, endpoint.url, secrets.get(key, ()), messages))
    return batches


async def record(
    uow: UnitOfWork, batch: Batch, outcomes: Mapping[str, Outcome], tried_at: datetime, patience: Patience
) -> str | None:
    """Write down what became of a batch and give its endpoint back; returns why the endpoint went off, if it did.

    An endpoint that is in other hands meanwhile, or deleted, is left alone.
    """
    if not await journal.give_back(uow.session, batch.endpoint_id, batch.claim):
        return None
    luck = random.uniform(0.8, 1.2)  # noqa: S311 (nobody gains by guessing it)
    before = await queries.one(uow.session, batch.endpoint_id, for_update=True)
    after = after_attempts(before, list(outcomes.values()), patience, uow.now, luck)
    tried, fates = [], []
    for message in batch.messages:
        outcome = outcomes[message.delivery_id]
        tried.append(_attempt(message, outcome, tried_at))
        fate, reason, next_at = next_attempt(outcome, message.tries + 1, patience, uow.now, luck)
        finished_at = None if fate is Fate.WAITING else uow.now
        fates.append(
            {
                "delivery_id": message.delivery_id,
                "status": fate.value,
                "reason": reason,
                "attempts": message.attempts + 1,
                "next_at": next_at,
                "finished_at": finished_at,
            }
        )
    await journal.note_attempts(uow.session, tried, fates)
    await queries.save(uow.session, after)
    if after.status == before.status or after.status != Status.OFF:
        return None
    await journal.bury(uow.session, batch.endpoint_id, uow.now)
    return after.status_reason


def _attempt(message: Message, outcome: Outcome, tried_at: datetime) -> dict[str, object]:
    return {
        "delivery_id": message.delivery_id,
        "number": message.attempts + 1,
        "tried_at": tried_at,
        "took_ms": outcome.took_ms,
        "status_code": outcome.status,
        "error": outcome.error,
        "answer": outcome.answer,
    }


async def forget(uow: UnitOfWork, kept: timedelta) -> int:
    """Forget messages that are old, and secrets that are over; returns how many."""
    secrets = await queries.forget_secrets(uow.session, uow.now)
    return secrets + await journal.forget_before(uow.session, uow.now - kept, FORGOTTEN_AT_ONCE)


def patience_of(settings: Settings) -> Patience:
    """Return the patience of the settings."""
    return Patience(settings.webhook_waits_s, timedelta(days=settings.webhook_failing_days))
