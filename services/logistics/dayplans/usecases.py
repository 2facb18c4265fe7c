"""What can happen to day plans; the counties' trip plans are worked on as any others are."""

from datetime import date
from typing import Any

from services.logistics.consignments import queries as consignments
from services.logistics.dayplans import domain, queries
from services.logistics.plans import queries as plans
from services.logistics.plans.usecases import require_near
from services.logistics.trips.budget import Budget
from shared.errors import Conflict, NotFound
from shared.ids import new_id
from shared.unit_of_work import UnitOfWork


async def request_day_plan(uow: UnitOfWork, day: date, budget: Budget) -> Any:
    """Queue the planning of each county in which something waits for a trip that day and nobody plans it already."""
    require_near(uow, day)
    planned = await queries.being_planned(uow, day)
    counties = [code for code in await consignments.counties_waiting(uow, day) if code not in planned]
    if not counties:
        raise Conflict("nothing-to-plan", f"nothing waits for a trip on {day} that is not being planned", field="day")
    day_plan_id = new_id()
    for code in counties:
        await plans.add(uow, new_id(), code, day, budget, day_plan_id=day_plan_id)
    return await read_day_plan(uow, day_plan_id)


async def read_day_plan(uow: UnitOfWork, day_plan_id: str) -> dict[str, Any]:
    """Return a day plan with its counties' plans; NotFound names the id."""
    rows = await queries.plans_of(uow, day_plan_id)
    if not rows:
        raise NotFound("day-plan", day_plan_id, field="day_plan_id")
    sums = domain.sums_of(rows)
    first = rows[0]
    return {
        "day_plan_id": day_plan_id,
        "day": first.day,
        "requested_at": first.requested_at,
        "plans": rows,
        **{name: getattr(sums, name) for name in sums.__slots__},
    }


async def cancel_day_plan(uow: UnitOfWork, day_plan_id: str) -> dict[str, Any]:
    """Cancel what is not finished of a day plan; the trips of counties that are done stand."""
    before = await read_day_plan(uow, day_plan_id)
    if before["status"] in ("done", "failed"):
        raise Conflict("plan-finished", f"day plan {day_plan_id} is {before['status']}, its trips stand")
    await queries.cancel(uow, day_plan_id)
    return await read_day_plan(uow, day_plan_id)
