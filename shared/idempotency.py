"""`Idempotency-Key`: the same request sent again gets the answer of the first time, not a second effect."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from shared.database import Session
from shared.errors import DomainError
from shared.messaging.tables import idempotency_key as keys
from shared.models import insert_for
from shared.prepared import Prepared, Write
from shared.unit_of_work import UnitOfWork

_this = (keys.c.key == bindparam("of_key"), keys.c.scope == bindparam("of_scope"))
_CLAIM = Prepared(
    lambda dialect: (
        insert_for(dialect, keys)
        .values({name: bindparam(name) for name in ("key", "scope", "body_hash", "created_at")})
        .on_conflict_do_nothing()
        .returning(keys.c.key)
    )
)
_CLAIMED = Prepared(lambda _: select(keys.c.body_hash, keys.c.status, keys.c.headers, keys.c.body).where(*_this))
_KEEP = Prepared(
    lambda _: update(keys).where(*_this).values({name: bindparam(name) for name in ("status", "headers", "body")})
)


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
    row = {"key": key, "scope": scope, "body_hash": body_hash, "created_at": uow.now}
    if await uow.session.run(_CLAIM, row):
        return None
    present = (await uow.session.run(_CLAIMED, {"of_key": key, "of_scope": scope}))[0]
    if present[0] != body_hash:
        detail = "this key was used before with another body"
        raise DomainError("idempotency-key-reused", detail, field="Idempotency-Key")
    return Stored(*present[1:])


async def keep(uow: UnitOfWork, key: str, scope: str, answer: Stored) -> None:
    """Store the answer under the claimed key, in the same transaction."""
    values = {"status": answer.status, "headers": answer.headers, "body": answer.body}
    await uow.session.write(Write(_KEEP, {"of_key": key, "of_scope": scope} | values))


async def forget_before(session: Session, instant: datetime) -> None:
    """Forget keys claimed before `instant`."""
    await session.execute(delete(keys).where(keys.c.created_at < instant))
