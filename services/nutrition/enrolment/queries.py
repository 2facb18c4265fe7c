"""SQL of enrolment. Whoever changes it holds the lock on the canteen's row."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, func, insert, select, tuple_, update

from services.nutrition.enrolment.models import Enrolment, EnrolmentHeadcount
from services.nutrition.tables import table_of
from services.nutrition.upserts import Key, Merged, merge
from shared.database import Session
from shared.unit_of_work import UnitOfWork

enrolment, headcount = table_of(Enrolment), table_of(EnrolmentHeadcount)
_KEY = ["canteen_id", "valid_from"]
_COUNTS = (headcount.c.canteen_id, headcount.c.valid_from, headcount.c.age_band, headcount.c.sex, headcount.c.pupils)

# Statements of hot paths are built once: building one costs as much as running it.
_HISTORY = (
    select(enrolment.c.canteen_id, enrolment.c.valid_from, enrolment.c.pupils)
    .where(enrolment.c.canteen_id.in_(bindparam("canteen_ids", expanding=True)))
    .order_by(enrolment.c.canteen_id, enrolment.c.valid_from)
)
_last = (
    select(enrolment.c.canteen_id, func.max(enrolment.c.valid_from).label("valid_from"))
    .where(
        enrolment.c.canteen_id.in_(bindparam("canteen_ids", expanding=True)), enrolment.c.valid_from <= bindparam("day")
    )
    .group_by(enrolment.c.canteen_id)
    .subquery()
)
_of_last = and_(headcount.c.canteen_id == _last.c.canteen_id, headcount.c.valid_from == _last.c.valid_from)
_HEADS = select(_last.c.canteen_id, headcount.c.age_band, headcount.c.sex, headcount.c.pupils).select_from(
    _last.outerjoin(headcount, _of_last)
)
_APPLY = update(enrolment).where(
    enrolment.c.canteen_id.in_(bindparam("canteen_ids", expanding=True)), enrolment.c.valid_from <= bindparam("day")
)


async def put(uow: UnitOfWork, rows: Mapping[Key, dict[str, Any]]) -> Merged:
    """Insert or update enrolments, each with the list `headcounts` beside its columns."""
    plain = {key: {name: value for name, value in row.items() if name != "headcounts"} for key, row in rows.items()}
    merged = await merge(uow, enrolment, _KEY, plain)
    if merged.told:
        told = tuple_(headcount.c.canteen_id, headcount.c.valid_from).in_(sorted(merged.told))
        await uow.session.execute(delete(headcount).where(told))
    counted = [
        {"canteen_id": key[0], "valid_from": key[1], **count}
        for key in merged.told
        for count in rows[key]["headcounts"]
    ]
    if counted:
        await uow.session.execute(insert(headcount), counted)
    return merged


async def history(session: Session, canteen_ids: Collection[str]) -> dict[str, list[tuple[date, int]]]:
    """Return all pupils of canteens by the day from which there were so many, in order."""
    found: dict[str, list[tuple[date, int]]] = {}
    for canteen_id, day, pupils in (await session.execute(_HISTORY, {"canteen_ids": sorted(canteen_ids)})).all():
        found.setdefault(canteen_id, []).append((day, pupils))
    return found


async def heads(session: Session, canteen_ids: Collection[str], day: date) -> dict[str, dict[tuple[str, str], int]]:
    """Return pupils by (age band, sex) on a day, of the canteens whose enrolment is known for it."""
    found: dict[str, dict[tuple[str, str], int]] = {}
    wanted = {"canteen_ids": sorted(canteen_ids), "day": day}
    for canteen_id, band, sex, pupils in (await session.execute(_HEADS, wanted)).all():
        counts = found.setdefault(canteen_id, {})
        if band is not None:
            counts[band, sex] = pupils
    return found


async def due(session: Session, day: date, limit: int) -> list[str]:
    """Return canteens with an enrolment that has become valid and is not their present state yet."""
    wanted = and_(enrolment.c.applied.is_(False), enrolment.c.valid_from <= day)
    statement = select(enrolment.c.canteen_id).where(wanted).distinct().order_by(enrolment.c.canteen_id).limit(limit)
    return list((await session.scalars(statement)).all())


async def apply(session: Session, canteen_ids: Collection[str], day: date) -> None:
    """Write down that the canteens' present state has their enrolments up to `day`."""
    await session.execute(_APPLY.values(applied=True), {"canteen_ids": sorted(canteen_ids), "day": day})


async def page(session: Session, canteen_id: str, limit: int, after: date | None) -> Sequence[Row[Any]]:
    """Return a canteen's enrolments in order."""
    columns = (enrolment.c.valid_from, enrolment.c.pupils, enrolment.c.version)
    statement = select(*columns).where(enrolment.c.canteen_id == canteen_id).order_by(enrolment.c.valid_from)
    if after is not None:
        statement = statement.where(enrolment.c.valid_from > after)
    return list((await session.execute(statement.limit(limit))).all())


async def headcounts(session: Session, canteen_id: str, days: Collection[date]) -> dict[date, list[dict[str, Any]]]:
    """Return the headcounts of a canteen's enrolments."""
    wanted = and_(headcount.c.canteen_id == canteen_id, headcount.c.valid_from.in_(days))
    found: dict[date, list[dict[str, Any]]] = {}
    for _, day, band, sex, pupils in (await session.execute(select(*_COUNTS).where(wanted))).all():
        found.setdefault(day, []).append({"age_band": band, "sex": sex, "pupils": pupils})
    return found
