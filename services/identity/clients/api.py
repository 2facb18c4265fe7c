"""Routes of clients, for administrators of the province."""

from typing import Annotated

from fastapi import Path, Request, Response

from services.identity.accounts.domain import Status
from services.identity.clients import queries, usecases
from services.identity.clients.domain import Client
from services.identity.clients.schemas import ClientIn, ClientPage, ClientRead, SecretShown
from services.identity.serving import shown_once
from shared.fields import Id
from shared.routing import ExpectedVersion, Page, UoW, service_router

router = service_router(prefix="/clients", tags=["clients"])

ClientId = Annotated[Id, Path()]


@router.get("")
async def list_clients(uow: UoW, page: Page) -> ClientPage:
    """List clients, ordered by id."""
    clients = await queries.page(uow.session, page)
    return ClientPage(
        items=[ClientRead.of(client) for client in clients],
        next=clients[-1].client_id if len(clients) == page.limit else None,
    )


@router.get("/{client_id}")
async def get_client(uow: UoW, client_id: ClientId, answer: Response) -> ClientRead:
    """Return one client; the version is the ETag."""
    return _shown(await queries.one(uow.session, client_id), answer)


@router.put("/{client_id}")
async def put_client(
    request: Request, uow: UoW, client_id: ClientId, body: ClientIn, expected: ExpectedVersion, answer: Response
) -> ClientRead:
    """Register a client or change one; ask for its secret next, if it keeps one. If-Match carries the version."""
    audience = request.app.state.service.settings.auth_audience
    return _shown(await usecases.put(uow, body.said(client_id, uow.now), audience, expected), answer)


@router.post("/{client_id}/secret")
async def make_secret(request: Request, uow: UoW, client_id: ClientId, answer: Response) -> SecretShown:
    """Give a client a new secret, shown this once; the one before opens nothing any more.

    It takes no Idempotency-Key: answers to those are kept.
    """
    shown_once(request, answer)
    return SecretShown(client_id=client_id, client_secret=await usecases.new_secret(uow, client_id))


@router.post("/{client_id}/lock")
async def lock_client(uow: UoW, client_id: ClientId, answer: Response) -> ClientRead:
    """Let a client in no more; its tokens end within ten minutes."""
    return _shown(await usecases.set_status(uow, client_id, Status.LOCKED), answer)


@router.post("/{client_id}/unlock")
async def unlock_client(uow: UoW, client_id: ClientId, answer: Response) -> ClientRead:
    """Let a client in again."""
    return _shown(await usecases.set_status(uow, client_id, Status.ACTIVE), answer)


def _shown(client: Client, answer: Response) -> ClientRead:
    answer.headers["ETag"] = f'"{client.version}"'
    return ClientRead.of(client)
