"""All SQL about numbers; they are sealed here, and opened here."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, select, tuple_

from services.logistics.phones.domain import Number
from services.logistics.phones.models import Phone
from services.logistics.tables import replacing, table_of
from shared.sealing import Sealer
from shared.unit_of_work import UnitOfWork

phone = table_of(Phone)
Key = tuple[str, str]
"""Kind and id of who is called."""


def _place(kind: str, subject_id: str) -> str:
    return f"phone.number:{kind}:{subject_id}"


async def numbers_of(uow: UnitOfWork, sealer: Sealer, keys: Collection[Key]) -> list[Number]:
    """Return the numbers that are known of these, by kind and id."""
    wanted = tuple_(phone.c.kind, phone.c.subject_id).in_(sorted(keys))
    rows = (await uow.session.execute(select(phone).where(wanted).order_by(phone.c.kind, phone.c.subject_id))).all()
    return [_opened(sealer, row) for row in rows]


def _opened(sealer: Sealer, row: Any) -> Number:
    number = sealer.open(row.number_sealed, _place(row.kind, row.subject_id))
    return Number(row.kind, row.subject_id, number, row.said_at)


async def put(uow: UnitOfWork, sealer: Sealer, said: Number) -> None:
    """Write a number in the place of the one before."""
    row = {
        "kind": said.kind,
        "subject_id": said.subject_id,
        "number_sealed": sealer.seal(said.number, _place(said.kind, said.subject_id)),
        "said_at": said.said_at,
    }
    await uow.session.execute(replacing(uow, phone), [row])


async def forget(uow: UnitOfWork, key: Key) -> None:
    """Delete a number; without one nothing happens."""
    kind, subject_id = key
    await uow.session.execute(delete(phone).where(phone.c.kind == kind, phone.c.subject_id == subject_id))
