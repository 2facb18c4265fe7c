"""Routes of webhooks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from services.farmers.cooperatives import queries as cooperatives
from services.farmers.paging import next_after
from services.farmers.webhooks import journal, queries, usecases
from services.farmers.webhooks.domain import Endpoint, Fate, Status
from services.farmers.webhooks.messages import Message
from services.farmers.webhooks.schemas import (
    DeliveryPage,
    DeliveryRead,
    DeliveryWhole,
    EndpointIn,
    EndpointPage,
    EndpointRead,
    EndpointsRead,
    Replay,
    Replayed,
    Rotation,
    SecretShown,
)
from shared.errors import DomainError
from shared.fields import Code, Id
from shared.keys import Keys
from shared.routing import ExpectedVersion, Page, UoW, service_router
from shared.settings import Settings
from shared.unit_of_work import UnitOfWork

router = service_router(tags=["webhooks"])
told = APIRouter()
"""What cooperatives' systems are sent, for the document only."""

EndpointId = Annotated[Id, Path()]


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.service.settings
    return settings


SettingsOf = Annotated[Settings, Depends(_settings)]


@told.post("{$request.body#/url}", status_code=204)
async def receive_message(
    body: Message,
    webhook_id: Annotated[Id, Header(description="the same for every attempt: what came before is to be passed over")],
    webhook_timestamp: Annotated[int, Header(description="s since 1970 of this attempt; refuse what is old")],
    webhook_signature: Annotated[
        str, Header(description="`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, one per valid secret")
    ],
) -> None:
    """Take a message: check its signature, keep it, and answer 2xx within ten seconds.

    Anything else is tried again for about a day. 410 ends all messages, 429 and 503 are heard with their `Retry-After`.
    """


@router.post("/cooperatives/{cooperative_id}/webhooks", status_code=201, callbacks=told.routes)
async def register_webhook(
    uow: UoW,
    keys: Keys,
    settings: SettingsOf,
    cooperative_id: Annotated[Id, Path()],
    body: EndpointIn,
    answer: Response,
) -> EndpointRead:
    """Let a cooperative's own system be told of what concerns it; fetch the secret of its signatures next.

    Whatever changes after this answer is told; what was before is read, `GET /orders?cooperative_id=…` first of all.
    """
    loopback = settings.webhook_loopback
    new = await usecases.register(uow, keys, cooperative_id, body.url, body.kinds, loopback=loopback)
    answer.headers["Location"] = f"/webhooks/{new.endpoint_id}"
    return await _one(uow, new, answer)


@router.get("/cooperatives/{cooperative_id}/webhooks")
async def list_webhooks_of_cooperative(uow: UoW, cooperative_id: Annotated[Id, Path()]) -> EndpointsRead:
    """List where a cooperative's own system is told."""
    await cooperatives.one(uow.session, cooperative_id)
    return EndpointsRead(items=await _shown(uow, await queries.of_cooperative(uow.session, cooperative_id)))


@router.get("/webhooks")
async def list_webhooks(
    uow: UoW,
    page: Page,
    cooperative_id: Annotated[Id | None, Query()] = None,
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
    status: Annotated[Status | None, Query(description="`off`: somebody has to look")] = None,
) -> EndpointPage:
    """List the endpoints of all cooperatives, ordered by id."""
    items = await _shown(uow, await queries.page(uow.session, page, cooperative_id, county_code, status))
    return EndpointPage(items=items, next=next_after(page, [item.endpoint_id for item in items]))


@router.get("/webhooks/{endpoint_id}")
async def get_webhook(uow: UoW, endpoint_id: EndpointId, answer: Response) -> EndpointRead:
    """Return one endpoint: of what it is told, and how that goes; the version is the ETag."""
    return await _one(uow, await queries.one(uow.session, endpoint_id), answer)


@router.put("/webhooks/{endpoint_id}")
async def change_webhook(
    uow: UoW,
    settings: SettingsOf,
    endpoint_id: EndpointId,
    body: EndpointIn,
    expected: ExpectedVersion,
    answer: Response,
) -> EndpointRead:
    """Tell another address, or of other kinds; what waits goes to the new address. If-Match carries the version."""
    loopback = settings.webhook_loopback
    changed = await usecases.change(uow, endpoint_id, body.url, body.kinds, expected, loopback=loopback)
    return await _one(uow, changed, answer)


@router.post("/webhooks/{endpoint_id}/pause")
async def pause_webhook(uow: UoW, endpoint_id: EndpointId, answer: Response) -> EndpointRead:
    """Send nothing for now; messages wait."""
    return await _one(uow, await usecases.pause(uow, endpoint_id), answer)


@router.post("/webhooks/{endpoint_id}/resume")
async def resume_webhook(uow: UoW, endpoint_id: EndpointId, answer: Response) -> EndpointRead:
    """Send again, also to an endpoint that was switched off; what died meanwhile is sent when it is replayed."""
    return await _one(uow, await usecases.resume(uow, endpoint_id), answer)


@router.delete("/webhooks/{endpoint_id}", status_code=204)
async def delete_webhook(uow: UoW, endpoint_id: EndpointId) -> None:
    """Tell an endpoint nothing any more; its secrets and messages are forgotten."""
    await usecases.remove(uow, endpoint_id)


@router.post("/webhooks/{endpoint_id}/rotations")
async def rotate_secret(
    uow: UoW, keys: Keys, settings: SettingsOf, endpoint_id: EndpointId, body: Rotation, answer: Response
) -> EndpointRead:
    """Sign with a new secret, too; messages carry a signature by each secret that is valid. Fetch the new one next."""
    hours = settings.webhook_overlap_hours if body.overlap_hours is None else body.overlap_hours
    return await _one(uow, await usecases.rotate(uow, keys, endpoint_id, timedelta(hours=hours)), answer)


@router.post("/webhooks/{endpoint_id}/secret")
async def show_secret(uow: UoW, keys: Keys, endpoint_id: EndpointId, request: Request, answer: Response) -> SecretShown:
    """Show the newest secret, once; who lost it rotates. It takes no Idempotency-Key: answers to those are kept."""
    if "idempotency-key" in request.headers:
        detail = "this answer is kept nowhere, so it cannot be given again"
        raise DomainError("answer-not-kept", detail, field="Idempotency-Key")
    answer.headers["Cache-Control"] = "no-store"
    return SecretShown(secret=await usecases.show_secret(uow, keys, endpoint_id))


@router.post("/webhooks/{endpoint_id}/tests", status_code=201)
async def test_webhook(uow: UoW, endpoint_id: EndpointId) -> DeliveryRead:
    """Send a message of type `webhook.test`; how it went is shown with it in a second or two."""
    delivery_id = await usecases.test(uow, endpoint_id)
    return DeliveryRead.of(await journal.one(uow.session, endpoint_id, delivery_id), ())


@router.get("/webhooks/{endpoint_id}/deliveries")
async def list_deliveries(
    uow: UoW,
    page: Page,
    endpoint_id: EndpointId,
    status: Annotated[Fate | None, Query()] = None,
    kind: Annotated[str | None, Query(max_length=32, pattern=r"^[a-z_.]+$", examples=["order.placed"])] = None,
) -> DeliveryPage:
    """List the messages to an endpoint with their attempts, oldest first; `status=dead` are those given up."""
    await queries.one(uow.session, endpoint_id)
    rows = await journal.page(uow.session, endpoint_id, page, status, kind)
    tried = await journal.attempts_of(uow.session, [row.delivery_id for row in rows])
    items = [DeliveryRead.of(row, tried.get(row.delivery_id, ())) for row in rows]
    return DeliveryPage(items=items, next=next_after(page, [item.delivery_id for item in items]))


@router.get("/webhooks/{endpoint_id}/deliveries/{delivery_id}")
async def get_delivery(uow: UoW, endpoint_id: EndpointId, delivery_id: Annotated[Id, Path()]) -> DeliveryWhole:
    """Return one message with its body and its attempts."""
    row = await journal.one(uow.session, endpoint_id, delivery_id)
    tried = await journal.attempts_of(uow.session, [delivery_id])
    return DeliveryWhole.model_validate(
        DeliveryRead.of(row, tried.get(delivery_id, ())).model_dump() | {"body": row.body}
    )


@router.post("/webhooks/{endpoint_id}/replays")
async def replay_deliveries(uow: UoW, endpoint_id: EndpointId, body: Replay) -> Replayed:
    """Send dead messages again, under their ids and with all attempts; those that are not dead are passed over."""
    return Replayed(replayed=await usecases.replay(uow, endpoint_id, body.delivery_ids))


async def _one(uow: UnitOfWork, endpoint: Endpoint, answer: Response) -> EndpointRead:
    answer.headers["ETag"] = f'"{endpoint.version}"'
    return (await _shown(uow, [endpoint]))[0]


async def _shown(uow: UnitOfWork, endpoints: Sequence[Endpoint]) -> list[EndpointRead]:
    ids = [each.endpoint_id for each in endpoints]
    secrets = await queries.secrets_of(uow.session, ids, uow.now)
    counts = await journal.counts(uow.session, ids)
    return [EndpointRead.of(each, secrets, counts) for each in endpoints]
