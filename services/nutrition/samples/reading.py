"""What people read of samples, and what is due."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from services.nutrition.canteens import queries as canteens
from services.nutrition.days import today
from services.nutrition.limits import MISSING_DAYS
from services.nutrition.samples import queries
from services.nutrition.samples.domain import State, alarm_of, keep_until
from services.nutrition.samples.schemas import (
    BadlyKept,
    DueRead,
    HoldRead,
    MissingSample,
    ReadingRead,
    SampleRead,
    Some,
)
from services.nutrition.servings import queries as servings
from shared.errors import DomainError
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def of_rows(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> list[SampleRead]:
    """Return samples with what they are held for; what is no longer there is held for nothing."""
    holds = await queries.holds(uow.session, {row.meal_id for row in rows if row.state == State.KEPT}) if rows else {}
    read = []
    for row in rows:
        held = holds.get(row.meal_id, []) if row.state == State.KEPT else []
        held_for = [HoldRead(kind=hold.kind, id=hold.id) for hold in held]
        read.append(SampleRead(**row._mapping, keep_until=keep_until(row.taken_at), held_for=held_for))
    return read


async def read_sample(uow: UnitOfWork, sample_id: str) -> SampleRead:
    """Return a sample."""
    return (await of_rows(uow, [await queries.one(uow.session, sample_id)]))[0]


async def list_samples(
    uow: UnitOfWork, paging: Paging, lot_id: str | None, county_code: str | None, **where: Any
) -> list[SampleRead]:
    """Return a page of samples whose columns have these values, of meals cooked from a lot, of a county."""
    return await of_rows(uow, await queries.page(uow.session, paging.limit, paging.after, where, lot_id, county_code))


async def due(uow: UnitOfWork, canteen_id: str | None, county_code: str | None, limit: int) -> DueRead:
    """Return what is to be done about the samples of a canteen or a county; lists hold the first `limit` each."""
    if canteen_id is None and county_code is None:
        raise DomainError("scope-missing", "name a canteen or a county", field="canteen_id")
    if canteen_id is not None:
        await canteens.one(uow.session, canteen_id, "canteen_id")
    kept = await of_rows(uow, await queries.kept(uow.session, canteen_id, county_code))
    ready = [sample for sample in kept if sample.keep_until <= uow.now]
    waiting = [sample.keep_until for sample in kept if sample.keep_until > uow.now]
    missing = await _missing(uow, canteen_id, county_code)
    warm = badly_kept(kept, await queries.latest_readings(uow.session, canteen_id, county_code))
    free = [sample for sample in ready if not sample.held_for]
    held = [sample for sample in kept if sample.held_for]
    return DueRead(
        now=uow.now,
        discardable=Some(total=len(free), items=free[:limit]),
        held=Some(total=len(held), items=held[:limit]),
        out_of_range=Some(total=len(warm), items=warm[:limit]),
        missing=Some(total=len(missing), items=missing[:limit]),
        waiting=len(waiting),
        next_at=min(waiting, default=None),
    )


async def _missing(uow: UnitOfWork, canteen_id: str | None, county_code: str | None) -> list[MissingSample]:
    last = today(uow.now)
    first = last - timedelta(days=MISSING_DAYS.value)
    there = await queries.dishes_of_days(uow.session, first, canteen_id, county_code)
    return [
        MissingSample(meal_id=row.meal_id, canteen_id=row.canteen_id, day=row.day, meal=row.meal, dish_code=dish)
        for row in await servings.of_days(uow.session, first, last, canteen_id, county_code)
        for dish in row.dish_codes
        if (row.meal_id, dish) not in there
    ]


def badly_kept(kept: Sequence[SampleRead], latest: dict[tuple[str, str], tuple[datetime, float]]) -> list[BadlyKept]:
    """A sample is judged by the last look at its place since it was put there."""
    found = []
    for sample in kept:
        own = (sample.taken_at, sample.temperature_c)
        at, temperature_c = max(own, latest.get((sample.canteen_id, sample.place), own))
        alarm = alarm_of(temperature_c)
        if alarm is not None:
            found.append(BadlyKept(sample=sample, alarm=alarm, latest_c=temperature_c, measured_at=at))
    return found


def of_reading(row: Row[Any]) -> ReadingRead:
    """Return a reading with its alarm."""
    return ReadingRead(**row._mapping, alarm=alarm_of(row.temperature_c))


def cursor_of(one: ReadingRead) -> str:
    """Return where a page of readings ended."""
    return f"{one.measured_at.isoformat().replace('+00:00', 'Z')}|{one.place}"


async def list_readings(uow: UnitOfWork, paging: Paging, canteen_id: str) -> list[ReadingRead]:
    """Return a page of what was read in a canteen; the cursor is `instant|place`."""
    await canteens.one(uow.session, canteen_id, "canteen_id")
    rows = await queries.readings_page(uow.session, canteen_id, paging.limit, _place(paging.after))
    return [of_reading(row) for row in rows]


def _place(after: str | None) -> tuple[datetime, str] | None:
    if after is None:
        return None
    instant, _, place = after.partition("|")
    try:
        at = datetime.fromisoformat(instant)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 2000 <= at.year < 3000:
        raise DomainError("cursor", "after is what `next` named", field="after")
    return at, place
