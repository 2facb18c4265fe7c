"""What can happen to trip plans by request; planning.py does the work."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from services.logistics.fleet import queries as fleet
from services.logistics.plans import queries
from services.logistics.plans.domain import SCHOOL_TIME
from services.logistics.plans.proposals import apply_proposal
from services.logistics.trips import queries as trips
from services.logistics.trips.budget import Budget
from shared.errors import Conflict, DomainError, NotFound
from shared.ids import new_id
from shared.unit_of_work import UnitOfWork

_AHEAD = timedelta(days=60)


async def request_plan(uow: UnitOfWork, county_code: str, day: date, budget: Budget) -> Any:
    """Queue the planning of a county's day; past days and days beyond two months are refused."""
    require_near(uow, day)
    plan_id = new_id()
    await queries.add(uow, plan_id, county_code, day, budget)
    return await read_plan(uow, plan_id)


async def request_anew(
    uow: UnitOfWork, county_code: str, day: date, budget: Budget, changes: Sequence[dict[str, Any]]
) -> Any:
    """Queue the planning of a day anew; a change names a trip of that day, its stop, and a vehicle of the county."""
    require_near(uow, day)
    of_day = {trip.trip_id: trip for trip in await trips.of_day(uow, county_code, day)}
    stops = await trips.stops_by_trip(uow, {change["trip_id"] for change in changes} & of_day.keys())
    vehicles = {row.vehicle_id for row in await fleet.vehicles_of_county(uow, county_code)}
    for index, change in enumerate(changes):
        field, trip_id = f"changes.{index}", change["trip_id"]
        if trip_id not in of_day:
            raise NotFound("trip", trip_id, field=f"{field}.trip_id")
        sequences = {stop.sequence for stop in stops[trip_id]}
        if change["sequence"] is not None and change["sequence"] not in sequences:
            raise NotFound("stop", change["sequence"], field=f"{field}.sequence")
        moved = change["action"] == "move"
        if moved != (change["vehicle_id"] is not None):
            detail = "a move names a vehicle" if moved else "only a move names a vehicle"
            raise DomainError("vehicle-of-a-move", detail, field=f"{field}.vehicle_id")
        if moved and change["vehicle_id"] not in vehicles:
            raise NotFound("vehicle", change["vehicle_id"], field=f"{field}.vehicle_id")
    plan_id = new_id()
    await queries.add(uow, plan_id, county_code, day, budget, list(changes))
    return await read_plan(uow, plan_id)


def require_near(uow: UnitOfWork, day: date) -> None:
    """Refuse to plan past days and days beyond two months."""
    today = uow.now.astimezone(SCHOOL_TIME).date()
    if day < today:
        raise DomainError("day-is-past", f"{day} is before today, {today}", field="day")
    if day > today + _AHEAD:
        raise DomainError("day-too-far", f"{day} is more than {_AHEAD.days} days ahead", field="day")


async def apply_plan(uow: UnitOfWork, plan_id: str) -> Any:
    """Save what a plan proposes; applying twice is the same as once."""
    applied = await apply_proposal(uow, plan_id)
    row = await read_plan(uow, plan_id)
    if not applied and not (row.status == "done" and row.changes is not None):
        raise Conflict("nothing-proposed", f"trip plan {plan_id} is {row.status} and proposes nothing")
    return row


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
