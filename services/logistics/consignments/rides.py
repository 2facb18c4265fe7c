"""SQL of the trips that orders rode on before they changed vehicles, at a collection point or where one broke down."""

from datetime import datetime

from sqlalchemy import ColumnElement, insert, literal, select

from services.logistics.consignments.models import Consignment, EarlierRide
from services.logistics.tables import table_of
from shared.unit_of_work import UnitOfWork

ride = table_of(EarlierRide)
consignment = table_of(Consignment)


async def note(uow: UnitOfWork, aboard: ColumnElement[bool]) -> None:
    """Remember the trip that consignments, locked by it and set down now, were on board of, and for how long."""
    left_at = literal(uow.now, ride.c.left_at.type)
    rode = select(consignment.c.order_id, consignment.c.trip_id, consignment.c.loaded_at, left_at)
    rode = rode.where(aboard, consignment.c.trip_id.is_not(None), consignment.c.loaded_at.is_not(None))
    await uow.session.execute(insert(ride).from_select(["order_id", "trip_id", "loaded_at", "left_at"], rode))


async def rode_on(
    uow: UnitOfWork, trip_id: str, since: datetime | None = None, until: datetime | None = None
) -> list[str]:
    """Return the orders that were on board of a trip, at some time of a span, and left it for another, by id."""
    statement = select(ride.c.order_id).where(ride.c.trip_id == trip_id)
    if since is not None:
        statement = statement.where(ride.c.left_at >= since)
    if until is not None:
        statement = statement.where(ride.c.loaded_at <= until)
    return list((await uow.session.scalars(statement.order_by(ride.c.order_id))).all())
