"""SQL of days: the nearest before and after one, each by the end of an index."""

from datetime import date

from sqlalchemy import Column, ColumnElement, func, select

from services.logistics.consignments.domain import Status
from services.logistics.consignments.models import Consignment
from services.logistics.days.schemas import DaysNear
from services.logistics.tables import equal_in, table_of
from services.logistics.trips.models import Trip
from shared.unit_of_work import UnitOfWork

_consignment, _trip = table_of(Consignment), table_of(Trip)
_NOT_COMING = (Status.CANCELLED.value, Status.GIVEN_UP.value)


async def with_trips(uow: UnitOfWork, near: date, **where: str | None) -> DaysNear:
    """Return the days nearest to one on which a county or a driver (all that is given) has trips."""
    return await _nearest(uow, _trip.c.day, near, *equal_in(_trip, where))


async def with_deliveries(uow: UnitOfWork, near: date, **where: str | None) -> DaysNear:
    """Return the days nearest to one on which deliveries of a school, cooperative or county come, or came."""
    comes = _consignment.c.status.not_in(_NOT_COMING)
    return await _nearest(uow, _consignment.c.delivery_day, near, comes, *equal_in(_consignment, where))


async def _nearest(uow: UnitOfWork, day: Column[date], near: date, *where: ColumnElement[bool]) -> DaysNear:
    before = select(func.max(day)).where(day < near, *where).scalar_subquery()
    after = select(func.min(day)).where(day > near, *where).scalar_subquery()
    found = (await uow.session.execute(select(before.label("before"), after.label("after")))).one()
    return DaysNear(before=found.before, after=found.after)
