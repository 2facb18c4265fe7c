"""SQL about which lot was made of which."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import CTE, CompoundSelect, select

from services.logistics.tables import insert_into, table_of
from services.logistics.tracing.models import Lot, LotParent
from shared.unit_of_work import UnitOfWork

lot = table_of(Lot)
parent = table_of(LotParent)


async def add_parents(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    """Insert of which lots others were made; what is known stays as it is."""
    if rows:
        await uow.session.execute(insert_into(uow, parent).on_conflict_do_nothing(), list(rows))


async def lock(uow: UnitOfWork, lots: Collection[str]) -> None:
    """Lock lots in the order of their ids: a recall and a lot made at the same moment see each other."""
    statement = select(lot.c.lot_id).where(lot.c.lot_id.in_(sorted(lots))).order_by(lot.c.lot_id)
    await uow.session.execute(statement.with_for_update())


async def made_of(uow: UnitOfWork, lots: Collection[str]) -> list[Any]:
    """Return (lot_id, cooperative_id, quantity_g) for each lot made of these, ordered by id."""
    statement = (
        select(parent.c.lot_id, lot.c.cooperative_id, parent.c.quantity_g)
        .join(lot, lot.c.lot_id == parent.c.lot_id)
        .where(parent.c.parent_id.in_(sorted(lots)))
        .order_by(parent.c.lot_id, parent.c.parent_id)
    )
    return list((await uow.session.execute(statement)).all())


async def parents_of(uow: UnitOfWork, lot_id: str) -> list[Any]:
    """Return (lot_id, quantity_g) of the lots one was made of, ordered by id."""
    statement = select(parent.c.parent_id.label("lot_id"), parent.c.quantity_g).where(parent.c.lot_id == lot_id)
    return list((await uow.session.execute(statement.order_by(parent.c.parent_id))).all())


def descendants(lots: Collection[str]) -> CTE:
    """Return lots and all that was made of them, however often, as a CTE of `lot_id`."""
    reached = select(lot.c.lot_id).where(lot.c.lot_id.in_(sorted(lots))).cte("reached", recursive=True)
    made = select(parent.c.lot_id).join(reached, parent.c.parent_id == reached.c.lot_id)
    return reached.union(made)


def ancestors(lots: Collection[str] | CompoundSelect[Any]) -> CTE:
    """Return lots (ids, or a SELECT of ids) and all they were made of, however often, as a CTE of `lot_id`."""
    mine = lots if isinstance(lots, CompoundSelect) else sorted(lots)
    origins = select(lot.c.lot_id).where(lot.c.lot_id.in_(mine)).cte("origins", recursive=True)
    of = select(parent.c.parent_id).join(origins, parent.c.lot_id == origins.c.lot_id)
    return origins.union(of)
