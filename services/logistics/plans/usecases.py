"""What can happen to trip plans by request; planning.py does the work."""

from datetime import date, timedelta
from typing import Any

from services.logistics.plans import queries
from services.logistics.plans.domain import SCHOOL_TIME
from shared.errors import Conflict, DomainError, NotFound
from shared.ids import new_id
from shared.unit_of_work import UnitOfWork

_AHEAD = timedelta(days=60)


async def request_plan(uow: UnitOfWork, county_code: str, day: date) -> Any:
    """Queue the planning of a county's day; past days and days beyond two months are refused."""
    today = uow.now.astimezone(SCHOOL_TIME).date()
    if day < today:
        raise DomainError("day-is-past", f"{day} is before today, {today}", field="day")
    if day > today + _AHEAD:
        raise DomainError("day-too-far", f"{day} is more than {_AHEAD.days} days ahead", field="day")
    plan_id = new_id()
    await queries.add(uow, plan_id, county_code, day)
    return await read_plan(uow, plan_id)


async def read_plan(uow: UnitOfWork, plan_id: str) -> Any:
    """Return a plan; NotFound names the id."""
    row = await queries.read(uow, plan_id)
    if row is None:
        raise NotFound("trip-plan", plan_id, field="plan_id")
    return row


async def cancel_plan(uow: UnitOfWork, plan_id: str) -> Any:
    """Cancel a plan that is not finished; cancelling twice is the same as once."""
    cancelled = await queries.cancel(uow, plan_id)
    row = await read_plan(uow, plan_id)
    if not cancelled and row.status != "cancelled":
        raise Conflict("plan-finished", f"trip plan {plan_id} is {row.status}, its trips stand")
    return row
