"""What can happen to planning with the farms, apart from carrying it out (see `runs.py`)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog

from services.procurement.joint import domain, queries
from services.procurement.joint.domain import JointPlan, Status
from shared.errors import Conflict, NotFound
from shared.events.nutrition import CountyPlanEnded, CountyPlanRequested, DemandDrafted, RoundDrafted
from shared.unit_of_work import UnitOfWork

log = structlog.get_logger()


async def begin(uow: UnitOfWork, event: CountyPlanRequested, wait_minutes: int) -> None:
    """Queue the first round of a county's week; asked for twice it is one plan."""
    await queries.add_plan(uow, domain.begin(event, wait_minutes, uow.now))


async def keep_drafts(uow: UnitOfWork, events: Sequence[DemandDrafted]) -> None:
    """Keep drafts; a plan is queued when the last of its round has come. Of a plan not at work they are left."""
    at_work = await queries.lock_at_work(uow.session, {event.planning_id for event in events})
    wanted = [event for event in events if event.planning_id in at_work]
    if not wanted:
        return
    await queries.add_drafts(uow, [_row(event) for event in wanted])
    for planning_id, minutes in at_work.items():
        await queries.wait_longer(uow.session, planning_id, uow.now + timedelta(minutes=minutes))
    await queries.queue_full(uow.session, at_work)


def _row(event: DemandDrafted) -> dict[str, Any]:
    needs: dict[str, dict[str, int]] = defaultdict(dict)
    for line in event.demand:
        of_food, day = needs[line.food_code], line.delivery_day.isoformat()
        of_food[day] = of_food.get(day, 0) + line.quantity_g
    own = ("draft_id", "planning_id", "round", "canteen_id", "shortfall_millipoints", "taste_millipoints", "point_fen")
    return {name: getattr(event, name) for name in own} | {"needs": dict(needs), "bound_fen": event.bound_fen}


async def note_round(uow: UnitOfWork, event: RoundDrafted) -> None:
    """Note how many drafts of a round there are to be: they travel by themselves and may come later than this."""
    if not await queries.lock_at_work(uow.session, [event.planning_id]):
        log.info("round-of-no-plan", planning_id=event.planning_id, round=event.round)
        return
    await queries.note_told(uow.session, event.planning_id, event.round, event.drafts)
    await queries.queue_full(uow.session, [event.planning_id])


async def take_end(uow: UnitOfWork, event: CountyPlanEnded) -> None:
    """Note what became of a plan; what is still at work here has nothing to wait for."""
    reason = f"it ended where menus are made: {event.outcome}"
    if await queries.end(uow.session, event.planning_id, Status.CANCELLED, uow.now, reason):
        await queries.forget_drafts(uow.session, event.planning_id)
    await queries.note_outcome(uow.session, event.planning_id, event.outcome, event.menus)


async def plan_of(uow: UnitOfWork, planning_id: str) -> JointPlan:
    """Return a plan. Raises NotFound."""
    plan = await queries.plan(uow.session, planning_id)
    if plan is None:
        raise NotFound("joint-plan", planning_id, field="planning_id")
    return plan


async def cancel(uow: UnitOfWork, planning_id: str) -> JointPlan:
    """Tell no more prices: every canteen gets its best draft at those told last. Said twice, it stays called off.

    Raises NotFound, Conflict `joint-plan-has-ended`.
    """
    plan = await plan_of(uow, planning_id)
    if not await stop(uow, planning_id, Status.CANCELLED, "called off by a person"):
        plan = await plan_of(uow, planning_id)
        if plan.status is not Status.CANCELLED:
            detail = f"plan {planning_id} is {plan.status}, there is nothing to cancel"
            raise Conflict("joint-plan-has-ended", detail, field="planning_id")
    return await plan_of(uow, planning_id)


async def stop(uow: UnitOfWork, planning_id: str, status: Status, reason: str) -> bool:
    """End a plan at work before its time and tell its last prices as the final ones, so that nobody waits in vain."""
    stopped = await queries.end(uow.session, planning_id, status, uow.now, reason)
    if stopped is None:
        return False
    rounds = await queries.rounds(uow.session, planning_id)
    last = rounds[-1].prices if rounds else {}
    await queries.forget_drafts(uow.session, planning_id)
    told = domain.told_of(stopped, domain.nexts_of(last), uow.now, final=True)
    await queries.add_round(uow.session, domain.row_of(told))
    uow.emit(told)
    return True
