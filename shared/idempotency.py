"""`Idempotency-Key`: the same request sent again gets the answer of the first time, not a second effect."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from shared.database import Session
from shared.errors import DomainError
from shared.messaging.tables import idempotency_key as keys
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer given before."""

    status: int
    headers: dict[str, str]
    body: bytes


async def claim(uow: UnitOfWork, key: str, scope: str, body_hash: str) -> Stored | None:
    """Take `key` for this request; None when it is new, else the answer given before.

    A concurrent request with the same key waits here until this one has committed or failed. The same key with another
    body is refused (rule `idempotency-key-reused`).
    """
    make = postgresql.insert if uow.dialect == "postgresql" else sqlite.insert
    row = {"key": key, "scope": scope, "body_hash": body_hash, "created_at": uow.now}
    claimed = await uow.session.scalar(make(keys).values(row).on_conflict_do_nothing().returning(keys.c.key))
    if claimed is not None:
        return None
    present = (await uow.session.execute(select(keys).where(keys.c.key == key, keys.c.scope == scope))).one()
    if present.body_hash != body_hash:
        detail = "this key was used before with another body"
        raise DomainError("idempotency-key-reused", detail, field="Idempotency-Key")
    return Stored(present.status, present.headers, present.body)


async def keep(uow: UnitOfWork, key: str, scope: str, answer: Stored) -> None:
    """Store the answer under the claimed key, in the same transaction."""
    values = {"status": answer.status, "headers": answer.headers, "body": answer.body}
    await uow.session.execute(update(keys).where(keys.c.key == key, keys.c.scope == scope).values(values))


async def forget_before(session: Session, instant: datetime) -> None:
    """Forget keys claimed before `instant`."""
    await session.execute(delete(keys).where(keys.c.created_at < instant))
