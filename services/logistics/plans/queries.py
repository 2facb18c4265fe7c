"""SQL of trip plans. A plan's claim is checked by every write of the run that holds it."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, insert, null, or_, select, update

from services.logistics.plans.domain import STALE_AFTER_S, Change, Claimed
from services.logistics.plans.models import TripPlan
from services.logistics.tables import table_of
from services.logistics.trips.budget import Budget
from services.logistics.trips.domain import Applied
from shared.database import Session
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

plan = table_of(TripPlan)
_TAKEN = ("county_code", "day", "attempts", "seconds", "iterations", "seed", "changes")


async def add(
    uow: UnitOfWork,
    plan_id: str,
    county_code: str,
    day: date,
    budget: Budget,
    changes: list[dict[str, Any]] | None = None,
    day_plan_id: str | None = None,
) -> None:
    """Queue a plan, anew with a dispatcher's changes, or as one of all counties of a day."""
    row = {
        "day_plan_id": day_plan_id,
        "seconds": round(budget.seconds),
        "iterations": budget.iterations,
        "seed": budget.seed,
        "changes": null() if changes is None else changes,
        "plan_id": plan_id,
        "county_code": county_code,
        "day": day,
        "status": "queued",
        "progress_permille": 0,
        "attempts": 0,
        "requested_at": uow.now,
        "trips": 0,
        "consignments": 0,
        "unplanned": [],
        "failure": "",
    }
    await uow.session.execute(insert(plan).values(row))


async def read(uow: UnitOfWork, plan_id: str) -> Any | None:
    """Return a plan's row, None when there is none."""
    return (await uow.session.execute(select(plan).where(plan.c.plan_id == plan_id))).first()


async def page_of(uow: UnitOfWork, page: Paging, county_code: str | None) -> list[Any]:
    """Return one plan more than the page holds, oldest first."""
    conditions = [] if county_code is None else [plan.c.county_code == county_code]
    if page.after is not None:
        conditions.append(plan.c.plan_id > page.after)
    statement = select(plan).where(*conditions).order_by(plan.c.plan_id).limit(page.limit + 1)
    return list((await uow.session.execute(statement)).all())


async def claim(session: Session, claim_id: str, now: datetime) -> Claimed | None:
    """Take the oldest plan that is queued or whose run has died, for this claim; None when there is nothing to do.

    Where one is asked for by itself somebody waits for it: it goes before those of a whole day. Of several who look at
    once each gets another one: none waits for a row that is being taken.
    """
    stale = plan.c.heartbeat_at < now - timedelta(seconds=STALE_AFTER_S)
    free = or_(plan.c.status == "queued", and_(plan.c.status == "running", stale))
    oldest = select(plan.c.plan_id).where(free).order_by(plan.c.day_plan_id.is_not(None), plan.c.plan_id)
    plan_id = await session.scalar(oldest.limit(1).with_for_update(skip_locked=True))
    if plan_id is None:
        return None
    taken = (
        update(plan)
        .where(plan.c.plan_id == plan_id, free)
        .values(status="running", claim=claim_id, heartbeat_at=now, attempts=plan.c.attempts + 1)
        .returning(*(plan.c[name] for name in _TAKEN))
    )
    row = (await session.execute(taken)).first()
    if row is None:
        return None
    changes = None if row.changes is None else tuple(Change(**one) for one in row.changes)
    budget = Budget(row.seconds, row.iterations, seed=row.seed)
    return Claimed(plan_id, claim_id, row.county_code, row.day, row.attempts, budget, changes)


async def update_claimed(uow: UnitOfWork, claimed: Claimed, **values: Any) -> bool:
    """Change a plan while it is still running and ours; False once it was cancelled or taken over."""
    ours = and_(plan.c.plan_id == claimed.plan_id, plan.c.status == "running", plan.c.claim == claimed.claim)
    done = await uow.session.execute(update(plan).where(ours).values(heartbeat_at=uow.now, **values))
    return bool(done.rowcount)


async def count_applied(uow: UnitOfWork, plan_id: str, applied: Applied) -> None:
    """Add to what a plan has brought about so far, over all its rounds and runs."""
    counted = {
        "trips": plan.c.trips + applied.trips,
        "consignments": plan.c.consignments + applied.consignments,
        "distance_m": plan.c.distance_m + applied.distance_m,
        "cost_fen": plan.c.cost_fen + applied.cost_fen,
    }
    await uow.session.execute(update(plan).where(plan.c.plan_id == plan_id).values(counted))


async def lock_proposed(uow: UnitOfWork, plan_id: str) -> Any | None:
    """Lock a proposed plan that nobody has applied or cancelled yet and mark it done; None when there is none."""
    proposed = and_(plan.c.plan_id == plan_id, plan.c.status == "proposed")
    taken = update(plan).where(proposed).values(status="done", finished_at=uow.now).returning(plan)
    return (await uow.session.execute(taken)).first()


async def cancel(uow: UnitOfWork, plan_id: str) -> bool:
    """Cancel a plan that is not finished; False when there was nothing to cancel."""
    unfinished = and_(plan.c.plan_id == plan_id, plan.c.status.in_(["queued", "running", "proposed"]))
    values = {"status": "cancelled", "finished_at": uow.now}
    return bool((await uow.session.execute(update(plan).where(unfinished).values(values))).rowcount)
