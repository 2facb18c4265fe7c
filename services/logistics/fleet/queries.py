"""SQL of the fleet."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, or_, select, tuple_

from services.logistics.fleet import domain
from services.logistics.fleet.models import Access, Availability, Depot, Driver, DrivingRule, SpareCapacity, Vehicle
from services.logistics.places.queries import place
from services.logistics.tables import equal_in, replacing, table_of
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

depot = table_of(Depot)
vehicle = table_of(Vehicle)
driver = table_of(Driver)
availability = table_of(Availability)
spare = table_of(SpareCapacity)
access = table_of(Access)
rule = table_of(DrivingRule)


def key_of(table: Table) -> str:
    """Return the name of a fleet table's id column."""
    (key,) = table.primary_key
    return key.name


async def present(uow: UnitOfWork, table: Table, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the rows with these ids, by id."""
    key = key_of(table)
    statement = select(table).where(table.c[key].in_(sorted(set(ids))))
    return {row[key]: dict(row) for row in (await uow.session.execute(statement)).mappings()}


async def put(uow: UnitOfWork, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows or replace those with the same id; at most one row per id."""
    if rows:
        key = key_of(table)
        await uow.session.execute(replacing(uow, table), sorted(rows, key=lambda row: str(row[key])))


async def page_of(
    uow: UnitOfWork, table: Table, page: Paging, county_code: str | None = None, **where: object
) -> list[dict[str, Any]]:
    """Return one row more than the page holds, ordered by id; `where` compares columns, None compares nothing."""
    key = table.c[key_of(table)]
    conditions = equal_in(table, where)
    if county_code is not None:
        conditions.append(in_county(table, county_code))
    if page.after is not None:
        conditions.append(key > page.after)
    statement = select(table).where(*conditions).order_by(key).limit(page.limit + 1)
    return [dict(row) for row in (await uow.session.execute(statement)).mappings()]


def in_county(table: Table, county_code: str) -> ColumnElement[bool]:
    """Return what holds for the rows of a fleet table, or of one that names a vehicle, that are of a county."""
    depots = select(depot.c.depot_id).where(depot.c.county_code == county_code)
    if table is depot:
        return depot.c.county_code == county_code
    if table in (vehicle, driver):
        return table.c.depot_id.in_(depots)
    if table is access:
        places = select(place.c.kind, place.c.place_id).where(place.c.county_code == county_code)
        return tuple_(access.c.kind, access.c.place_id).in_(places)
    vehicles = select(vehicle.c.vehicle_id).where(vehicle.c.depot_id.in_(depots))
    if table is not availability:
        return table.c.vehicle_id.in_(vehicles)
    drivers = select(driver.c.driver_id).where(driver.c.depot_id.in_(depots))
    of, subject = availability.c.kind, availability.c.subject_id
    return or_(and_(of == "vehicle", subject.in_(vehicles)), and_(of == "driver", subject.in_(drivers)))


async def vehicles_of_county(uow: UnitOfWork, county_code: str) -> list[Any]:
    """Return a county's vehicles with their depot's position, ordered by id."""
    statement = (
        select(vehicle, depot.c.lat, depot.c.lon)
        .join(depot, depot.c.depot_id == vehicle.c.depot_id)
        .where(depot.c.county_code == county_code)
        .order_by(vehicle.c.vehicle_id)
    )
    return list((await uow.session.execute(statement)).all())


async def drivers_of_county(uow: UnitOfWork, county_code: str, day: date) -> list[domain.Driver]:
    """Return a county's drivers who may drive on a day, ordered by id."""
    names = [field.name for field in fields(domain.Driver)]
    statement = (
        select(*(driver.c[name] for name in names))
        .join(depot, depot.c.depot_id == driver.c.depot_id)
        .where(depot.c.county_code == county_code)
        .order_by(driver.c.driver_id)
    )
    found = [domain.Driver(*row) for row in (await uow.session.execute(statement)).all()]
    return [one for one in found if domain.fit_to_drive(one, day)]


async def driving_rules(uow: UnitOfWork) -> list[domain.DrivingRule]:
    """Return what was said of drivers' days, by day; there is little."""
    names = [field.name for field in fields(domain.DrivingRule)]
    rows = await uow.session.execute(select(*(rule.c[name] for name in names)).order_by(rule.c.valid_from))
    return [domain.DrivingRule(*row) for row in rows.all()]


async def hours_of(uow: UnitOfWork, day: date) -> dict[tuple[str, str], Any]:
    """Return when vehicles and drivers can go on a day, by (kind, id); who is not among them can all day."""
    rows = (await uow.session.execute(select(availability).where(availability.c.day == day))).all()
    return {(row.kind, row.subject_id): row for row in rows}


async def spare_of(uow: UnitOfWork, day: date) -> dict[str, Any]:
    """Return what villages' own vehicles offer on a day, by vehicle."""
    rows = (await uow.session.execute(select(spare).where(spare.c.day == day))).all()
    return {row.vehicle_id: row for row in rows}


async def access_of(uow: UnitOfWork, place_ids: Iterable[str]) -> dict[tuple[str, str], Any]:
    """Return how places are reached, by (kind, id), of those that somebody has told of."""
    statement = select(access).where(access.c.place_id.in_(sorted(set(place_ids))))
    return {(row.kind, row.place_id): row for row in (await uow.session.execute(statement)).all()}
