"""SQL of day plans. A day plan is the trip plans that were asked for with it."""

from datetime import date
from typing import Any

from sqlalchemy import and_, select, update

from services.logistics.plans.queries import plan
from shared.unit_of_work import UnitOfWork


async def plans_of(uow: UnitOfWork, day_plan_id: str) -> list[Any]:
    """Return the trip plans of a day plan, by county."""
    statement = select(plan).where(plan.c.day_plan_id == day_plan_id).order_by(plan.c.county_code)
    return list((await uow.session.execute(statement)).all())


async def being_planned(uow: UnitOfWork, day: date) -> set[str]:
    """Return the counties whose day is being planned, or waits for it."""
    unfinished = and_(plan.c.day == day, plan.c.status.in_(["queued", "running"]), plan.c.changes.is_(None))
    return set((await uow.session.scalars(select(plan.c.county_code).where(unfinished))).all())


async def cancel(uow: UnitOfWork, day_plan_id: str) -> None:
    """Cancel the trip plans of a day plan that are not finished."""
    unfinished = and_(plan.c.day_plan_id == day_plan_id, plan.c.status.in_(["queued", "running"]))
    await uow.session.execute(update(plan).where(unfinished).values(status="cancelled", finished_at=uow.now))
