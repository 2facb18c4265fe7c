"""SQL of recalls."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select, update

from services.logistics.consignments.queries import consignment, lot
from services.logistics.places.queries import place
from services.logistics.recalls.models import Acknowledgement, Recall
from services.logistics.tables import insert_into, table_of
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

recall = table_of(Recall)
acknowledgement = table_of(Acknowledgement)


async def add(uow: UnitOfWork, row: dict[str, Any]) -> bool:
    """Insert a recall; False when its lot is recalled already."""
    statement = insert_into(uow, recall).values(row).on_conflict_do_nothing().returning(recall.c.recall_id)
    return await uow.session.scalar(statement) is not None


async def by_id(uow: UnitOfWork, recall_id: str) -> Any | None:
    """Return a recall's row, None when there is none."""
    return (await uow.session.execute(select(recall).where(recall.c.recall_id == recall_id))).first()


async def of_lots(uow: UnitOfWork, lots: Collection[str]) -> list[Any]:
    """Return the recalls of lots, ordered by lot."""
    statement = select(recall).where(recall.c.lot_id.in_(sorted(lots))).order_by(recall.c.lot_id)
    return list((await uow.session.execute(statement)).all())


async def page_of(
    uow: UnitOfWork, page: Paging, canteen_id: str | None, cooperative_id: str | None, county_code: str | None
) -> list[Any]:
    """Return one recall more than the page holds, ordered by id: of lots of a cooperative, that went to a school, that
    came from a county or went to its schools."""
    wanted: list[ColumnElement[bool]] = []
    if canteen_id is not None:
        wanted.append(_sent(consignment.c.canteen_id == canteen_id))
    if cooperative_id is not None:
        wanted.append(recall.c.cooperative_id == cooperative_id)
    if county_code is not None:
        there = select(place.c.place_id).where(place.c.kind == "cooperative", place.c.county_code == county_code)
        wanted.append(or_(recall.c.cooperative_id.in_(there), _sent(consignment.c.county_code == county_code)))
    if page.after is not None:
        wanted.append(recall.c.recall_id > page.after)
    statement = select(recall).where(*wanted).order_by(recall.c.recall_id).limit(page.limit + 1)
    return list((await uow.session.execute(statement)).all())


def _sent(where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return whether a recall's lot is in an order for which something holds."""
    return exists().where(lot.c.lot_id == recall.c.lot_id, consignment.c.order_id == lot.c.order_id, where)


async def acknowledge(uow: UnitOfWork, row: dict[str, Any]) -> bool:
    """Insert a school's word on a recall; False when it was given before."""
    statement = insert_into(uow, acknowledgement).values(row).on_conflict_do_nothing()
    return await uow.session.scalar(statement.returning(acknowledgement.c.recall_id)) is not None


async def acknowledgements(uow: UnitOfWork, recall_id: str) -> list[Any]:
    """Return the schools' words on a recall, in order of time."""
    statement = select(acknowledgement).where(acknowledgement.c.recall_id == recall_id)
    ordered = statement.order_by(acknowledgement.c.acknowledged_at, acknowledgement.c.canteen_id)
    return list((await uow.session.execute(ordered)).all())


async def close(uow: UnitOfWork, recall_id: str, values: dict[str, Any]) -> bool:
    """Close a recall; False when it is closed already."""
    open_one = update(recall).where(recall.c.recall_id == recall_id, recall.c.closed_at.is_(None))
    return bool((await uow.session.execute(open_one.values(values))).rowcount)
