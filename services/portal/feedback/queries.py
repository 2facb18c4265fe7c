"""All SQL about remarks."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update

from services.portal.feedback.models import Remark
from services.portal.tables import insert_for, table_of
from shared.unit_of_work import UnitOfWork

remark = table_of(Remark)
Counties = Collection[str] | None


async def add(uow: UnitOfWork, row: dict[str, Any]) -> None:
    """Write a remark; one whose key is known is there already."""
    await uow.session.execute(insert_for(uow.dialect, remark).on_conflict_do_nothing(index_elements=["key"]), [row])


async def newest(
    uow: UnitOfWork, counties: Counties, *, is_open: bool, before: str | None, limit: int
) -> Sequence[Any]:
    """Return remarks of counties (None: of all, and of none), the newest first, older than one."""
    statement = select(remark).where(remark.c.done.is_(None) if is_open else remark.c.done.is_not(None))
    if counties is not None:
        statement = statement.where(remark.c.county_code.in_(sorted(counties)))
    if before is not None:
        known = select(remark.c.said_at).where(remark.c.remark_id == before).scalar_subquery()
        same = (remark.c.said_at == known) & (remark.c.remark_id < before)
        statement = statement.where(or_(remark.c.said_at < known, same))
    statement = statement.order_by(remark.c.said_at.desc(), remark.c.remark_id.desc()).limit(limit)
    rows: Sequence[Any] = (await uow.session.execute(statement)).all()
    return rows


async def answer(uow: UnitOfWork, remark_id: str, counties: Counties, done: str, by: str, now: datetime) -> bool:
    """Note what was done about a remark of these counties; False where there is none that is open."""
    mine = (remark.c.remark_id == remark_id, remark.c.done.is_(None))
    statement = update(remark).where(*mine)
    if counties is not None:
        statement = statement.where(remark.c.county_code.in_(sorted(counties)))
    done_now = await uow.session.execute(statement.values(done=done, done_at=now, done_by=by))
    return int(done_now.rowcount) == 1
