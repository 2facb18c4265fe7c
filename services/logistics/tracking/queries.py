"""SQL of tracking: a batch of readings is a fixed number of statements, however many readings it holds."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, bindparam, or_, select, text, tuple_, update

from services.logistics.tables import insert_into, replacing, table_of
from services.logistics.tracking.domain import Rule
from services.logistics.tracking.models import Point, TrackingRule, TripState
from services.logistics.trips.models import Trip
from shared.prepared import Prepared, among, listed
from shared.unit_of_work import UnitOfWork

point = table_of(Point)
state = table_of(TripState)
rule = table_of(TrackingRule)
trip = table_of(Trip)

_RULE = [rule.c[field.name] for field in fields(Rule)]
_POINT_TYPES = {
    "day": "date",
    "trip_id": "text",
    "device_id": "text",
    "sequence": "integer",
    "at": "timestamptz",
    "lat": "float8",
    "lon": "float8",
    "speed_kmh": "float8",
    "temperature_c": "float8",
}
POINT_COLUMNS = tuple(_POINT_TYPES)


def _unnested(_dialect: str) -> Any:
    arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in _POINT_TYPES.items())
    names = ", ".join(POINT_COLUMNS)
    added = f"INSERT INTO point ({names}) SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING RETURNING 1"  # noqa: S608
    return text(f"WITH added AS ({added}) SELECT count(*) AS added FROM added").columns(added=Integer())  # noqa: S608


_ADD = Prepared(_unnested)


async def add(uow: UnitOfWork, columns: Mapping[str, Sequence[Any]]) -> int:
    """Insert readings, given column by column; return how many were new.

    On PostgreSQL it is one statement over arrays: its text is the same for any number of rows.
    """
    if uow.dialect == "postgresql":
        (row,) = await uow.session.run(_ADD, columns)
        return int(row[0])
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    statement = insert_into(uow, point).on_conflict_do_nothing().returning(point.c.sequence)
    return len((await uow.session.scalars(statement, rows)).all())


def of_trip(row: Any) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a trip's readings (its row): they lie in its day."""
    return point.c.day == row.day, point.c.trip_id == row.trip_id


async def page_of(uow: UnitOfWork, row: Any, limit: int, after: tuple[str, int] | None) -> list[Any]:
    """Return readings of a trip (its row) after a (device, sequence), in that order."""
    statement = select(point).where(*of_trip(row))
    if after is not None:
        statement = statement.where(tuple_(point.c.device_id, point.c.sequence) > after)
    ordered = statement.order_by(point.c.device_id, point.c.sequence).limit(limit)
    return list((await uow.session.execute(ordered)).all())


async def track_of(uow: UnitOfWork, row: Any, since: datetime, until: datetime) -> list[Any]:
    """Return (at, lat, lon) of a trip's readings between two instants, in order of time."""
    statement = select(point.c.at, point.c.lat, point.c.lon).where(
        *of_trip(row), point.c.at >= since, point.c.at <= until
    )
    return list((await uow.session.execute(statement.order_by(point.c.at, point.c.sequence))).all())


class Followed(NamedTuple):
    """What following and watching need to know of a trip."""

    trip_id: str
    day: date
    county_code: str
    vehicle_id: str
    temperature_class: str
    departed_at: datetime
    completed_at: datetime | None


class State(NamedTuple):
    """What the board showed of a trip last."""

    trip_id: str
    device_id: str
    at: datetime
    lat: float
    lon: float
    speed_kmh: float | None
    temperature_c: float | None
    temperature_at: datetime | None
    stops: list[dict[str, Any]]
    reached: list[dict[str, Any]]


@Prepared
def _drives(dialect: str) -> Select[Any]:
    return select(trip.c.trip_id, trip.c.vehicle_id, trip.c.departed_at, trip.c.completed_at).where(
        among(dialect, trip.c.vehicle_id, "vehicles"),
        trip.c.day >= bindparam("first_day"),
        or_(trip.c.departed_at.is_not(None), trip.c.status == "planned"),
    )


@Prepared
def _lock(dialect: str) -> Select[Any]:
    wanted = select(*(trip.c[name] for name in Followed._fields)).where(among(dialect, trip.c.trip_id, "trips"))
    return wanted.order_by(trip.c.trip_id).with_for_update()


@Prepared
def _states(dialect: str) -> Select[Any]:
    return select(*(state.c[name] for name in State._fields)).where(among(dialect, state.c.trip_id, "trips"))


_RULES = Prepared(lambda _: select(*_RULE).order_by(rule.c.valid_from))


async def drives_of(uow: UnitOfWork, vehicles: Collection[str], first_day: date) -> list[Sequence[Any]]:
    """Return (trip_id, vehicle_id, departed_at, completed_at) of vehicles' departed and planned trips from a day on."""
    return await uow.session.run(_drives, {"vehicles": listed(uow.dialect, vehicles), "first_day": first_day})


async def lock_followed(uow: UnitOfWork, trips: Collection[str]) -> list[Followed]:
    """Lock the rows of trips, in a fixed order, and return them."""
    return [Followed(*row) for row in await uow.session.run(_lock, {"trips": listed(uow.dialect, trips)})]


async def states_of(uow: UnitOfWork, trips: Collection[str]) -> dict[str, State]:
    """Return the states of trips that have one, by trip."""
    rows = await uow.session.run(_states, {"trips": listed(uow.dialect, trips)})
    return {row[0]: State(*row) for row in rows}


async def all_rules(uow: UnitOfWork) -> list[Rule]:
    """Return what was said about following trips, by day; there is little."""
    return [Rule(*row) for row in await uow.session.run(_RULES, {})]


_STATE_TYPES = {
    "trip_id": "text",
    "county_code": "text",
    "day": "date",
    "device_id": "text",
    "at": "timestamptz",
    "lat": "float8",
    "lon": "float8",
    "speed_kmh": "float8",
    "temperature_c": "float8",
    "temperature_at": "timestamptz",
    "stops": "text",
    "reached": "text",
    "changed_at": "timestamptz",
}
_STATE_LISTS = ("stops", "reached")


def _states_unnested(_dialect: str) -> Any:
    arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in _STATE_TYPES.items())
    names = ", ".join(_STATE_TYPES)
    read = ", ".join(f"CAST({name} AS json)" if name in _STATE_LISTS else name for name in _STATE_TYPES)
    told = ", ".join(f"{name} = excluded.{name}" for name in _STATE_TYPES if name != "trip_id")
    rows = f"SELECT {read} FROM unnest({arrays}) AS row ({names})"  # noqa: S608 (names come from the code)
    return text(f"INSERT INTO trip_state ({names}) {rows} ON CONFLICT (trip_id) DO UPDATE SET {told}")


_PUT_STATES = Prepared(_states_unnested)


async def put_states(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    """Write states of locked trips."""
    if rows and uow.dialect == "postgresql":
        columns = {name: [row[name] for row in rows] for name in _STATE_TYPES}
        lists = {name: [json.dumps(row[name]) for row in rows] for name in _STATE_LISTS}
        await uow.session.run(_PUT_STATES, columns | lists)
    elif rows:
        await uow.session.execute(replacing(uow, state), list(rows))


async def touch(uow: UnitOfWork, trip_id: str) -> None:
    """Have the board told of a trip again."""
    await uow.session.execute(update(state).where(state.c.trip_id == trip_id).values(changed_at=uow.now))


_SHOWN = select(state, trip.c.vehicle_id, trip.c.driver_id, trip.c.temperature_class, trip.c.status, trip.c.departed_at)
_SHOWN = _SHOWN.join(trip, trip.c.trip_id == state.c.trip_id)


async def board_of(uow: UnitOfWork, county_code: str | None, day: date) -> list[Any]:
    """Return the states of a day's trips with what the board shows of them, by trip."""
    statement = _SHOWN.where(state.c.day == day)
    if county_code is not None:
        statement = statement.where(state.c.county_code == county_code)
    return list((await uow.session.execute(statement.order_by(state.c.trip_id).limit(1000))).all())


async def under_way(uow: UnitOfWork, since: date) -> list[Any]:
    """Return the states of trips of a day, or later, that are on their way, with what the board shows of them."""
    return list((await uow.session.execute(_SHOWN.where(state.c.day >= since, trip.c.status == "departed"))).all())


async def changed_since(
    uow: UnitOfWork, county_code: str | None, since: datetime, limit: int, after: tuple[datetime, str] | None
) -> list[Any]:
    """Return the states that have changed since an instant, the oldest change first, or those after a (changed_at,
    trip)."""
    statement = _SHOWN.where(state.c.changed_at >= since)
    if after is not None:
        statement = statement.where(tuple_(state.c.changed_at, state.c.trip_id) > after)
    if county_code is not None:
        statement = statement.where(state.c.county_code == county_code)
    return list((await uow.session.execute(statement.order_by(state.c.changed_at, state.c.trip_id).limit(limit))).all())
