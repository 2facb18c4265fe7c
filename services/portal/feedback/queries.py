"""All SQL about remarks."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update

from services.portal.feedback.models import Remark
from services.portal.tables import insert_for, table_of
from shared.unit_of_work import UnitOfWork

_remark = table_of(Remark)
Counties = Collection[str] | None


async def add(uow: UnitOfWork, row: dict[str, Any]) -> None:
    """Write a remark; one whose key is known is there already."""
    await uow.session.execute(insert_for(uow.dialect, _remark).on_conflict_do_nothing(index_elements=["key"]), [row])


async def newest(
    uow: UnitOfWork, counties: Counties, *, is_open: bool, before: str | None, limit: int
) -> Sequence[Any]:
    """Return remarks of counties (None: of all, and of none), the newest first, older than one."""
    statement = select(_remark).where(_remark.c.done.is_(None) if is_open else _remark.c.done.is_not(None))
    if counties is not None:
        statement = statement.where(_remark.c.county_code.in_(sorted(counties)))
    if before is not None:
        known = select(_remark.c.said_at).where(_remark.c.remark_id == before).scalar_subquery()
        same = (_remark.c.said_at == known) & (_remark.c.remark_id < before)
        statement = statement.where(or_(_remark.c.said_at < known, same))
    statement = statement.order_by(_remark.c.said_at.desc(), _remark.c.remark_id.desc()).limit(limit)
    rows: Sequence[Any] = (await uow.session.execute(statement)).all()
    return rows


async def answer(uow: UnitOfWork, remark_id: str, counties: Counties, done: str, by: str, now: datetime) -> bool:
    """Note what was done about a remark of these counties; False where there is none that is open."""
    mine = (_remark.c.remark_id == remark_id, _remark.c.done.is_(None))
    statement = update(_remark).where(*mine)
    if counties is not None:
        statement = statement.where(_remark.c.county_code.in_(sorted(counties)))
    done_now = await uow.session.execute(statement.values(done=done, done_at=now, done_by=by))
    return int(done_now.rowcount) == 1
