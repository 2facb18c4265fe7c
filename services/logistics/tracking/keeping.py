"""How long readings are kept: days made ahead of time, thinned after a while, forgotten in the end.

Before a trip's readings are thinned its cold-chain report is made once more and kept; it then stands as it is.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, exists, select, text

from services.logistics.coldchain import queries as coldchain
from services.logistics.coldchain.report import devices_of
from services.logistics.plans.domain import SCHOOL_TIME
from services.logistics.tracking import queries
from services.logistics.tracking.domain import holding
from services.logistics.tracking.queries import of_trip, point, trip
from services.logistics.tracking.thinning import Kept, superfluous
from shared.service import Service
from shared.unit_of_work import UnitOfWork

_BEFORE, _AHEAD = 1, 8
"""Days, counted from today, that have a partition of their own."""
_AT_ONCE = 200
_ALONE = text("SELECT pg_try_advisory_xact_lock(16015, 1)")
_DAYS = text("SELECT tablename FROM pg_tables WHERE schemaname = 'point_days'")


async def keep_days(service: Service) -> int:
    """Make partitions for the days to come, thin old days, forget the oldest; returns how many trips were thinned."""
    async with service.begin() as uow:
        if uow.dialect == "postgresql" and not await uow.session.scalar(_ALONE):
            return 0
        today = uow.now.astimezone(SCHOOL_TIME).date()
        rule = holding(await queries.all_rules(uow), today)
        oldest = today - timedelta(days=rule.keep_days)
        if uow.dialect == "postgresql":
            await _partition(uow, today, oldest)
        for table in (point, queries.state):
            await uow.session.execute(delete(table).where(table.c.day < oldest))
        old = await _to_thin(uow, today - timedelta(days=rule.thin_after_days))
        for row in old:
            await _thin(uow, row, rule.thin_s)
    return len(old)


def partition_of(day: date) -> str:
    """Return the name of a day's partition."""
    return f"point_days.d{day:%Y%m%d}"


async def _partition(uow: UnitOfWork, today: date, oldest: date) -> None:
    there = {f"point_days.{name}" for name in (await uow.session.scalars(_DAYS)).all()}
    for day in (today + timedelta(days=n) for n in range(-_BEFORE, _AHEAD + 1)):
        if partition_of(day) not in there and not await _has_other(uow, day):
            # Names and days come from a date: there is nothing to bind in DDL.
            made = f"CREATE TABLE {partition_of(day)} PARTITION OF point FOR VALUES IN ('{day}')"
            await uow.session.execute(text(made))
    last = partition_of(oldest)
    for name in sorted(name for name in there if name.startswith("point_days.d") and name < last):
        await uow.session.execute(text(f"DROP TABLE {name}"))


async def _has_other(uow: UnitOfWork, day: date) -> bool:
    """Whether readings of a day lie in the partition of all others: they stay there, and so do those that follow."""
    other = text("SELECT EXISTS (SELECT 1 FROM point_days.other WHERE day = :day)")
    return bool(await uow.session.scalar(other, {"day": day}))


async def _to_thin(uow: UnitOfWork, before: date) -> list[Any]:
    """Return trips of days before one whose readings are all there, the oldest first."""
    kept = exists().where(coldchain.report.c.trip_id == trip.c.trip_id)
    statement = select(trip).where(trip.c.day < before, trip.c.departed_at.is_not(None), ~kept)
    return list((await uow.session.execute(statement.order_by(trip.c.day, trip.c.trip_id).limit(_AT_ONCE))).all())


async def _thin(uow: UnitOfWork, row: Any, every_s: int) -> None:
    limit = (await coldchain.limits_on(uow, row.day))[row.temperature_class]
    devices = await devices_of(uow, row, limit)
    await coldchain.keep_report(uow, row.trip_id, {"devices": [one.model_dump(mode="json") for one in devices]})
    statement = select(point.c.device_id, point.c.sequence, point.c.at, point.c.temperature_c).where(*of_trip(row))
    rows = (await uow.session.execute(statement.order_by(point.c.device_id, point.c.at, point.c.sequence))).all()
    gone = superfluous((Kept(*one) for one in rows), limit, every_s)
    await _delete(uow, row, gone)


async def _delete(uow: UnitOfWork, row: Any, gone: Iterable[tuple[str, int]]) -> None:
    rows = [{"device": device_id, "number": sequence} for device_id, sequence in gone]
    if rows:
        one = (point.c.device_id == bindparam("device"), point.c.sequence == bindparam("number"))
        await uow.session.execute(delete(point).where(*of_trip(row), *one), rows)
