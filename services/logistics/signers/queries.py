"""All SQL about signers; their names are sealed here, and opened here."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import delete, select

from services.logistics.signers.domain import Signer
from services.logistics.signers.models import Signer as Row
from services.logistics.tables import replacing, table_of
from shared.sealing import Sealer
from shared.unit_of_work import UnitOfWork

signer = table_of(Row)
MOST = 500


def _place(canteen_id: str, signer_id: str) -> str:
    return f"signer.name:{canteen_id}:{signer_id}"


async def of_canteens(
    uow: UnitOfWork, sealer: Sealer, canteens: Collection[str], signers: Collection[str] | None = None
) -> list[Signer]:
    """Return who signs at these gates, those first whose names were said last; of `signers` alone where they are named.

    At most `MOST`: a school has a few dozen.
    """
    statement = select(signer).where(signer.c.canteen_id.in_(sorted(canteens)))
    if signers is not None:
        statement = statement.where(signer.c.signer_id.in_(sorted(signers)))
    newest = statement.order_by(signer.c.said_at.desc(), signer.c.signer_id).limit(MOST)
    return [_opened(sealer, row) for row in (await uow.session.execute(newest)).all()]


def _opened(sealer: Sealer, row: Any) -> Signer:
    name = sealer.open(row.name_sealed, _place(row.canteen_id, row.signer_id))
    return Signer(row.canteen_id, row.signer_id, name, row.said_at)


async def put(uow: UnitOfWork, sealer: Sealer, said: Sequence[Signer]) -> None:
    """Write names in the place of those before."""
    rows = [
        {
            "canteen_id": one.canteen_id,
            "signer_id": one.signer_id,
            "name_sealed": sealer.seal(one.name, _place(one.canteen_id, one.signer_id)),
            "said_at": one.said_at,
        }
        for one in said
    ]
    await uow.session.execute(replacing(uow, signer), rows)


async def forget(uow: UnitOfWork, canteen_id: str, signer_id: str) -> None:
    """Delete a name; without one nothing happens."""
    await uow.session.execute(delete(signer).where(signer.c.canteen_id == canteen_id, signer.c.signer_id == signer_id))
