"""SQL of the loading check."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from services.logistics.consignments.models import Consignment, ConsignmentLine, ConsignmentLot
from services.logistics.loading.models import ScannedLot
from services.logistics.tables import insert_into, table_of
from shared.unit_of_work import UnitOfWork

scanned = table_of(ScannedLot)
consignment = table_of(Consignment)
line = table_of(ConsignmentLine)
share = table_of(ConsignmentLot)


async def packed_for(uow: UnitOfWork, trip_id: str) -> list[Any]:
    """Return (order_id, status, lot_id, food_code, dispatched_g) of what was packed for a trip, by order and lot."""
    statement = (
        select(
            share.c.order_id,
            consignment.c.status,
            share.c.lot_id,
            func.min(line.c.food_code).label("food_code"),
            func.sum(share.c.dispatched_g).label("dispatched_g"),
        )
        .join(consignment, consignment.c.order_id == share.c.order_id)
        .join(line, (line.c.order_id == share.c.order_id) & (line.c.line_id == share.c.line_id))
        .where(consignment.c.trip_id == trip_id, share.c.dispatched_g > 0)
        .group_by(share.c.order_id, consignment.c.status, share.c.lot_id)
    )
    return list((await uow.session.execute(statement.order_by(share.c.order_id, share.c.lot_id))).all())


async def add(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    """Note scans; a lot scanned again stays as it was noted first."""
    if rows:
        await uow.session.execute(insert_into(uow, scanned).on_conflict_do_nothing(), list(rows))


async def scanned_on(uow: UnitOfWork, trip_id: str) -> dict[tuple[str, str], Any]:
    """Return what was scanned on a trip, by order and lot."""
    rows = await uow.session.execute(select(scanned).where(scanned.c.trip_id == trip_id))
    return {(row.order_id, row.lot_id): row for row in rows.all()}
