"""SQL of trips. Loading, departing and arriving are a fixed number of statements, however much rides."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, delete, exists, func, insert, or_, select, update

from services.logistics.consignments import rides
from services.logistics.consignments.models import Consignment, ConsignmentLine, ConsignmentLot
from services.logistics.recalls.models import Recall
from services.logistics.tables import equal_in, insert_into, table_of
from services.logistics.trips.models import Trip, TripStop
from shared.errors import NotFound
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

trip = table_of(Trip)
stop = table_of(TripStop)
consignment = table_of(Consignment)
line = table_of(ConsignmentLine)
lot = table_of(ConsignmentLot)
recall = table_of(Recall)


async def of_day(uow: UnitOfWork, county_code: str, day: date) -> list[Any]:
    """Return the trips of a county's day, by vehicle and number."""
    statement = select(trip).where(trip.c.county_code == county_code, trip.c.day == day)
    return list((await uow.session.execute(statement.order_by(trip.c.vehicle_id, trip.c.number))).all())


async def last_day(uow: UnitOfWork, county_code: str, first: date, before: date) -> date | None:
    """Return the last day from a first one and before another on which a county has trips."""
    days = select(func.max(trip.c.day)).where(
        trip.c.county_code == county_code, trip.c.day >= first, trip.c.day < before
    )
    found: date | None = await uow.session.scalar(days)
    return found


async def lock_waiting(uow: UnitOfWork, orders: Iterable[str]) -> list[Any]:
    """Lock those of the orders that still have no trip, in a fixed order, and return them."""
    statement = select(
        consignment.c.order_id, consignment.c.confirmed_g, consignment.c.dispatched_g, consignment.c.dispatched_at
    ).where(
        consignment.c.order_id.in_(sorted(set(orders))),
        consignment.c.status == "waiting",
        consignment.c.trip_id.is_(None),
        consignment.c.confirmed_g > 0,
        or_(consignment.c.dispatched_at.is_(None), consignment.c.dispatched_g > 0),
    )
    return list((await uow.session.execute(statement.order_by(consignment.c.order_id).with_for_update())).all())


async def add_trips(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> set[str]:
    """Insert trips; return those whose vehicle and driver were still free."""
    if not rows:
        return set()
    statement = insert_into(uow, trip).on_conflict_do_nothing().returning(trip.c.trip_id)
    return set((await uow.session.scalars(statement, list(rows))).all())


async def add_stops(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    """Insert the stops of new trips."""
    if rows:
        await uow.session.execute(insert(stop), list(rows))


async def drop_trips(uow: UnitOfWork, trips: Iterable[str]) -> None:
    """Delete trips that nobody drives, with their stops; what was to ride on them waits for others."""
    dropped = sorted(trips)
    if dropped:
        await uow.session.execute(
            update(consignment)
            .where(or_(consignment.c.trip_id.in_(dropped), consignment.c.onward_trip_id.in_(dropped)))
            .values(trip_id=None, onward_trip_id=None)
        )
        await uow.session.execute(delete(stop).where(stop.c.trip_id.in_(dropped)))
        await uow.session.execute(delete(trip).where(trip.c.trip_id.in_(dropped)))


async def assign(uow: UnitOfWork, riding: Mapping[str, Sequence[str]]) -> None:
    """Put orders, locked before, on their trip, and the one after that where they go through a collection point."""
    if riding:
        rows = [
            {"order": order_id, "first": way[0], "then": way[1] if len(way) > 1 else None}
            for order_id, way in sorted(riding.items())
        ]
        values: dict[str, Any] = {"trip_id": bindparam("first"), "onward_trip_id": bindparam("then")}
        await uow.session.execute(
            update(consignment).where(consignment.c.order_id == bindparam("order")).values(values), rows
        )


_LOCK_TRIP = select(trip).where(trip.c.trip_id == bindparam("trip")).with_for_update()


async def lock_trip(uow: UnitOfWork, trip_id: str) -> Any:
    """Lock a trip's row and return it; NotFound names the id. Everything that changes a trip begins here."""
    row = (await uow.session.execute(_LOCK_TRIP, {"trip": trip_id})).first()
    if row is None:
        raise NotFound("trip", trip_id, field="trip_id")
    return row


async def lock_trips(uow: UnitOfWork, trip_ids: Iterable[str]) -> list[Any]:
    """Lock the rows of trips, in a fixed order, and return those that are there."""
    statement = select(trip).where(trip.c.trip_id.in_(sorted(trip_ids))).order_by(trip.c.trip_id).with_for_update()
    return list((await uow.session.execute(statement)).all())


async def read_trip(uow: UnitOfWork, trip_id: str) -> Any:
    """Return a trip's row; NotFound names the id."""
    row = (await uow.session.execute(select(trip).where(trip.c.trip_id == trip_id))).first()
    if row is None:
        raise NotFound("trip", trip_id, field="trip_id")
    return row


async def page_of(uow: UnitOfWork, page: Paging, **where: Any) -> list[Any]:
    """Return one trip more than the page holds, ordered by id; `where` compares columns, None compares nothing."""
    conditions = equal_in(trip, where)
    if page.after is not None:
        conditions.append(trip.c.trip_id > page.after)
    statement = select(trip).where(*conditions).order_by(trip.c.trip_id).limit(page.limit + 1)
    return list((await uow.session.execute(statement)).all())


async def stops_of(uow: UnitOfWork, trip_id: str) -> list[Any]:
    """Return a trip's stops as planned, in order."""
    statement = select(stop).where(stop.c.trip_id == trip_id).order_by(stop.c.sequence)
    return list((await uow.session.execute(statement)).all())


async def stops_by_trip(uow: UnitOfWork, trips: Iterable[str]) -> dict[str, list[Any]]:
    """Return the stops of trips as planned, by trip, each in order."""
    found: dict[str, list[Any]] = {trip_id: [] for trip_id in trips}
    statement = select(stop).where(stop.c.trip_id.in_(sorted(found))).order_by(stop.c.trip_id, stop.c.sequence)
    for row in await uow.session.execute(statement):
        found[row.trip_id].append(row)
    return found


async def lock_aboard(uow: UnitOfWork, trip_id: str) -> list[Any]:
    """Lock a trip's consignments, in a fixed order, and return them as loading sees them.

    `recalled_g` is in lines that hold a recalled lot: nobody can tell a line's lots apart.
    """
    of_line = exists().where(
        lot.c.order_id == line.c.order_id, lot.c.line_id == line.c.line_id, recall.c.lot_id == lot.c.lot_id
    )
    recalled_g = (
        select(func.coalesce(func.sum(line.c.dispatched_g), 0))
        .where(line.c.order_id == consignment.c.order_id, of_line)
        .scalar_subquery()
    )
    statement = select(
        consignment.c.order_id,
        consignment.c.canteen_id,
        consignment.c.status,
        consignment.c.dispatched_at,
        consignment.c.dispatched_g,
        recalled_g.label("recalled_g"),
    ).where(consignment.c.trip_id == trip_id)
    return list((await uow.session.execute(statement.order_by(consignment.c.order_id).with_for_update())).all())


async def load(uow: UnitOfWork, trip_id: str, orders: Iterable[str]) -> list[Any]:
    """Mark packed orders loaded and return them; one cancelled meanwhile is not among them."""
    ready = and_(
        consignment.c.order_id.in_(sorted(orders)),
        consignment.c.trip_id == trip_id,
        consignment.c.status == "waiting",
        consignment.c.dispatched_at.is_not(None),
    )
    statement = update(consignment).where(ready).values(status="loaded", loaded_at=uow.now)
    returned = statement.returning(
        consignment.c.order_id, consignment.c.canteen_id, consignment.c.cooperative_id, consignment.c.dispatched_g
    )
    return sorted((await uow.session.execute(returned)).all(), key=lambda row: str(row.order_id))


async def depart(uow: UnitOfWork, row: Any, at: datetime) -> None:
    """Mark a locked trip departed and let go of what was left behind, so that another plan can take it.

    So is what was to change to it at a collection point and is not there yet.
    """
    left = update(trip).where(trip.c.trip_id == row.trip_id).values(status="departed", departed_at=at)
    await uow.session.execute(left)
    # What was cancelled is let go of, too: if it comes back to life, it needs another trip.
    behind = and_(consignment.c.trip_id == row.trip_id, consignment.c.status.in_(("waiting", "cancelled")))
    of_day = and_(consignment.c.county_code == row.county_code, consignment.c.delivery_day == row.day)
    to_change = and_(of_day, consignment.c.onward_trip_id == row.trip_id)
    values: dict[str, Any] = {"trip_id": case((behind, None), else_=consignment.c.trip_id), "onward_trip_id": None}
    await uow.session.execute(update(consignment).where(or_(behind, to_change)).values(values))


_LOCK_ORDERS = (
    select(consignment.c.order_id, consignment.c.canteen_id, consignment.c.status)
    .where(consignment.c.trip_id == bindparam("trip"))
    .order_by(consignment.c.order_id)
    .with_for_update()
)
_ARRIVE = (
    update(consignment)
    .where(consignment.c.order_id.in_(bindparam("orders", expanding=True)))
    .values(status="arrived", arrived_at=bindparam("now"))
)


async def lock_orders(uow: UnitOfWork, trip_id: str) -> list[Any]:
    """Lock a trip's consignments, in a fixed order, and return (order_id, canteen_id, status)."""
    return list((await uow.session.execute(_LOCK_ORDERS, {"trip": trip_id})).all())


async def arrive(uow: UnitOfWork, orders: Iterable[str]) -> None:
    """Mark locked orders arrived."""
    await uow.session.execute(_ARRIVE, {"orders": list(orders), "now": uow.now})


async def gather(uow: UnitOfWork, orders: Iterable[str], depot_id: str) -> None:
    """Let locked orders wait at a collection point for the trip that takes them on, if there is one."""
    values: dict[str, Any] = {
        "status": "waiting",
        "trip_id": consignment.c.onward_trip_id,
        "onward_trip_id": None,
        "waits_kind": "point",
        "waits_at": depot_id,
        "loaded_at": None,
    }
    there = consignment.c.order_id.in_(sorted(orders))
    await rides.note(uow, there)
    await uow.session.execute(update(consignment).where(there).values(values))


async def strand(uow: UnitOfWork, trip_ids: Iterable[str], broken: str) -> list[str]:
    """Let what trips of a vehicle have on board wait where the broken one of them stands; return the orders."""
    values: dict[str, Any] = {
        "status": "waiting",
        "trip_id": None,
        "onward_trip_id": None,
        "waits_kind": "roadside",
        "waits_at": broken,
        "loaded_at": None,
    }
    aboard = and_(consignment.c.trip_id.in_(sorted(trip_ids)), consignment.c.status == "loaded")
    await rides.note(uow, aboard)
    stranded = update(consignment).where(aboard).values(values).returning(consignment.c.order_id)
    return sorted((await uow.session.scalars(stranded)).all())


async def let_go(uow: UnitOfWork, trip_ids: Iterable[str]) -> list[str]:
    """Let what waits for trips wait for others; return the orders."""
    gone = sorted(trip_ids)
    riding = or_(consignment.c.trip_id.in_(gone), consignment.c.onward_trip_id.in_(gone))
    freed = (
        update(consignment)
        .where(riding, consignment.c.status.in_(("waiting", "cancelled")))
        .values(trip_id=None, onward_trip_id=None)
        .returning(consignment.c.order_id)
    )
    return sorted((await uow.session.scalars(freed)).all())


async def change_no_more(uow: UnitOfWork, trip_ids: Iterable[str]) -> None:
    """Let what rides on other trips, and was to change to these, wait for whoever takes it on from there."""
    coming = and_(consignment.c.onward_trip_id.in_(sorted(trip_ids)), consignment.c.status == "loaded")
    await uow.session.execute(update(consignment).where(coming).values(onward_trip_id=None))


async def end_broken(uow: UnitOfWork, trip_id: str, distance_m: int, cost_fen: int) -> None:
    """Mark a locked trip broken: it goes no further, and costs what was driven so far."""
    values = {"status": "broken", "ends_at": uow.now, "completed_at": uow.now}
    values |= {"distance_m": distance_m, "cost_fen": cost_fen}
    await uow.session.execute(update(trip).where(trip.c.trip_id == trip_id).values(values))


async def arrived(uow: UnitOfWork, trip_id: str, canteen_id: str) -> list[Any]:
    """Return (order_id, arrived_at) of what a trip brought to a school, ordered by order."""
    statement = select(consignment.c.order_id, consignment.c.arrived_at).where(
        consignment.c.trip_id == trip_id,
        consignment.c.canteen_id == canteen_id,
        consignment.c.arrived_at.is_not(None),
    )
    return list((await uow.session.execute(statement.order_by(consignment.c.order_id))).all())


async def complete(uow: UnitOfWork, trip_id: str) -> None:
    """Mark a locked trip completed."""
    statement = update(trip).where(trip.c.trip_id == trip_id).values(status="completed", completed_at=uow.now)
    await uow.session.execute(statement)


async def counts(uow: UnitOfWork, trips: Iterable[str]) -> dict[str, dict[str, int]]:
    """Return how many consignments of each trip are in each status."""
    statement = select(consignment.c.trip_id, consignment.c.status, func.count().label("many"))
    statement = statement.where(consignment.c.trip_id.in_(sorted(trips)))
    found: dict[str, dict[str, int]] = {}
    for row in await uow.session.execute(statement.group_by(consignment.c.trip_id, consignment.c.status)):
        found.setdefault(row.trip_id, {})[row.status] = row.many
    return found
