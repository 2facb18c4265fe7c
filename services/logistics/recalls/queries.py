"""SQL of recalls."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from services.logistics.recalls.models import Recall
from services.logistics.tables import insert_into, table_of
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

recall = table_of(Recall)


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


async def page_of(uow: UnitOfWork, page: Paging) -> list[Any]:
    """Return one recall more than the page holds, ordered by id."""
    statement = select(recall).order_by(recall.c.recall_id).limit(page.limit + 1)
    if page.after is not None:
        statement = statement.where(recall.c.recall_id > page.after)
    return list((await uow.session.execute(statement)).all())
