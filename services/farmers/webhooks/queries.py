"""All SQL about endpoints and their secrets; secrets are sealed here."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, Text, delete, func, insert, select, update

from services.farmers.cooperatives.queries import lies_in
from services.farmers.rows import as_rows, given
from services.farmers.tables import table_of
from services.farmers.webhooks.domain import Endpoint
from services.farmers.webhooks.models import WebhookEndpoint, WebhookSecret
from shared.database import Session
from shared.errors import Conflict, NotFound
from shared.routing import Paging
from shared.sealing import Sealer

endpoint = table_of(WebhookEndpoint)
secret = table_of(WebhookSecret)

_ENDPOINT = [each.name for each in fields(Endpoint)]
_columns = [endpoint.c[name] for name in _ENDPOINT]


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret of an endpoint as it is kept; `until` is None for the newest."""

    endpoint_id: str
    number: int
    sealed: str = field(repr=False)
    since: datetime
    until: datetime | None
    shown_at: datetime | None

    def opened(self, sealer: Sealer) -> str:
        """Return the secret itself. Raises Unsealable."""
        return sealer.open(self.sealed, _place(self.endpoint_id, self.number))


def _place(endpoint_id: str, number: int) -> str:
    return f"webhook.secret:{endpoint_id}:{number}"


async def heard(session: Session, dialect: str, cooperative_ids: Collection[str]) -> set[str]:
    """Return those of the cooperatives that have an endpoint."""
    found = await session.scalars(_heard(dialect), as_rows([each] for each in set(cooperative_ids)))
    return set(found.all())


@cache
def _heard(dialect: str) -> Select[Any]:
    asked = given(dialect, cooperative_id=Text)
    return select(endpoint.c.cooperative_id).where(endpoint.c.cooperative_id.in_(select(asked.c.cooperative_id)))


async def listening(
    session: Session, dialect: str, cooperative_ids: Collection[str]
) -> Mapping[str, Sequence[Row[Any]]]:
    """Return (endpoint_id, cooperative_id, kinds, status) by cooperative; none of them is deleted meanwhile."""
    found: dict[str, list[Row[Any]]] = {}
    rows = await session.execute(_listening(dialect), as_rows([each] for each in set(cooperative_ids)))
    for row in rows.all():
        found.setdefault(row.cooperative_id, []).append(row)
    return found


@cache
def _listening(dialect: str) -> Select[Any]:
    asked = given(dialect, cooperative_id=Text)
    own = endpoint.c.cooperative_id.in_(select(asked.c.cooperative_id))
    shown = (endpoint.c.endpoint_id, endpoint.c.cooperative_id, endpoint.c.kinds, endpoint.c.status)
    statement = select(*shown).where(own).order_by(endpoint.c.endpoint_id)
    # Who tells does not wait for who sends or for others that tell; who deletes an endpoint waits for them.
    return statement.with_for_update(read=True, key_share=True, of=endpoint)


async def one(session: Session, endpoint_id: str, *, for_update: bool = False) -> Endpoint:
    """Return an endpoint, locked if it is to be changed. Raises NotFound."""
    statement = select(*_columns).where(endpoint.c.endpoint_id == endpoint_id)
    row = (await session.execute(statement.with_for_update() if for_update else statement)).first()
    if row is None:
        raise NotFound("webhook", endpoint_id)
    return _endpoint(row)


async def of_cooperative(session: Session, cooperative_id: str) -> list[Endpoint]:
    """Return a cooperative's endpoints, ordered by id."""
    own = endpoint.c.cooperative_id == cooperative_id
    rows = (await session.execute(select(*_columns).where(own).order_by(endpoint.c.endpoint_id))).all()
    return [_endpoint(row) for row in rows]


async def page(
    session: Session, paging: Paging, cooperative_id: str | None, county_code: str | None, status: str | None
) -> list[Endpoint]:
    """Return up to `limit` endpoints of all cooperatives, ordered by id."""
    statement = select(*_columns).order_by(endpoint.c.endpoint_id).limit(paging.limit)
    if paging.after is not None:
        statement = statement.where(endpoint.c.endpoint_id > paging.after)
    if cooperative_id is not None:
        statement = statement.where(endpoint.c.cooperative_id == cooperative_id)
    if county_code is not None:
        statement = statement.where(lies_in(endpoint.c.cooperative_id, county_code))
    if status is not None:
        statement = statement.where(endpoint.c.status == status)
    return [_endpoint(row) for row in (await session.execute(statement)).all()]


async def insert_endpoint(session: Session, new: Endpoint) -> None:
    """Write a new endpoint."""
    values = asdict(new) | {"kinds": list(new.kinds), "served_at": new.created_at}
    await session.execute(insert(endpoint), [values])


async def save(session: Session, changed: Endpoint) -> None:
    """Write a locked endpoint."""
    values = asdict(changed) | {"kinds": list(changed.kinds)}
    await session.execute(update(endpoint).where(endpoint.c.endpoint_id == changed.endpoint_id).values(values))


async def remove(session: Session, endpoint_id: str) -> None:
    """Forget a locked endpoint that has no messages any more."""
    await session.execute(delete(secret).where(secret.c.endpoint_id == endpoint_id))
    await session.execute(delete(endpoint).where(endpoint.c.endpoint_id == endpoint_id))


async def secrets_of(session: Session, ids: Iterable[str], now: datetime) -> dict[str, list[Secret]]:
    """Return the secrets of endpoints that are valid now, the newest first."""
    valid = secret.c.until.is_(None) | (secret.c.until > now)
    statement = select(secret).where(secret.c.endpoint_id.in_(sorted(ids)), valid).order_by(secret.c.number.desc())
    found: dict[str, list[Secret]] = {}
    for row in (await session.execute(statement)).all():
        found.setdefault(row.endpoint_id, []).append(Secret(*row))
    return found


async def insert_secret(
    session: Session, sealer: Sealer, endpoint_id: str, said: str, now: datetime, ending: datetime
) -> None:
    """Write the newest secret of a locked endpoint; those before end at `ending`, if not earlier."""
    own = secret.c.endpoint_id == endpoint_id
    lasting = own & (secret.c.until.is_(None) | (secret.c.until > ending))
    await session.execute(update(secret).where(lasting).values(until=ending))
    number = int(await session.scalar(select(func.coalesce(func.max(secret.c.number), 0)).where(own))) + 1
    row = {
        "endpoint_id": endpoint_id,
        "number": number,
        "secret_sealed": sealer.seal(said, _place(endpoint_id, number)),
        "since": now,
    }
    await session.execute(insert(secret), [row])


async def note_shown(session: Session, shown: Secret, now: datetime) -> None:
    """Write down that a secret was shown. Raises Conflict when it was before."""
    own = (secret.c.endpoint_id == shown.endpoint_id, secret.c.number == shown.number)
    done = await session.execute(update(secret).where(*own, secret.c.shown_at.is_(None)).values(shown_at=now))
    if not done.rowcount:
        raise Conflict("secret-shown", "it was shown before; rotate it to get another")


async def forget_secrets(session: Session, now: datetime) -> int:
    """Forget secrets that are over; returns how many."""
    return int((await session.execute(delete(secret).where(secret.c.until <= now))).rowcount)


def _endpoint(row: Row[Any]) -> Endpoint:
    values = dict(zip(_ENDPOINT, row, strict=True))
    return Endpoint(**values | {"kinds": tuple(values["kinds"])})
