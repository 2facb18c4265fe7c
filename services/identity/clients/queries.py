"""All SQL about clients."""

from typing import Any

from sqlalchemy import Row, insert, select, update

from services.identity.accounts.domain import Status
from services.identity.clients.domain import Client
from services.identity.clients.models import OAuthClient
from services.identity.rights import Rights
from services.identity.tables import table_of
from shared.database import Session
from shared.errors import NotFound
from shared.routing import Paging

client = table_of(OAuthClient)


def _client(row: Row[Any]) -> Client:
    return Client(
        row.client_id,
        row.confidential,
        tuple(row.redirect_uris),
        tuple(row.sign_out_uris),
        Rights.of(row),
        Status(row.status),
        row.version,
        row.created_at,
        row.secret_hash,
    )


async def by_id(session: Session, client_id: str) -> Client | None:
    """Return a client, None when there is none."""
    row = (await session.execute(select(client).where(client.c.client_id == client_id))).first()
    return None if row is None else _client(row)


async def one(session: Session, client_id: str) -> Client:
    """Return a client. Raises NotFound."""
    found = await by_id(session, client_id)
    if found is None:
        raise NotFound("client", client_id)
    return found


async def page(session: Session, paging: Paging) -> list[Client]:
    """Return clients ordered by id."""
    statement = select(client).order_by(client.c.client_id).limit(paging.limit)
    if paging.after is not None:
        statement = statement.where(client.c.client_id > paging.after)
    return [_client(row) for row in (await session.execute(statement)).all()]


async def insert_new(session: Session, new: Client) -> None:
    """Write a client nobody has seen before."""
    await session.execute(insert(client), [{"client_id": new.client_id} | _row(new)])


async def save(session: Session, changed: Client) -> None:
    """Write a client's new state."""
    await session.execute(update(client).where(client.c.client_id == changed.client_id).values(**_row(changed)))


def _row(state: Client) -> dict[str, Any]:
    return {
        "confidential": state.confidential,
        "redirect_uris": list(state.redirect_uris),
        "sign_out_uris": list(state.sign_out_uris),
        "status": state.status,
        "version": state.version,
        "created_at": state.created_at,
        "secret_hash": state.secret_hash,
    } | state.rights.claims()
