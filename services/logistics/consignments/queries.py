"""SQL of consignments: event batches are a fixed number of statements, whatever their size."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, or_, select, update

from services.logistics.consignments.domain import Status
from services.logistics.consignments.models import CancelledOrder, Consignment, ConsignmentLine, ConsignmentLot
from services.logistics.tables import equal_in, insert_into, table_of
from services.logistics.tracking.models import TripState
from services.logistics.trips.models import TripStop
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

consignment = table_of(Consignment)
line = table_of(ConsignmentLine)
lot = table_of(ConsignmentLot)
cancelled = table_of(CancelledOrder)
stop = table_of(TripStop)
state = table_of(TripState)


async def upsert_confirmed(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> set[str]:
    """Keep confirmations of a higher version than known; return the orders that were taken.

    One that waits or was dropped is what the row says now; one that is loaded keeps its place.
    """
    statement = insert_into(uow, consignment)
    told = statement.excluded
    # Not `in_`: its expanding parameter cannot go with many rows.
    on_the_ground = or_(consignment.c.status == Status.WAITING.value, consignment.c.status == Status.CANCELLED.value)
    statement = statement.on_conflict_do_update(
        index_elements=[consignment.c.order_id],
        set_={
            "version": told.version,
            "confirmed_g": told.confirmed_g,
            "temperature_class": told.temperature_class,
            "status": case((on_the_ground, told.status), else_=consignment.c.status),
        },
        where=told.version > consignment.c.version,
    )
    taken = await uow.session.scalars(statement.returning(consignment.c.order_id), list(rows))
    return set(taken.all())


async def replace_lines(uow: UnitOfWork, orders: Collection[str], rows: Sequence[dict[str, Any]]) -> None:
    """Set what is confirmed of the orders' lines; lines not named any more are confirmed with 0 g."""
    await uow.session.execute(update(line).where(line.c.order_id.in_(sorted(orders))).values(confirmed_g=0))
    if not rows:
        return
    statement = insert_into(uow, line)
    statement = statement.on_conflict_do_update(
        index_elements=[line.c.order_id, line.c.line_id],
        set_={"confirmed_g": statement.excluded.confirmed_g},
    )
    await uow.session.execute(statement, list(rows))


async def cancelled_in(uow: UnitOfWork, orders: Collection[str]) -> dict[str, int]:
    """Return the highest version in which each of the orders was cancelled, if it was."""
    statement = select(cancelled.c.order_id, cancelled.c.version).where(cancelled.c.order_id.in_(sorted(orders)))
    return {order_id: version for order_id, version in (await uow.session.execute(statement)).all()}


async def cancel(uow: UnitOfWork, order_id: str, version: int) -> bool:
    """Cancel a consignment that waits under a lower version, and remember it for confirmations that are still to come.

    False when there was nothing to cancel.
    """
    statement = insert_into(uow, cancelled).values(order_id=order_id, version=version, cancelled_at=uow.now)
    newer = {"version": statement.excluded.version, "cancelled_at": statement.excluded.cancelled_at}
    statement = statement.on_conflict_do_update(
        index_elements=[cancelled.c.order_id], set_=newer, where=cancelled.c.version < statement.excluded.version
    )
    await uow.session.execute(statement)
    waits = and_(
        consignment.c.order_id == order_id, consignment.c.status == Status.WAITING, consignment.c.version < version
    )
    done = await uow.session.execute(update(consignment).where(waits).values(status=Status.CANCELLED.value))
    return bool(done.rowcount)


async def lock_one(uow: UnitOfWork, order_id: str) -> Any | None:
    """Lock and return the consignment of an order, None when there is none."""
    statement = select(consignment).where(consignment.c.order_id == order_id).with_for_update()
    return (await uow.session.execute(statement)).first()


async def give_up(uow: UnitOfWork, order_id: str) -> None:
    """Mark a locked consignment given up."""
    given_up = update(consignment).where(consignment.c.order_id == order_id).values(status=Status.GIVEN_UP.value)
    await uow.session.execute(given_up)


_LINES = select(line).where(line.c.order_id.in_(bindparam("orders", expanding=True)))
_LINES = _LINES.order_by(line.c.order_id, line.c.line_id)
_LOTS = select(lot).where(lot.c.order_id.in_(bindparam("orders", expanding=True)))
_LOTS = _LOTS.order_by(lot.c.order_id, lot.c.line_id, lot.c.lot_id)


async def lines_of(uow: UnitOfWork, orders: Iterable[str]) -> list[Any]:
    """Return every line of the orders, ordered by order and line."""
    return list((await uow.session.execute(_LINES, {"orders": sorted(set(orders))})).all())


async def lots_of(uow: UnitOfWork, orders: Iterable[str]) -> list[Any]:
    """Return every lot share of the orders, ordered by order, line and lot."""
    return list((await uow.session.execute(_LOTS, {"orders": sorted(set(orders))})).all())


async def known_orders(uow: UnitOfWork, orders: Iterable[str]) -> set[str]:
    """Return those of the orders that have a consignment."""
    statement = select(consignment.c.order_id).where(consignment.c.order_id.in_(sorted(set(orders))))
    return set((await uow.session.scalars(statement)).all())


async def lock_unpacked(uow: UnitOfWork, orders: Iterable[str]) -> set[str]:
    """Lock the consignments of the orders, in a fixed order, and return those not packed before."""
    statement = select(consignment.c.order_id).where(
        consignment.c.order_id.in_(sorted(set(orders))), consignment.c.dispatched_at.is_(None)
    )
    return set((await uow.session.scalars(statement.order_by(consignment.c.order_id).with_for_update())).all())


async def pack(uow: UnitOfWork, totals: Sequence[dict[str, Any]]) -> None:
    """Write what was packed of each order (`order`, `grams`, `at`)."""
    if totals:
        by_order = update(consignment).where(consignment.c.order_id == bindparam("order"))
        values: dict[str, Any] = {"dispatched_g": bindparam("grams"), "dispatched_at": bindparam("at")}
        await uow.session.execute(by_order.values(values), list(totals))


async def pack_lines(uow: UnitOfWork, lines: Sequence[dict[str, Any]], lots: Sequence[dict[str, Any]]) -> None:
    """Write dispatched grams of lines (`order`, `line`, `grams`), why they are `short`, and their lots."""
    if lines:
        one = and_(line.c.order_id == bindparam("order"), line.c.line_id == bindparam("line"))
        packed = update(line).where(one).values(dispatched_g=bindparam("grams"), short_reason=bindparam("short"))
        await uow.session.execute(packed, list(lines))
    if lots:
        await uow.session.execute(insert_into(uow, lot).on_conflict_do_nothing(), list(lots))


async def waiting(uow: UnitOfWork, county_code: str, day: date) -> list[Any]:
    """Return the consignments of a county's day that have no trip yet, ordered by id."""
    statement = select(consignment).where(consignment.c.county_code == county_code, *_wait_on(day))
    return list((await uow.session.execute(statement.order_by(consignment.c.order_id))).all())


async def counties_waiting(uow: UnitOfWork, day: date) -> list[str]:
    """Return the counties in which consignments of a day have no trip yet, in order."""
    statement = select(consignment.c.county_code).where(*_wait_on(day)).distinct()
    return list((await uow.session.scalars(statement.order_by(consignment.c.county_code))).all())


def _wait_on(day: date) -> tuple[ColumnElement[bool], ...]:
    return (
        consignment.c.delivery_day == day,
        consignment.c.status == Status.WAITING,
        consignment.c.trip_id.is_(None),
        consignment.c.confirmed_g > 0,
        # What was packed with nothing has nothing to ride for.
        or_(consignment.c.dispatched_at.is_(None), consignment.c.dispatched_g > 0),
    )


async def classes_of(uow: UnitOfWork, county_code: str, day: date) -> dict[str, str]:
    """Return the temperature classes of a county's consignments of a day, by order."""
    statement = select(consignment.c.order_id, consignment.c.temperature_class).where(
        consignment.c.county_code == county_code, consignment.c.delivery_day == day
    )
    return {row.order_id: row.temperature_class for row in (await uow.session.execute(statement)).all()}


async def riding(uow: UnitOfWork, trips: Iterable[str]) -> list[Any]:
    """Return the consignments that ride on trips, next or after that, ordered by id."""
    wanted = sorted(set(trips))
    either = or_(consignment.c.trip_id.in_(wanted), consignment.c.onward_trip_id.in_(wanted))
    return list((await uow.session.execute(select(consignment).where(either).order_by(consignment.c.order_id))).all())


async def page_of(uow: UnitOfWork, page: Paging, **where: Any) -> list[Any]:
    """Return one consignment more than the page holds; `where` compares columns, None compares nothing."""
    conditions = equal_in(consignment, where)
    if page.after is not None:
        conditions.append(consignment.c.order_id > page.after)
    statement = select(consignment).where(*conditions).order_by(consignment.c.order_id).limit(page.limit + 1)
    return list((await uow.session.execute(statement)).all())


async def of_trip(uow: UnitOfWork, trip_id: str) -> list[Any]:
    """Return the consignments of a trip, ordered by id."""
    statement = select(consignment).where(consignment.c.trip_id == trip_id).order_by(consignment.c.order_id)
    return list((await uow.session.execute(statement)).all())


async def by_orders(uow: UnitOfWork, orders: Iterable[str]) -> list[Any]:
    """Return the consignments of the orders, ordered by id."""
    statement = select(consignment).where(consignment.c.order_id.in_(sorted(set(orders))))
    return list((await uow.session.execute(statement.order_by(consignment.c.order_id))).all())


async def arrivals_of(uow: UnitOfWork, rows: Collection[Any]) -> dict[str, tuple[datetime, datetime | None]]:
    """Return when consignments (their rows) are planned to reach their school, and when they are expected there, by
    order.

    Nothing is expected before they are on their way and their trip has told where it is.
    """
    last = {row.order_id: (row.onward_trip_id or row.trip_id, row.canteen_id) for row in rows}
    riding = {row.order_id for row in rows if row.status == Status.LOADED}
    trips = sorted({trip_id for trip_id, _ in last.values() if trip_id is not None})
    at_schools = (stop.c.trip_id.in_(trips), stop.c.kind == "delivery", stop.c.place_kind == "canteen")
    statement = select(stop.c.trip_id, stop.c.place_id, stop.c.planned_at).where(*at_schools)
    planned = {(row.trip_id, row.place_id): row.planned_at for row in await uow.session.execute(statement)}
    states = await uow.session.execute(select(state.c.trip_id, state.c.stops).where(state.c.trip_id.in_(trips)))
    expected = {
        (row.trip_id, one["place_id"]): datetime.fromisoformat(one["expected_at"])
        for row in states
        for one in row.stops
        if one.get("place_kind", "canteen") == "canteen"
    }
    return {
        order_id: (planned[there], expected.get(there) if order_id in riding else None)
        for order_id, there in last.items()
        if there in planned
    }
