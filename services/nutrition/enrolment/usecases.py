"""What can happen to enrolment."""

from collections.abc import Collection
from datetime import date
from typing import Any

from services.nutrition.canteens import queries as canteens
from services.nutrition.canteens.schemas import HeadcountRead, in_order
from services.nutrition.canteens.usecases import re_enrol
from services.nutrition.days import today
from services.nutrition.enrolment import queries
from services.nutrition.enrolment.schemas import EnrolmentRead, EnrolmentRow
from services.nutrition.pages import day_of
from services.nutrition.upserts import digest_of, once_each, unknown
from shared.bulk import Imported, Rows, parse
from shared.routing import Paging
from shared.service import Service
from shared.unit_of_work import UnitOfWork

BATCH = 500


async def put_enrolments(uow: UnitOfWork, body: Rows) -> Imported:
    """Take the good rows; one that says how many there are today changes the canteen, and the others are told."""
    good, refused = parse(EnrolmentRow, body)
    rows, twice = once_each(good, ["canteen_id", "valid_from"])
    known = await canteens.lock_all(uow.session, {row.canteen_id for _, row in rows.values()})
    broken = unknown(rows, "canteen", "canteen_id", known)
    values = {key: _values(row) for key, (_, row) in rows.items() if row.canteen_id in known}
    merged = await queries.put(uow, values)
    await _make_present(uow, {str(key[0]) for key in merged.told})
    return merged.imported([*refused, *twice, *broken.values()])


def _values(row: EnrolmentRow) -> dict[str, Any]:
    told = {"pupils": row.pupils, "applied": False, "digest": digest_of(row)}
    return row.model_dump(exclude={"headcounts"}) | told | {"headcounts": [n.model_dump() for n in row.headcounts]}


async def _make_present(uow: UnitOfWork, canteen_ids: Collection[str]) -> None:
    """Bring locked canteens up to the enrolment that is valid today."""
    if not canteen_ids:
        return
    day = today(uow.now)
    await re_enrol(uow, await queries.heads(uow.session, canteen_ids, day))
    await queries.apply(uow.session, canteen_ids, day)


async def come_due(service: Service) -> int:
    """Bring canteens up to the enrolments that have become valid since; returns how many canteens. A job."""
    done = 0
    while True:
        async with service.begin() as uow:
            waiting = await queries.due(uow.session, today(uow.now), BATCH)
            await canteens.lock_all(uow.session, waiting)
            await _make_present(uow, waiting)
        done += len(waiting)
        if len(waiting) < BATCH:
            return done


async def list_enrolments(uow: UnitOfWork, canteen_id: str, paging: Paging) -> list[EnrolmentRead]:
    """Return a page of a canteen's enrolments, the oldest first; its cursor is a day."""
    await canteens.one(uow.session, canteen_id)
    rows = await queries.page(uow.session, canteen_id, paging.limit, day_of(paging))
    counts = await queries.headcounts(uow.session, canteen_id, [row.valid_from for row in rows])
    return [
        EnrolmentRead(canteen_id=canteen_id, **row._mapping, headcounts=_counts(counts.get(row.valid_from, [])))
        for row in rows
    ]


def _counts(rows: list[dict[str, Any]]) -> list[HeadcountRead]:
    return in_order([HeadcountRead(**row) for row in rows])


def cursor_of(row: EnrolmentRead) -> str:
    """Return where a page of enrolments ended."""
    return date.isoformat(row.valid_from)
