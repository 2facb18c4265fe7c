"""All SQL of the lots orders were packed from, and of those that were recalled."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from services.procurement.orders.models import packed_lot, recalled_lot
from services.procurement.rows import in_order
from services.procurement.tables import insert_into
from shared.database import Session
from shared.events.logistics import RecallRaised
from shared.unit_of_work import UnitOfWork


async def keep_packed(uow: UnitOfWork, lots: Mapping[str, Mapping[str, Iterable[str]]]) -> None:
    """Keep which lots lines were packed from: lots by order and line."""
    rows = [
        {"lot_id": lot_id, "line_id": line_id, "order_id": order_id}
        for order_id, of_order in lots.items()
        for line_id, of_line in of_order.items()
        for lot_id in sorted(of_line)
    ]
    if rows:
        await uow.session.execute(insert_into(uow, packed_lot).on_conflict_do_nothing(), rows)


async def keep_recalled(uow: UnitOfWork, events: Sequence[RecallRaised]) -> None:
    """Keep which lots were recalled; of two recalls of a lot the first stands."""
    rows = [{"lot_id": each.lot_id, "reason": each.reason, "raised_at": each.raised_at} for each in events]
    await uow.session.execute(insert_into(uow, recalled_lot).on_conflict_do_nothing(), rows)


async def lines_of(session: Session, lot_ids: Iterable[str]) -> list[tuple[str, str, str]]:
    """Return the order and line of what was packed from these recalled lots, and why they were recalled, in order."""
    found: list[tuple[str, str, str]] = []
    for ids in in_order(lot_ids):
        columns = (packed_lot.c.order_id, packed_lot.c.line_id, recalled_lot.c.reason)
        joined = select(*columns).join(recalled_lot, recalled_lot.c.lot_id == packed_lot.c.lot_id)
        rows = await session.execute(joined.where(packed_lot.c.lot_id.in_(ids)))
        found += [(row[0], row[1], row[2]) for row in rows]
    return sorted(found)


async def recalled_among(session: Session, lot_ids: Iterable[str]) -> dict[str, str]:
    """Return why lots were recalled, by lot; those that were not are left out."""
    found: dict[str, str] = {}
    for ids in in_order(lot_ids):
        statement = select(recalled_lot.c.lot_id, recalled_lot.c.reason).where(recalled_lot.c.lot_id.in_(ids))
        found |= {row[0]: row[1] for row in await session.execute(statement)}
    return found
