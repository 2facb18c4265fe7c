"""All SQL about what was packed."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, insert, select

from services.farmers.dispatches.models import PackedLot
from services.farmers.dispatches.packing import Packing
from services.farmers.lots.queries import lot
from services.farmers.tables import table_of
from shared.database import Session

packed = table_of(PackedLot)


async def insert_packed(session: Session, packings: Mapping[str, Packing]) -> None:
    """Write what was packed, by order id."""
    rows = [
        {"order_id": order_id, "line_id": line_id, "lot_id": lot_id, "quantity_g": grams}
        for order_id, packing in packings.items()
        for line_id, lots in packing.items()
        for lot_id, grams in lots
    ]
    if rows:
        await session.execute(insert(packed), rows)


async def packed_for(session: Session, order_id: str) -> Sequence[Row[Any]]:
    """Return (line_id, lot_id, quantity_g, harvest_day, certificate_no) of an order, first harvested first."""
    statement = (
        select(packed.c.line_id, packed.c.lot_id, packed.c.quantity_g, lot.c.harvest_day, lot.c.certificate_no)
        .join(lot, lot.c.lot_id == packed.c.lot_id)
        .where(packed.c.order_id == order_id)
        .order_by(packed.c.line_id, lot.c.harvest_day, packed.c.lot_id)
    )
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows
