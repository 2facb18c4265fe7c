"""SQL of the cold chain."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, insert, or_, select, update

from services.logistics.coldchain.domain import Limit, Reading, holding
from services.logistics.coldchain.models import ColdChainAlarm, ColdChainReport, TemperatureLimit
from services.logistics.consignments import rides
from services.logistics.consignments.models import Consignment
from services.logistics.consignments.rides import ride
from services.logistics.devices.models import Device
from services.logistics.tables import insert_into, replacing, table_of
from services.logistics.tracking.models import TripState
from services.logistics.tracking.queries import of_trip, point
from services.logistics.trips.models import Trip
from shared.errors import NotFound
from shared.prepared import Prepared, among, listed
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

limit = table_of(TemperatureLimit)
alarm = table_of(ColdChainAlarm)
report = table_of(ColdChainReport)
state = table_of(TripState)
trip = table_of(Trip)
device = table_of(Device)
consignment = table_of(Consignment)

_LIMIT = [limit.c[field.name] for field in fields(Limit)]


_LIMITS = Prepared(lambda _: select(*_LIMIT).order_by(limit.c.temperature_class, limit.c.valid_from))
_ALARMED = Prepared(lambda dialect: select(alarm.c.trip_id).where(among(dialect, alarm.c.trip_id, "trips")).distinct())


async def all_limits(uow: UnitOfWork) -> list[Limit]:
    """Return what was said about limits, by class and day; there are few."""
    return [Limit(*row) for row in await uow.session.run(_LIMITS, {})]


async def alarmed(uow: UnitOfWork, trips: Collection[str]) -> set[str]:
    """Return those of the trips that have alarms; hardly any has."""
    return {row[0] for row in await uow.session.run(_ALARMED, {"trips": listed(uow.dialect, trips)})}


async def limits_on(uow: UnitOfWork, day: date) -> dict[str, Limit]:
    """Return the limit of each temperature class that holds on a day."""
    return holding(await all_limits(uow), day)


async def put_limits(uow: UnitOfWork, limits: Sequence[Limit]) -> None:
    """Write limits; one of the same class and day is replaced."""
    if limits:
        await uow.session.execute(replacing(uow, limit), [asdict(one) for one in limits])


def _around(_dialect: str) -> Select[Any]:
    here = (
        point.c.day == bindparam("day"),
        point.c.trip_id == bindparam("trip"),
        point.c.device_id == bindparam("device"),
        point.c.temperature_c.is_not(None),
    )
    inside = point.c.temperature_c.between(bindparam("low_c"), bindparam("high_c"))
    last = select(func.max(point.c.at)).where(*here, inside, point.c.at < bindparam("since")).scalar_subquery()
    first = select(func.min(point.c.at)).where(*here, inside, point.c.at > bindparam("until")).scalar_subquery()
    return (
        select(point.c.at, point.c.temperature_c)
        .where(*here)
        .where(point.c.at >= func.coalesce(last, bindparam("ever", type_=point.c.at.type)))
        .where(point.c.at <= func.coalesce(first, bindparam("never", type_=point.c.at.type)))
        .order_by(point.c.at, point.c.sequence)
    )


_AROUND = Prepared(_around)
_EVER, _NEVER = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
_UNBOUND_C = 1_000.0


async def readings_around(
    uow: UnitOfWork, row: Any, device_id: str, within: Limit, since: datetime, until: datetime
) -> list[Reading]:
    """Return a device's temperatures from the last inside the limit before `since` to the first inside after `until`.

    Every run of readings outside the limit that touches the span lies in them, whatever came late. `row` is the trip's.
    """
    given = {
        "day": row.day,
        "trip": row.trip_id,
        "device": device_id,
        "low_c": -_UNBOUND_C if within.low_c is None else within.low_c,
        "high_c": _UNBOUND_C if within.high_c is None else within.high_c,
        "since": since,
        "until": until,
        "ever": _EVER,
        "never": _NEVER,
    }
    return [Reading(*one) for one in await uow.session.run(_AROUND, given)]


async def readings_of(uow: UnitOfWork, row: Any) -> list[Any]:
    """Return (device_id, at, temperature_c) of all of a trip's temperatures, by device and time."""
    statement = select(point.c.device_id, point.c.at, point.c.temperature_c)
    statement = statement.where(*of_trip(row), point.c.temperature_c.is_not(None))
    ordered = statement.order_by(point.c.device_id, point.c.at, point.c.sequence)
    return list((await uow.session.execute(ordered)).all())


async def told_between(uow: UnitOfWork, row: Any, since: datetime, until: datetime) -> list[datetime]:
    """Return when a trip's temperatures were measured after an instant and up to another, by any device, in order."""
    here = (*of_trip(row), point.c.temperature_c.is_not(None), point.c.at > since, point.c.at <= until)
    statement = select(point.c.at).where(*here).distinct().order_by(point.c.at)
    return list((await uow.session.scalars(statement)).all())


async def quiet_trips(uow: UnitOfWork, before: datetime, trip_id: str | None = None) -> list[Any]:
    """Return the cooled trips on their way whose last temperature is from before an instant, with when it is from.

    Only those whose vehicle has a device, or that have told something: where there is no sensor, none falls silent.
    """
    last = func.coalesce(state.c.temperature_at, trip.c.departed_at)
    has_device = exists().where(device.c.vehicle_id == trip.c.vehicle_id)
    told_before = exists().where(
        alarm.c.trip_id == trip.c.trip_id,
        alarm.c.kind == "silence",
        alarm.c.until.is_(None),
        alarm.c.lifted_at.is_(None),
    )
    statement = (
        select(trip, last.label("heard_at"))
        .outerjoin(state, state.c.trip_id == trip.c.trip_id)
        .where(trip.c.status == "departed", trip.c.temperature_class != "ambient", last < before)
        .where(or_(has_device, state.c.temperature_at.is_not(None)), ~told_before)
    )
    if trip_id is not None:
        statement = statement.where(trip.c.trip_id == trip_id)
    return list((await uow.session.execute(statement.order_by(trip.c.trip_id))).all())


async def alarms_of(uow: UnitOfWork, trips: Collection[str]) -> list[Any]:
    """Return the alarms of trips, in order of time."""
    statement = select(alarm).where(alarm.c.trip_id.in_(sorted(trips)))
    return list((await uow.session.execute(statement.order_by(alarm.c.since, alarm.c.alarm_id))).all())


async def alarms_page(
    uow: UnitOfWork, page: Paging, county_code: str | None, trip_id: str | None, waiting: bool | None
) -> list[Any]:
    """Return one alarm more than the page holds, ordered by id; `waiting`: neither acknowledged nor lifted."""
    statement = select(alarm, trip.c.county_code, trip.c.vehicle_id, trip.c.temperature_class)
    statement = statement.join(trip, trip.c.trip_id == alarm.c.trip_id)
    open_ = and_(alarm.c.acknowledged_at.is_(None), alarm.c.lifted_at.is_(None))
    wanted = [] if county_code is None else [trip.c.county_code == county_code]
    wanted += [] if trip_id is None else [alarm.c.trip_id == trip_id]
    wanted += [] if waiting is None else [open_ if waiting else ~open_]
    wanted += [] if page.after is None else [alarm.c.alarm_id > page.after]
    ordered = statement.where(*wanted).order_by(alarm.c.alarm_id).limit(page.limit + 1)
    return list((await uow.session.execute(ordered)).all())


async def lock_alarm(uow: UnitOfWork, alarm_id: str) -> Any:
    """Lock an alarm and return it; NotFound names the id."""
    row = (await uow.session.execute(select(alarm).where(alarm.c.alarm_id == alarm_id).with_for_update())).first()
    if row is None:
        raise NotFound("alarm", alarm_id, field="alarm_id")
    return row


async def add_alarm(uow: UnitOfWork, row: dict[str, Any]) -> None:
    """Insert an alarm."""
    await uow.session.execute(insert(alarm).values(row))


async def change_alarm(uow: UnitOfWork, alarm_id: str, **values: Any) -> None:
    """Write what an alarm is now known to have been, or what became of it."""
    await uow.session.execute(update(alarm).where(alarm.c.alarm_id == alarm_id).values(values))


async def aboard_between(uow: UnitOfWork, trip_id: str, since: datetime, until: datetime | None) -> list[str]:
    """Lock the cooled consignments that were on board at some time of a span, wherever they are by now; return their
    orders."""
    on_board = and_(
        consignment.c.trip_id == trip_id,
        consignment.c.loaded_at.is_not(None),
        or_(consignment.c.arrived_at.is_(None), consignment.c.arrived_at >= since),
    )
    if until is not None:
        on_board = and_(on_board, consignment.c.loaded_at <= until)
    if gone := await rides.rode_on(uow, trip_id, since, until):
        on_board = or_(on_board, consignment.c.order_id.in_(gone))
    aboard = select(consignment.c.order_id).where(on_board, consignment.c.temperature_class != "ambient")
    return list((await uow.session.scalars(aboard.order_by(consignment.c.order_id).with_for_update())).all())


async def hold(uow: UnitOfWork, orders: Iterable[str]) -> None:
    """Mark locked consignments held: they are to be inspected when they are received."""
    held = list(orders)
    if held:
        await uow.session.execute(update(consignment).where(consignment.c.order_id.in_(held)).values(hold=True))


async def let_go(uow: UnitOfWork, trip_id: str) -> None:
    """Take the hold from those consignments that are or were on a trip, not received yet, on which no alarm of any of
    their trips lies any more."""
    here = consignment.c.trip_id == trip_id
    if gone := await rides.rode_on(uow, trip_id):
        here = or_(here, consignment.c.order_id.in_(gone))
    mine = select(consignment.c.order_id).where(
        here, consignment.c.hold.is_(True), consignment.c.status.in_(("waiting", "loaded", "arrived"))
    )
    held = list((await uow.session.scalars(mine.order_by(consignment.c.order_id).with_for_update())).all())
    # Asked behind the lock: another of its trips may have been warm meanwhile.
    free = select(consignment.c.order_id).where(consignment.c.order_id.in_(held), *_without_alarm())
    if held and (orders := list((await uow.session.scalars(free)).all())):
        await uow.session.execute(update(consignment).where(consignment.c.order_id.in_(orders)).values(hold=False))


def _without_alarm() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that no alarm lies on a consignment, neither of its trip nor of those before."""
    on_it = and_(
        alarm.c.trip_id == consignment.c.trip_id,
        alarm.c.lifted_at.is_(None),
        or_(consignment.c.arrived_at.is_(None), alarm.c.since <= consignment.c.arrived_at),
        or_(alarm.c.until.is_(None), alarm.c.until >= consignment.c.loaded_at),
    )
    before = and_(
        ride.c.order_id == consignment.c.order_id,
        alarm.c.trip_id == ride.c.trip_id,
        alarm.c.lifted_at.is_(None),
        alarm.c.since <= ride.c.left_at,
        or_(alarm.c.until.is_(None), alarm.c.until >= ride.c.loaded_at),
    )
    return ~exists().where(on_it), ~exists().where(before)


async def kept_report(uow: UnitOfWork, trip_id: str) -> Any | None:
    """Return what was kept of a trip's report before its readings were thinned, None before that."""
    return await uow.session.scalar(select(report.c.report).where(report.c.trip_id == trip_id))


async def keep_report(uow: UnitOfWork, trip_id: str, kept: dict[str, Any]) -> None:
    """Keep a trip's report; one that was kept before stays."""
    row = {"trip_id": trip_id, "made_at": uow.now, "report": kept}
    await uow.session.execute(insert_into(uow, report).values(row).on_conflict_do_nothing())


async def count_unseen(uow: UnitOfWork, kind: str) -> int:
    """Return how many alarms of a kind nobody has acknowledged, lifted ones aside."""
    unseen = (alarm.c.kind == kind, alarm.c.lifted_at.is_(None), alarm.c.acknowledged_at.is_(None))
    return int(await uow.session.scalar(select(func.count()).select_from(alarm).where(*unseen)))
