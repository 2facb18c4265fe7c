"""What happens to webhooks by itself: what waits is sent, what is old is forgotten."""

import asyncio
from datetime import timedelta
from functools import partial

import structlog

from services.farmers.webhooks import delivering
from services.farmers.webhooks.delivering import Batch
from services.farmers.webhooks.domain import Outcome
from services.farmers.webhooks.sending import Sender, sender_of
from services.farmers.webhooks.signing import headers
from shared.claiming import in_batches, several_at_once
from shared.sealing import Unsealable
from shared.service import Job, Service

LOOK_AGAIN_S = 0.5

log = structlog.get_logger()


async def send_waiting(service: Service) -> int:
    """Send what waits; returns how many attempts were made."""
    return await send(service, sender_of(service.settings))


async def send(service: Service, sender: Sender) -> int:
    """Send what waits until nothing does; returns how many attempts were made.

    Endpoints are sent to side by side, so many at once and each in a few lanes: one that is slow holds up itself.
    """

    async def due(free: int) -> list[Batch]:
        async with service.begin() as uow:
            return await delivering.claim(uow, free)

    carry, at_once = partial(_carry, service, sender), service.settings.webhook_endpoints_at_once
    return sum(await several_at_once(due, carry, at_once, LOOK_AGAIN_S))


async def _carry(service: Service, sender: Sender, batch: Batch) -> int:
    """Send a batch and write down how it went; what goes wrong on our side leaves it to be taken over."""
    try:
        tried_at = service.clock.now()
        outcomes = await _post(service, sender, batch)
        async with service.begin() as uow:
            off = await delivering.record(uow, batch, outcomes, tried_at, delivering.patience_of(service.settings))
    except Exception as error:
        log.warning("webhook-batch-failed", endpoint_id=batch.endpoint_id, error=repr(error))
        return 0
    if off is not None:
        log.warning("webhook-endpoint-off", endpoint_id=batch.endpoint_id, reason=off)
    return len(outcomes)


async def _post(service: Service, sender: Sender, batch: Batch) -> dict[str, Outcome]:
    ids = [message.delivery_id for message in batch.messages]
    try:
        secrets = [each.opened(service.sealer) for each in batch.secrets]
    except Unsealable:
        return dict.fromkeys(ids, Outcome(None, "secret-unsealable", 0))
    now = service.clock.now()
    bodies = [message.body.encode() for message in batch.messages]
    sent = (
        sender.send(batch.url, headers(secrets, key, now, body), body) for key, body in zip(ids, bodies, strict=True)
    )
    return dict(zip(ids, await asyncio.gather(*sent), strict=True))


async def forget_old(service: Service) -> int:
    """Forget messages older than the settings keep them, a thousand in a unit of work; returns how many."""
    forget = partial(delivering.forget, kept=timedelta(days=service.settings.webhook_kept_days))
    return await in_batches(service, forget, delivering.FORGOTTEN_AT_ONCE)


jobs = [Job("send-webhooks", send_waiting, every_s=1.0), Job("forget-webhooks", forget_old, every_s=3600.0)]
