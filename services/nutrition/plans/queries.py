"""SQL of planning runs and plans."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, func, insert, or_, select, tuple_, update

from services.nutrition.canteens.models import Canteen
from services.nutrition.dishes.models import DishVersion
from services.nutrition.plans.domain import Plan, PlanStatus, Run, RunStatus, Stage
from services.nutrition.plans.models import MenuPlan, PlanningRun
from services.nutrition.tables import table_of
from shared.auth.finding import finder
from shared.database import Session
from shared.fields import Meal
from shared.routing import Paging

planning_run, menu_plan = table_of(PlanningRun), table_of(MenuPlan)
_canteen, _dish = table_of(Canteen), table_of(DishVersion)
tenants_of = finder(menu_plan.c.plan_id, county=menu_plan.c.county_code, canteen=menu_plan.c.canteen_id)
tenants_of_runs = finder(
    planning_run.c.run_id,
    county=planning_run.c.county_code,
    canteen=menu_plan.c.canteen_id,
    source=planning_run.join(menu_plan, menu_plan.c.run_id == planning_run.c.run_id),
)
_RUN_NAMES, _PLAN_NAMES = [field.name for field in fields(Run)], [field.name for field in fields(Plan)]
_RUN, _PLAN = [planning_run.c[name] for name in _RUN_NAMES], [menu_plan.c[name] for name in _PLAN_NAMES]
TAKEN_FOR_DEAD = timedelta(seconds=60)
"""A run whose replica gave no sign of life for so long is taken over."""
_starts = planning_run.c.starts
_IN_HAND = (RunStatus.QUEUED, RunStatus.RUNNING)


async def plans_in_hand(session: Session) -> int:
    """Return how many plans wait or are being computed."""
    waiting = select(func.count()).select_from(
        menu_plan.join(planning_run, menu_plan.c.run_id == planning_run.c.run_id)
    )
    in_hand = and_(planning_run.c.status.in_(_IN_HAND), menu_plan.c.status == PlanStatus.WAITING)
    return int(await session.scalar(waiting.where(in_hand)) or 0)


async def add(session: Session, run: Run, plans: Sequence[Plan]) -> None:
    """Add a run with its plans."""
    await session.execute(insert(planning_run).values({name: getattr(run, name) for name in _RUN_NAMES}))
    rows = [{name: getattr(plan, name) for name in _PLAN_NAMES} for plan in plans]
    await session.execute(insert(menu_plan), [row | {"clashes": [], "draft_ids": []} for row in rows])


async def run(session: Session, run_id: str) -> Run | None:
    """Return a run, None when there is none."""
    row = (await session.execute(select(*_RUN).where(planning_run.c.run_id == run_id))).first()
    return None if row is None else _run(row)


def _run(row: Row[Any]) -> Run:
    values = dict(zip(_RUN_NAMES, row, strict=True))
    return Run(**values | {"status": RunStatus(values["status"]), "stage": Stage(values["stage"])})


async def plan(session: Session, plan_id: str) -> Plan | None:
    """Return a plan, None when there is none."""
    row = (await session.execute(select(*_PLAN).where(menu_plan.c.plan_id == plan_id))).first()
    return None if row is None else _plan(row)


def _plan(row: Row[Any]) -> Plan:
    values = dict(zip(_PLAN_NAMES, row, strict=True))
    lists = {name: tuple(values[name]) for name in ("clashes", "draft_ids")}
    return Plan(**values | lists | {"status": PlanStatus(values["status"])})


async def page(session: Session, paging: Paging, **equal: object) -> list[Plan]:
    """Return a page of plans by id; `equal` names columns and what they must be, None for whatever."""
    statement = select(*_PLAN).order_by(menu_plan.c.plan_id).limit(paging.limit)
    for name, value in equal.items():
        if value is not None:
            statement = statement.where(menu_plan.c[name] == value)
    if paging.after is not None:
        statement = statement.where(menu_plan.c.plan_id > paging.after)
    return [_plan(row) for row in (await session.execute(statement)).all()]


async def counts(session: Session, run_id: str) -> dict[PlanStatus, int]:
    """Return how many of a run's plans there are of each status."""
    counted = select(menu_plan.c.status, func.count()).where(menu_plan.c.run_id == run_id).group_by(menu_plan.c.status)
    return {PlanStatus(status): int(n) for status, n in (await session.execute(counted)).all()}


async def plans_of(session: Session, run_id: str) -> list[Plan]:
    """Return a run's plans in their order."""
    wanted = select(*_PLAN).where(menu_plan.c.run_id == run_id).order_by(menu_plan.c.place)
    return [_plan(row) for row in (await session.execute(wanted)).all()]


async def claim(session: Session, claim_id: str, now: datetime) -> Run | None:
    """Take the oldest run that waits, or whose replica died, for this claim; None when there is nothing to do.

    Of several who look at once each gets another one: none waits for a row that is being taken.
    """
    dead = and_(planning_run.c.status == RunStatus.RUNNING, planning_run.c.heartbeat_at < now - TAKEN_FOR_DEAD)
    free = or_(planning_run.c.status == RunStatus.QUEUED, dead)
    oldest = select(planning_run.c.run_id).where(free).order_by(planning_run.c.queued_at, planning_run.c.run_id)
    run_id = await session.scalar(oldest.limit(1).with_for_update(skip_locked=True))
    if run_id is None:
        return None
    taken = (
        update(planning_run)
        .where(planning_run.c.run_id == run_id, free)
        .values(status=RunStatus.RUNNING, stage=Stage.READING, claim=claim_id, heartbeat_at=now, starts=_starts + 1)
        .returning(*_RUN)
    )
    row = (await session.execute(taken)).first()
    return None if row is None else _run(row)


def _held(held: Run) -> Any:
    return and_(
        planning_run.c.run_id == held.run_id,
        planning_run.c.claim == held.claim,
        planning_run.c.status == RunStatus.RUNNING,
    )


async def holds(session: Session, held: Run, now: datetime, **values: Any) -> bool:
    """Give a sign of life and set `values`; False when the run was cancelled or is in other hands, then nothing is set.

    Inside a unit of work that keeps answers this is the fence: it locks the run's row.
    """
    wanted = and_(_held(held), planning_run.c.cancel_requested.is_(False))
    alive = update(planning_run).where(wanted).values(heartbeat_at=now, **values)
    return bool((await session.execute(alive)).rowcount)


async def give_back(session: Session, held: Run) -> None:
    """Let a run that is still in these hands wait again, as if it had not been taken."""
    back = {"status": RunStatus.QUEUED, "stage": Stage.WAITING, "claim": "", "starts": _starts - 1}
    await session.execute(update(planning_run).where(_held(held)).values(back))


async def keep(session: Session, plan_id: str, values: Mapping[str, Any]) -> bool:
    """Keep what became of a plan that still waits; False when it was called off meanwhile."""
    this = and_(menu_plan.c.plan_id == plan_id, menu_plan.c.status == PlanStatus.WAITING)
    return bool((await session.execute(update(menu_plan).where(this).values(**values))).rowcount)


async def finish(session: Session, held: Run, status: RunStatus, now: datetime, error: str = "") -> bool:
    """End a run that is still in these hands, and with it the plans it did not come to; False when it is not."""
    ended = (
        update(planning_run)
        .where(_held(held))
        .values(status=status, stage=Stage.DONE, finished_at=now, heartbeat_at=now, error=error)
    )
    if status is RunStatus.DONE:
        ended = ended.values(progress_permille=1000)
    if not (await session.execute(ended)).rowcount:
        return False
    left = PlanStatus.FAILED if status is RunStatus.FAILED else PlanStatus.CANCELLED
    await end_waiting(session, held.run_id, left)
    return True


async def end_waiting(session: Session, run_id: str, status: PlanStatus) -> None:
    """End the plans of a run it has not come to."""
    waiting = and_(menu_plan.c.run_id == run_id, menu_plan.c.status == PlanStatus.WAITING)
    await session.execute(update(menu_plan).where(waiting).values(status=status))


async def ask_to_cancel(session: Session, run_id: str, now: datetime) -> bool:
    """Cancel a queued run at once, a running one as soon as its replica looks; False when it has ended."""
    this = update(planning_run).where(planning_run.c.run_id == run_id)
    queued = this.where(planning_run.c.status == RunStatus.QUEUED)
    ended = queued.values(status=RunStatus.CANCELLED, stage=Stage.DONE, finished_at=now)
    if (await session.execute(ended)).rowcount:
        await end_waiting(session, run_id, PlanStatus.CANCELLED)
        return True
    running = this.where(planning_run.c.status == RunStatus.RUNNING)
    return bool((await session.execute(running.values(cancel_requested=True))).rowcount)


async def take(session: Session, plan_id: str, alternative: int, now: datetime) -> bool:
    """Mark a plan as taken; False when it was taken before. Locks its row until the end of the unit of work."""
    free = and_(menu_plan.c.plan_id == plan_id, menu_plan.c.taken.is_(None))
    taken = update(menu_plan).where(free).values(taken=alternative, taken_at=now)
    return bool((await session.execute(taken)).rowcount)


async def became(session: Session, plan_id: str, draft_ids: Collection[str]) -> None:
    """Note which drafts a taken plan became."""
    await session.execute(update(menu_plan).where(menu_plan.c.plan_id == plan_id).values(draft_ids=list(draft_ids)))


async def homes(session: Session, canteen_ids: Collection[str]) -> dict[str, tuple[str, int]]:
    """Return the county of each canteen among these that is known, and how many meals it serves a day."""
    serves = [_canteen.c[meal.value] for meal in Meal]
    columns = (_canteen.c.canteen_id, _canteen.c.county_code, _canteen.c.pupils, *serves)
    rows = (await session.execute(select(*columns).where(_canteen.c.canteen_id.in_(sorted(canteen_ids))))).all()
    return {
        row.canteen_id: (row.county_code, row.pupils * sum(getattr(row, meal.value) for meal in Meal)) for row in rows
    }


async def names(session: Session, versions: Collection[tuple[str, int]]) -> dict[str, tuple[str, str]]:
    """Return the Chinese and English name of dishes as they were under these versions, by code."""
    this = tuple_(_dish.c.dish_code, _dish.c.version).in_(sorted(versions))
    rows = (await session.execute(select(_dish.c.dish_code, _dish.c.name_zh, _dish.c.name_en).where(this))).all()
    return {row.dish_code: (row.name_zh, row.name_en) for row in rows}
