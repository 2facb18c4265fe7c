"""SQL of tracking."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, tuple_, update

from services.logistics.consignments.models import Consignment
from services.logistics.tables import insert_into, table_of
from services.logistics.tracking.domain import Reading, limit_of
from services.logistics.tracking.models import Excursion, Point
from shared.unit_of_work import UnitOfWork

point = table_of(Point)
excursion = table_of(Excursion)
consignment = table_of(Consignment)


async def add(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> set[int]:
    """Insert readings of one device and trip; return the sequences that were new."""
    statement = insert_into(uow, point).on_conflict_do_nothing().returning(point.c.sequence)
    return set((await uow.session.scalars(statement, list(rows))).all())


async def page_of(uow: UnitOfWork, trip_id: str, limit: int, after: tuple[str, int] | None) -> list[Any]:
    """Return readings of a trip after a (device, sequence), in that order."""
    statement = select(point).where(point.c.trip_id == trip_id)
    if after is not None:
        statement = statement.where(tuple_(point.c.device_id, point.c.sequence) > after)
    ordered = statement.order_by(point.c.device_id, point.c.sequence).limit(limit)
    return list((await uow.session.execute(ordered)).all())


async def readings_around(
    uow: UnitOfWork, trip_id: str, device_id: str, temperature_class: str, since: datetime, until: datetime
) -> list[Reading]:
    """Return a device's temperatures from the last inside the limit before `since` to the first inside after `until`.

    Every run of readings outside the limit that touches the span lies in them, whatever came late.
    """
    low, high = limit_of(temperature_class)
    inside = [point.c.temperature_c >= low] if low is not None else []
    inside += [point.c.temperature_c <= high] if high is not None else []
    here = (point.c.trip_id == trip_id, point.c.device_id == device_id, point.c.temperature_c.is_not(None))
    edges = select(
        select(func.max(point.c.at)).where(*here, *inside, point.c.at < since).scalar_subquery().label("before"),
        select(func.min(point.c.at)).where(*here, *inside, point.c.at > until).scalar_subquery().label("after"),
    )
    edge = (await uow.session.execute(edges)).one()
    span = [point.c.at >= edge.before] if edge.before is not None else []
    span += [point.c.at <= edge.after] if edge.after is not None else []
    statement = select(point.c.at, point.c.temperature_c).where(*here, *span)
    rows = await uow.session.execute(statement.order_by(point.c.at, point.c.sequence))
    return [Reading(row.at, row.temperature_c) for row in rows.all()]


async def excursions_of(uow: UnitOfWork, trip_id: str) -> list[Any]:
    """Return the trip's excursions told so far, in order of time."""
    statement = select(excursion).where(excursion.c.trip_id == trip_id)
    return list((await uow.session.execute(statement.order_by(excursion.c.since, excursion.c.device_id))).all())


async def add_excursion(uow: UnitOfWork, row: dict[str, Any]) -> None:
    """Insert an excursion."""
    await uow.session.execute(insert(excursion).values(row))


async def widen_excursion(uow: UnitOfWork, excursion_id: str, values: dict[str, Any]) -> None:
    """Write what an excursion is now known to have been."""
    await uow.session.execute(update(excursion).where(excursion.c.excursion_id == excursion_id).values(values))


async def hold(uow: UnitOfWork, trip_id: str, since: datetime, until: datetime) -> list[str]:
    """Mark the cooled consignments that were on board at some time of a span; return their orders."""
    on_board = and_(
        consignment.c.trip_id == trip_id,
        consignment.c.temperature_class != "ambient",
        consignment.c.loaded_at <= until,
        or_(consignment.c.arrived_at.is_(None), consignment.c.arrived_at >= since),
    )
    aboard = select(consignment.c.order_id).where(on_board).order_by(consignment.c.order_id).with_for_update()
    orders = list((await uow.session.scalars(aboard)).all())
    if orders:
        await uow.session.execute(update(consignment).where(consignment.c.order_id.in_(orders)).values(hold=True))
    return orders
