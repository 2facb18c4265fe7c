"""All SQL of planning with the farms."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, delete, func, insert, or_, select, update

from services.procurement.joint.domain import AT_WORK, JointPlan, Status
from services.procurement.joint.models import joint_draft, joint_plan, joint_round
from services.procurement.rows import in_order, row_of
from services.procurement.tables import insert_into
from shared.auth.finding import finder
from shared.database import Session
from shared.events.nutrition import PlanOutcome
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

_NAMES = [field.name for field in fields(JointPlan)]
_PLAN = [joint_plan.c[name] for name in _NAMES]
TAKEN_FOR_DEAD = timedelta(seconds=60)
"""A plan whose replica gave no sign of life for so long is taken over."""

tenants_of = finder(joint_plan.c.planning_id, county=joint_plan.c.county_code)


async def add_plan(uow: UnitOfWork, plan: JointPlan) -> None:
    """Add a plan; one that is known stays as it is."""
    values = row_of(plan, _NAMES) | {"foods": dict(plan.foods)}
    await uow.session.execute(insert_into(uow, joint_plan).values(values).on_conflict_do_nothing())


async def plan(session: Session, planning_id: str) -> JointPlan | None:
    """Return a plan, None when there is none."""
    row = (await session.execute(select(*_PLAN).where(joint_plan.c.planning_id == planning_id))).first()
    return None if row is None else _plan(row)


def _plan(row: Row[Any]) -> JointPlan:
    values = dict(zip(_NAMES, row, strict=True))
    outcome = None if values["outcome"] is None else PlanOutcome(values["outcome"])
    return JointPlan(**values | {"status": Status(values["status"]), "outcome": outcome})


async def page(session: Session, paging: Paging, county_code: str | None, week_start: date | None) -> list[JointPlan]:
    """Return a page of plans (one more than asked for) by id, of a county or a week or all."""
    statement = select(*_PLAN).order_by(joint_plan.c.planning_id).limit(paging.limit + 1)
    if county_code is not None:
        statement = statement.where(joint_plan.c.county_code == county_code)
    if week_start is not None:
        statement = statement.where(joint_plan.c.week_start == week_start)
    if paging.after is not None:
        statement = statement.where(joint_plan.c.planning_id > paging.after)
    return [_plan(row) for row in await session.execute(statement)]


async def lock_at_work(session: Session, planning_ids: Iterable[str]) -> dict[str, int]:
    """Lock those of these plans that are at work, in the order of their ids; return how many minutes each waits.

    Who counts drafts holds this lock: of two batches handled at the same time one sees what the other added.
    """
    statement = (
        select(joint_plan.c.planning_id, joint_plan.c.wait_minutes)
        .where(joint_plan.c.planning_id.in_(sorted(set(planning_ids))), joint_plan.c.status.in_(AT_WORK))
        .order_by(joint_plan.c.planning_id)
        .with_for_update()
    )
    return {row[0]: row[1] for row in await session.execute(statement)}


async def add_drafts(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add drafts; one that is known stays as it is."""
    await uow.session.execute(insert_into(uow, joint_draft).on_conflict_do_nothing(), [dict(row) for row in rows])


async def wait_longer(session: Session, planning_id: str, until: datetime) -> None:
    """Wait for the drafts of a plan anew: some have just come."""
    waiting = update(joint_plan).where(joint_plan.c.planning_id == planning_id, joint_plan.c.status == Status.WAITING)
    await session.execute(waiting.values(wait_until=until))


async def note_told(session: Session, planning_id: str, number: int, drafts: int) -> None:
    """Note how many drafts of a round there are to be; of another round than the plan is in it changes nothing."""
    this = and_(joint_plan.c.planning_id == planning_id, joint_plan.c.round == number)
    await session.execute(update(joint_plan).where(this).values(drafts_told=drafts))


async def queue_full(session: Session, planning_ids: Iterable[str]) -> None:
    """Queue those of these plans that wait and have all drafts of their round."""
    there = (
        select(func.count())
        .where(joint_draft.c.planning_id == joint_plan.c.planning_id, joint_draft.c.round == joint_plan.c.round)
        .scalar_subquery()
    )
    full = and_(
        joint_plan.c.planning_id.in_(sorted(set(planning_ids))),
        joint_plan.c.status == Status.WAITING,
        joint_plan.c.drafts_told <= there,
    )
    await session.execute(update(joint_plan).where(full).values(status=Status.QUEUED))


async def claim(session: Session, claim_id: str, now: datetime) -> JointPlan | None:
    """Take the oldest plan whose drafts are there, whose wait is over, or whose replica died; None: nothing to do.

    Of several who look at once each gets another one: none waits for a row that is being taken.
    """
    free = or_(
        joint_plan.c.status == Status.QUEUED,
        and_(joint_plan.c.status == Status.WAITING, joint_plan.c.wait_until <= now),
        and_(joint_plan.c.status == Status.RUNNING, joint_plan.c.heartbeat_at < now - TAKEN_FOR_DEAD),
    )
    oldest = select(joint_plan.c.planning_id).where(free).order_by(joint_plan.c.heartbeat_at, joint_plan.c.planning_id)
    planning_id = await session.scalar(oldest.limit(1).with_for_update(skip_locked=True))
    if planning_id is None:
        return None
    taken = (
        update(joint_plan)
        .where(joint_plan.c.planning_id == planning_id, free)
        .values(status=Status.RUNNING, claim=claim_id, heartbeat_at=now, progress_permille=0)
        .returning(*_PLAN)
    )
    row = (await session.execute(taken)).first()
    return None if row is None else _plan(row)


async def holds(session: Session, held: JointPlan, now: datetime, **values: Any) -> bool:
    """Give a sign of life and set `values`; False when the plan is off or in other hands: nothing is set.

    Inside a unit of work that tells prices this is the fence: it locks the plan's row.
    """
    this = and_(
        joint_plan.c.planning_id == held.planning_id,
        joint_plan.c.claim == held.claim,
        joint_plan.c.status == Status.RUNNING,
    )
    alive = update(joint_plan).where(this).values(heartbeat_at=now, **values)
    return bool((await session.execute(alive)).rowcount)


async def end(session: Session, planning_id: str, status: Status, now: datetime, reason: str) -> JointPlan | None:
    """End a plan that is at work and return it as it was told last; None when it is not at work."""
    at_work = and_(joint_plan.c.planning_id == planning_id, joint_plan.c.status.in_(AT_WORK))
    values = {"status": status, "ended_at": now, "heartbeat_at": now, "reason": reason[:500]}
    row = (await session.execute(update(joint_plan).where(at_work).values(values).returning(*_PLAN))).first()
    return None if row is None else _plan(row)


async def note_outcome(session: Session, planning_id: str, outcome: PlanOutcome, menus: int) -> None:
    """Note what became of a plan where menus are made."""
    this = update(joint_plan).where(joint_plan.c.planning_id == planning_id)
    await session.execute(this.values(outcome=outcome, menus=menus))


async def add_round(session: Session, row: Mapping[str, Any]) -> None:
    """Keep the prices of a round."""
    await session.execute(insert(joint_round), [dict(row)])


async def note_round(session: Session, planning_id: str, number: int, values: Mapping[str, Any]) -> None:
    """Keep what the drafts of a round brought."""
    this = and_(joint_round.c.planning_id == planning_id, joint_round.c.round == number)
    await session.execute(update(joint_round).where(this).values(**values))


async def rounds(session: Session, planning_id: str) -> Sequence[Row[Any]]:
    """Return the rounds of a plan, in order."""
    statement = select(joint_round).where(joint_round.c.planning_id == planning_id).order_by(joint_round.c.round)
    return list((await session.execute(statement)).all())


async def one_round(session: Session, planning_id: str, number: int) -> Row[Any] | None:
    """Return a round of a plan, None when there is none."""
    this = (joint_round.c.planning_id == planning_id, joint_round.c.round == number)
    row: Row[Any] | None = (await session.execute(select(joint_round).where(*this))).first()
    return row


async def drafts(session: Session, planning_id: str) -> Sequence[Row[Any]]:
    """Return all drafts of a plan, by round and canteen."""
    statement = select(joint_draft).where(joint_draft.c.planning_id == planning_id)
    return list((await session.execute(statement.order_by(joint_draft.c.round, joint_draft.c.canteen_id))).all())


async def drafts_page(session: Session, planning_id: str, paging: Paging) -> Sequence[Row[Any]]:
    """Return a page of a plan's drafts (one more than asked for), by id, without what they need."""
    columns = [joint_draft.c[name] for name in ("draft_id", "canteen_id", "round", "shortfall_millipoints")]
    statement = select(*columns).where(joint_draft.c.planning_id == planning_id).order_by(joint_draft.c.draft_id)
    if paging.after is not None:
        statement = statement.where(joint_draft.c.draft_id > paging.after)
    return list((await session.execute(statement.limit(paging.limit + 1))).all())


async def forget_drafts(session: Session, planning_id: str, *, but: Iterable[str] = ()) -> None:
    """Delete the drafts of a plan, but those chosen."""
    ids = await session.scalars(select(joint_draft.c.draft_id).where(joint_draft.c.planning_id == planning_id))
    for unwanted in in_order(set(ids).difference(but)):
        await session.execute(delete(joint_draft).where(joint_draft.c.draft_id.in_(unwanted)))
