"""All SQL of whom months reached, as it is kept; whoever seals marks the month in the same unit of work."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select

from services.procurement.rows import in_order, row_of
from services.procurement.sums.models import changed_month, reached_month
from services.procurement.tables import insert_into
from shared.database import Session
from shared.unit_of_work import UnitOfWork

EVERYWHERE = ""
"""The county code of all counties together."""
_FIGURES = ("households", "poor_households", "earned_fen", "ranked_fen")


async def changed(session: Session) -> list[str]:
    """Return the months of which something was sealed since whom they reached was kept."""
    return list(await session.scalars(select(changed_month.c.month).distinct().order_by(changed_month.c.month)))


async def marks_of(session: Session, month: str) -> dict[int, str]:
    """Return the marks of a month with their counties, to be taken away when whom it reached is kept."""
    columns = (changed_month.c.position, changed_month.c.county_code)
    return {row[0]: row[1] for row in await session.execute(select(*columns).where(changed_month.c.month == month))}


async def keep(uow: UnitOfWork, month: str, reached: Mapping[str, object], marks: Iterable[int]) -> None:
    """Keep whom a month reached by county, and take its marks away; one added meanwhile stays."""
    statement = insert_into(uow, reached_month)
    newest = statement.on_conflict_do_update(
        index_elements=["month", "county_code"], set_={name: statement.excluded[name] for name in _FIGURES}
    )
    rows = [row_of(found, _FIGURES, month=month, county_code=code) for code, found in sorted(reached.items())]
    await uow.session.execute(newest, rows)
    for positions in in_order(marks):
        await uow.session.execute(delete(changed_month).where(changed_month.c.position.in_(positions)))


async def kept(session: Session, month: str) -> Sequence[Any]:
    """Return county and figures of a month as they are kept."""
    columns = [reached_month.c[name] for name in ("county_code", *_FIGURES)]
    rows: Sequence[Any] = (await session.execute(select(*columns).where(reached_month.c.month == month))).all()
    return rows
