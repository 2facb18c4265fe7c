"""All SQL about tests of lots, and about lots they speak against."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, exists, literal, or_, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from services.farmers.lots.models import Lot, LotParent
from services.farmers.lottests.domain import Finding, Method, Recorded, Target
from services.farmers.lottests.models import LotTest
from services.farmers.tables import insert_new, table_of
from shared.database import Session

lot = table_of(Lot)
parent = table_of(LotParent)
lot_test = table_of(LotTest)


async def add(session: Session, dialect: str, said: Finding, at: datetime) -> bool:
    """Put a test on record; returns whether its id was free."""
    statement = insert_new(dialect, lot_test).returning(lot_test.c.test_id)
    inserted = await session.scalars(statement, [asdict(said) | {"recorded_at": at}])
    return bool(inserted.all())


async def one(session: Session, test_id: str) -> Recorded:
    """Return a test that is on record."""
    return (await _recorded(session, lot_test.c.test_id == test_id))[0]


async def of_lot(session: Session, lot_id: str) -> list[Recorded]:
    """Return the tests of a lot, the oldest first."""
    return await _recorded(session, lot_test.c.lot_id == lot_id)


async def _recorded(session: Session, condition: ColumnElement[bool]) -> list[Recorded]:
    order = (lot_test.c.tested_on, lot_test.c.recorded_at, lot_test.c.test_id)
    rows = (await session.execute(select(lot_test).where(condition).order_by(*order))).all()
    return [
        Recorded(
            Finding(
                test_id=row.test_id,
                lot_id=row.lot_id,
                target=Target(row.target),
                method=Method(row.method),
                tested_on=row.tested_on,
                tested_by=row.tested_by,
                passed=row.passed,
                report_no=row.report_no,
                detail=row.detail,
            ),
            row.recorded_at,
        )
        for row in rows
    ]


async def judge(session: Session, lot_id: str, failed: bool, at: datetime) -> Sequence[str]:
    """Note whether a locked lot's own tests speak against it; returns the lots whose fitness changed, it included.

    A lot is unfit while its tests fail or a lot it was made of is unfit. Each generation is marked before the next is
    read, as a recall does: a mixture being made at this moment is found, or finds the lot unfit.
    """
    own = update(lot).where(lot.c.lot_id == lot_id)
    if failed:
        await session.execute(own.where(lot.c.failed_at.is_(None)).values(failed_at=at))
    else:
        await session.execute(own.values(failed_at=None))
    changed: set[str] = set()
    generation = {lot_id}
    while generation:
        marked = set((await session.scalars(_mark(generation, at))).all())
        changed |= marked
        made = select(parent.c.lot_id).where(parent.c.parent_id.in_(sorted(marked)))
        generation = set((await session.scalars(made)).all()) if marked else set()
    return sorted(changed)


def _mark(lot_ids: Collection[str], at: datetime) -> ReturningUpdate[Any]:
    """Return the update of those lots whose fitness is not what their tests and parents say; it returns their ids."""
    older = lot.alias("older")
    made_of = parent.c.lot_id == lot.c.lot_id
    inherited = exists().where(made_of, parent.c.parent_id == older.c.lot_id, older.c.unfit_at.is_not(None))
    unfit = or_(lot.c.failed_at.is_not(None), inherited)
    wrong = case((unfit, lot.c.unfit_at.is_(None)), else_=lot.c.unfit_at.is_not(None))
    statement = update(lot).where(lot.c.lot_id.in_(sorted(lot_ids)), wrong)
    since = case((unfit, literal(at, lot.c.unfit_at.type)), else_=None)
    return statement.values(unfit_at=since).returning(lot.c.lot_id)
