"""Routes of the ageing list: the cooperative is paid, its households are not yet."""

from typing import Annotated

from fastapi import Depends, Query, Response

from services.farmers.ageing import queries
from services.farmers.ageing.domain import BUCKETS, Place
from services.farmers.ageing.schemas import AgeingList, AgeingTotals, WaitingRead
from services.farmers.cooperatives import queries as cooperatives
from services.farmers.days import today
from services.farmers.office import csv_answer, yuan
from services.farmers.statements.domain import Cursor, cursor
from shared.errors import DomainError
from shared.fields import Code, Id
from shared.routing import UoW, service_router
from shared.tabular import write_table

MOST_ROWS = 100_000
"""Rows of a file."""
router = service_router(prefix="/ageing", tags=["ageing"])


async def _place(
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
    cooperative_id: Annotated[Id | None, Query()] = None,
) -> Place:
    if county_code is None and cooperative_id is None:
        raise DomainError("county-or-cooperative", "name a county or a cooperative", field="county_code")
    return Place(county_code, cooperative_id)


Asked = Annotated[Place, Depends(_place)]


@router.get("")
async def list_waiting(
    uow: UoW,
    place: Asked,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")] = None,
) -> AgeingList:
    """List households whose cooperative was paid and did not pass it on, the longest first, with the sums of all."""
    await _require(uow, place)
    day = today(uow.now)
    rows = await queries.page(uow.session, place, day, limit, _after(after))
    items = [WaitingRead.of(row, day) for row in rows]
    last = items[-1] if len(items) == limit else None
    return AgeingList(
        on=day,
        county_code=place.county_code,
        cooperative_id=place.cooperative_id,
        totals=AgeingTotals.of(await queries.totals(uow.session, place, day)),
        items=items,
        next=None if last is None else f"{Cursor(last.since, last.household_id)}~{last.cooperative_id}",
    )


@router.get("/export", response_class=Response)
async def export_waiting(uow: UoW, place: Asked) -> Response:
    """Return the list as a CSV file for office programs, in Chinese: a line a household, the longest first."""
    await _require(uow, place)
    day = today(uow.now)
    rows = [WaitingRead.of(row, day) for row in await queries.page(uow.session, place, day, MOST_ROWS, None)]
    spans = [f"{each.from_day}–{each.until_day}天（元）" for each in BUCKETS[:-1]]
    columns = ("合作社", "农户", "脱贫户", "合作社收款日", "等待天数", "结算单数", "待付（元）", *spans)
    return csv_answer(write_table((*columns, f"{BUCKETS[-1].from_day}天以上（元）"), map(_line, rows)), "ageing.csv")


async def _require(uow: UoW, place: Place) -> None:
    if place.cooperative_id is not None:
        await cooperatives.one(uow.session, place.cooperative_id)


def _line(row: WaitingRead) -> tuple[str, ...]:
    named = (row.cooperative_id, row.household_id, "是" if row.poor else "否")
    waits = (str(row.since), str(row.waiting_days), str(row.settlements))
    return (*named, *waits, yuan(row.amount_fen), *(yuan(fen) for fen in row.buckets_fen))


def _after(text: str | None) -> tuple[Cursor, str] | None:
    known = cursor(text)
    if known is None:
        return None
    household_id, _, cooperative_id = known.key.partition("~")
    return Cursor(known.day, household_id), cooperative_id
