"""SQL of the figures: one statement, whatever the number of deliveries."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Integer, cast, exists, extract, func, or_, select

from services.logistics.coldchain.models import ColdChainAlarm
from services.logistics.consignments.domain import Status
from services.logistics.consignments.models import Consignment
from services.logistics.consignments.rides import ride as _ride
from services.logistics.tables import table_of
from services.logistics.trips.models import TripStop
from shared.fields import TemperatureClass
from shared.unit_of_work import UnitOfWork

_consignment, _stop, _alarm = table_of(Consignment), table_of(TripStop), table_of(ColdChainAlarm)
_ARRIVED = (Status.ARRIVED.value, Status.RECEIVED.value)


async def of_days(
    uow: UnitOfWork, first: date, last: date, county_code: str | None, delay_minutes: int
) -> Sequence[Any]:
    """Return by county how many deliveries arrived from a day to another, late, cooled, warm."""
    planned = (
        select(func.max(_stop.c.planned_at))
        .where(
            _stop.c.trip_id == _consignment.c.trip_id,
            _stop.c.kind == "delivery",
            _stop.c.place_id == _consignment.c.canteen_id,
        )
        .scalar_subquery()
    )
    after_s = extract("epoch", _consignment.c.arrived_at) - extract("epoch", planned)
    broken = (_alarm.c.kind == "outside", _alarm.c.lifted_at.is_(None))
    outside = or_(
        exists().where(_alarm.c.trip_id == _consignment.c.trip_id, *broken),
        exists().where(_ride.c.order_id == _consignment.c.order_id, _alarm.c.trip_id == _ride.c.trip_id, *broken),
    )
    needs_cold = _consignment.c.temperature_class != TemperatureClass.AMBIENT.value
    statement = (
        select(
            _consignment.c.county_code,
            func.count().label("deliveries"),
            _count(after_s > delay_minutes * 60).label("late"),
            _count(needs_cold).label("cooled"),
            _count(needs_cold & outside).label("warm"),
        )
        .where(_consignment.c.delivery_day.between(first, last), _consignment.c.status.in_(_ARRIVED))
        .group_by(_consignment.c.county_code)
    )
    if county_code is not None:
        statement = statement.where(_consignment.c.county_code == county_code)
    rows: Sequence[Any] = (await uow.session.execute(statement)).all()
    return rows


def _count(condition: Any) -> Any:
    return func.coalesce(func.sum(cast(condition, Integer)), 0)
