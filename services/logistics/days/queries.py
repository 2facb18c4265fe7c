"""SQL of days: the nearest before and after one."""

from datetime import date

from services.logistics.consignments.domain import Status
from services.logistics.consignments.models import Consignment
from services.logistics.tables import equal_in, table_of
from services.logistics.trips.models import Trip
from shared.near import DaysNear, nearest
from shared.unit_of_work import UnitOfWork

_consignment, _trip = table_of(Consignment), table_of(Trip)
_NOT_COMING = (Status.CANCELLED.value, Status.GIVEN_UP.value)


async def with_trips(uow: UnitOfWork, near: date, **where: str | None) -> DaysNear:
    """Return the days nearest to one on which a county or a driver (all that is given) has trips."""
    return await nearest(uow.session, _trip.c.day, near, *equal_in(_trip, where))


async def with_deliveries(uow: UnitOfWork, near: date, **where: str | None) -> DaysNear:
    """Return the days nearest to one on which deliveries of a school, cooperative or county come, or came."""
    comes = _consignment.c.status.not_in(_NOT_COMING)
    return await nearest(uow.session, _consignment.c.delivery_day, near, comes, *equal_in(_consignment, where))
