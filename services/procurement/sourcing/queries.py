"""All SQL of sourcing runs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, delete, func, insert, or_, select, update

from services.procurement.demand.models import demand_line
from services.procurement.orders.domain import Supplier
from services.procurement.orders.models import order_line, purchase_order
from services.procurement.orders.states import OFF, UNANSWERED
from services.procurement.rows import in_order, row_of
from services.procurement.sourcing.against import Why
from services.procurement.sourcing.domain import Kind, Run, Status
from services.procurement.sourcing.models import shortfall, sourcing_run
from shared.auth.finding import finder
from shared.database import Session
from shared.ids import new_id
from shared.quantities import divide
from shared.routing import Paging

_RUN_NAMES = [field.name for field in fields(Run)]
_RUN = [sourcing_run.c[name] for name in _RUN_NAMES]
TAKEN_FOR_DEAD = timedelta(seconds=60)
"""A run whose replica gave no sign of life for so long is taken over."""

tenants_of = finder(sourcing_run.c.run_id, county=sourcing_run.c.county_code)


async def add_run(session: Session, run: Run) -> None:
    """Add a run."""
    await session.execute(insert(sourcing_run).values(row_of(run, _RUN_NAMES)))


async def run(session: Session, run_id: str) -> Run | None:
    """Return a run, None when there is none."""
    return _run((await session.execute(select(*_RUN).where(sourcing_run.c.run_id == run_id))).first())


def _run(row: Any) -> Run | None:
    if row is None:
        return None
    values = dict(zip(_RUN_NAMES, row, strict=True))
    return Run(**values | {"status": Status(values["status"]), "kind": Kind(values["kind"])})


async def page(session: Session, paging: Paging, county_code: str | None, week_start: date | None) -> list[Run]:
    """Return a page of runs (one more than asked for), by id."""
    statement = select(*_RUN).order_by(sourcing_run.c.run_id).limit(paging.limit + 1)
    if county_code is not None:
        statement = statement.where(sourcing_run.c.county_code == county_code)
    if week_start is not None:
        statement = statement.where(sourcing_run.c.week_start == week_start)
    if paging.after is not None:
        statement = statement.where(sourcing_run.c.run_id > paging.after)
    return [found for row in await session.execute(statement) if (found := _run(row))]


async def counties_to_source(session: Session, week_start: date, week_end: date) -> list[str]:
    """Return the counties that have something open or unmet in a week, and no run of it that waits or works."""
    under_way = select(sourcing_run.c.run_id).where(
        sourcing_run.c.county_code == demand_line.c.county_code,
        sourcing_run.c.week_start == week_start,
        sourcing_run.c.kind == Kind.ORDERS,
        sourcing_run.c.status.in_((Status.QUEUED, Status.RUNNING)),
    )
    statement = select(demand_line.c.county_code).distinct().order_by(demand_line.c.county_code)
    days = demand_line.c.delivery_day.between(week_start, week_end)
    needed = demand_line.c.open_g + demand_line.c.unmet_g > 0
    return list(await session.scalars(statement.where(days, needed, ~under_way.exists())))


async def queue_again(session: Session, places: Iterable[tuple[str, date]], now: datetime) -> None:
    """Queue a run that sources again for counties' weeks, (county, Monday), unless one waits that nobody has taken.

    That one is locked until the unit of work ends: it begins after what the unit of work changed can be read.
    """
    there = await queued(session, Kind.AGAIN, lock=True)
    for county_code, week_start in sorted(set(places) - there):
        await add_run(session, Run(new_id(), county_code, week_start, Status.QUEUED, now, now, kind=Kind.AGAIN))


async def queued(session: Session, kind: Kind, *, lock: bool = False) -> set[tuple[str, date]]:
    """Return the weeks, (county, Monday), for which a run of a kind waits; locked, none is taken meanwhile."""
    waiting = (
        select(sourcing_run.c.county_code, sourcing_run.c.week_start)
        .where(sourcing_run.c.kind == kind, sourcing_run.c.status == Status.QUEUED)
        .order_by(sourcing_run.c.run_id)
    )
    rows = await session.execute(waiting.with_for_update() if lock else waiting)
    return {(row[0], row[1]) for row in rows}


async def claim(session: Session, claim_id: str, now: datetime) -> Run | None:
    """Take the oldest run that waits, or whose replica died, for this claim; None when there is nothing to do.

    Who only compares comes last, and one at a time: nobody's order waits for it longer than it takes. Of several who
    look at once each gets another one: none waits for a row that is being taken.
    """
    alive = sourcing_run.c.heartbeat_at >= now - TAKEN_FOR_DEAD
    free = or_(
        sourcing_run.c.status == Status.QUEUED,
        and_(sourcing_run.c.status == Status.RUNNING, ~alive),
    )
    compares = sourcing_run.c.kind == Kind.EXACT
    comparing = select(sourcing_run.c.run_id).where(compares, sourcing_run.c.status == Status.RUNNING, alive)
    wanted = free if await session.scalar(comparing.limit(1)) is None else and_(free, ~compares)
    in_turn = case((compares, 1), else_=0), sourcing_run.c.queued_at, sourcing_run.c.run_id
    oldest = select(sourcing_run.c.run_id).where(wanted).order_by(*in_turn)
    run_id = await session.scalar(oldest.limit(1).with_for_update(skip_locked=True))
    if run_id is None:
        return None
    taken = (
        update(sourcing_run)
        .where(sourcing_run.c.run_id == run_id, free)
        .values(status=Status.RUNNING, claim=claim_id, heartbeat_at=now)
        .returning(*_RUN)
    )
    return _run((await session.execute(taken)).first())


async def holds(session: Session, held: Run, now: datetime, **values: Any) -> bool:
    """Give a sign of life and set `values`; False when the run was cancelled or is in other hands, then nothing is set.

    Inside a unit of work that applies results this is the fence: it locks the run's row.
    """
    alive = (
        update(sourcing_run)
        .where(
            sourcing_run.c.run_id == held.run_id,
            sourcing_run.c.claim == held.claim,
            sourcing_run.c.status == Status.RUNNING,
            sourcing_run.c.cancel_requested.is_(False),
        )
        .values(heartbeat_at=now, **values)
    )
    return bool((await session.execute(alive)).rowcount)


async def count(session: Session, run_id: str, sums: Mapping[str, int]) -> None:
    """Add to a run's sums."""
    values = {name: sourcing_run.c[name] + grams for name, grams in sums.items()}
    await session.execute(update(sourcing_run).where(sourcing_run.c.run_id == run_id).values(values))


async def finish(session: Session, held: Run, status: Status, now: datetime, error: str = "") -> bool:
    """End a run that is still in these hands; False when it is not."""
    ended = (
        update(sourcing_run)
        .where(
            sourcing_run.c.run_id == held.run_id,
            sourcing_run.c.claim == held.claim,
            sourcing_run.c.status == Status.RUNNING,
        )
        .values(status=status, finished_at=now, heartbeat_at=now, error=error)
    )
    if status is Status.DONE:
        ended = ended.values(progress_permille=1000)
    return bool((await session.execute(ended)).rowcount)


async def ask_to_cancel(session: Session, run_id: str, now: datetime) -> bool:
    """Cancel a queued run at once, a running one as soon as its replica looks; False when it has ended."""
    waiting = update(sourcing_run).where(sourcing_run.c.run_id == run_id)
    queued = waiting.where(sourcing_run.c.status == Status.QUEUED)
    if (await session.execute(queued.values(status=Status.CANCELLED, finished_at=now))).rowcount:
        return True
    running = waiting.where(sourcing_run.c.status == Status.RUNNING)
    return bool((await session.execute(running.values(cancel_requested=True))).rowcount)


async def replace_shortfalls(
    session: Session, run_id: str, sourced: Iterable[str], short: Sequence[tuple[str, int, Why]]
) -> None:
    """Keep why lines went short, (demand_id, unmet_g, why); what was kept of the `sourced` lines is replaced."""
    for ids in in_order(sourced):
        await session.execute(delete(shortfall).where(shortfall.c.run_id == run_id, shortfall.c.demand_id.in_(ids)))
    if short:
        rows = [{"run_id": run_id, "demand_id": line, "unmet_g": grams, "why": why} for line, grams, why in short]
        await session.execute(insert(shortfall), rows)


async def allocations(session: Session, run_id: str, paging: Paging) -> Sequence[Any]:
    """Return a page of what a run allocated (one more than asked for), by order line id."""
    statement = (
        select(
            order_line.c.line_id,
            order_line.c.order_id,
            purchase_order.c.canteen_id,
            purchase_order.c.cooperative_id,
            purchase_order.c.delivery_day,
            order_line.c.food_code,
            order_line.c.offer_id,
            order_line.c.ordered_g,
            order_line.c.price_fen_per_kg,
            order_line.c.rank,
            order_line.c.distance_m,
            order_line.c.poor_share_permille,
        )
        .join(purchase_order, purchase_order.c.order_id == order_line.c.order_id)
        .where(purchase_order.c.run_id == run_id)
        .order_by(order_line.c.line_id)
        .limit(paging.limit + 1)
    )
    if paging.after is not None:
        statement = statement.where(order_line.c.line_id > paging.after)
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows


async def shortfalls(session: Session, run_id: str, paging: Paging) -> Sequence[Any]:
    """Return a page of what a run found nobody for (one more than asked for), by demand line."""
    statement = (
        select(
            shortfall.c.demand_id,
            demand_line.c.canteen_id,
            demand_line.c.food_code,
            demand_line.c.delivery_day,
            shortfall.c.unmet_g,
            shortfall.c.why,
        )
        .join(demand_line, demand_line.c.demand_id == shortfall.c.demand_id)
        .where(shortfall.c.run_id == run_id)
        .order_by(shortfall.c.demand_id)
        .limit(paging.limit + 1)
    )
    if paging.after is not None:
        statement = statement.where(shortfall.c.demand_id > paging.after)
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows


async def short_of(session: Session, run_id: str) -> tuple[int, int]:
    """Return how many lines a run found nobody for, and their grams."""
    short = (await session.execute(select(shortfall.c.unmet_g).where(shortfall.c.run_id == run_id))).all()
    return len(short), sum(row[0] for row in short)


_STANDS = purchase_order.c.status.not_in(OFF)
_PACKED = and_(purchase_order.c.dispatched_at.is_not(None), purchase_order.c.supplier == Supplier.COOPERATIVE)
_STANDING_G = case(
    (order_line.c.lost.is_not(None), 0),
    (_PACKED, order_line.c.dispatched_g),
    (purchase_order.c.status.in_(UNANSWERED), order_line.c.ordered_g),
    else_=order_line.c.confirmed_g,
)


async def earned_fen(session: Session, cooperative_ids: Iterable[str], first: date, last: date) -> dict[str, int]:
    """Return what orders that stand bring cooperatives for days from `first` to `last`, in fen."""
    worth = _STANDING_G * order_line.c.price_fen_per_kg
    earned: dict[str, int] = {}
    for ids in in_order(cooperative_ids):
        rows = await session.execute(
            select(purchase_order.c.cooperative_id, func.sum(worth))
            .join(order_line, order_line.c.order_id == purchase_order.c.order_id)
            .where(purchase_order.c.cooperative_id.in_(ids), _STANDS)
            .where(purchase_order.c.delivery_day.between(first, last))
            .group_by(purchase_order.c.cooperative_id)
        )
        earned |= {row[0]: divide(int(row[1]), 1000) for row in rows}
    return earned


async def handled_g(
    session: Session, cooperative_ids: Iterable[str], first: date, last: date
) -> dict[tuple[str, date], int]:
    """Return what cooperatives have to deliver on days from `first` to `last` by orders that stand, in g."""
    handled: dict[tuple[str, date], int] = {}
    for ids in in_order(cooperative_ids):
        rows = await session.execute(
            select(purchase_order.c.cooperative_id, purchase_order.c.delivery_day, func.sum(_STANDING_G))
            .join(order_line, order_line.c.order_id == purchase_order.c.order_id)
            .where(purchase_order.c.cooperative_id.in_(ids), _STANDS)
            .where(purchase_order.c.delivery_day.between(first, last))
            .group_by(purchase_order.c.cooperative_id, purchase_order.c.delivery_day)
        )
        handled |= {(row[0], row[1]): int(row[2]) for row in rows}
    return handled


async def spent_fen(
    session: Session, canteen_ids: Iterable[str], first: date, last: date
) -> dict[tuple[str, date], int]:
    """Return what orders that stand cost schools on days from `first` to `last`, in fen, each day rounded up."""
    worth = func.sum(_STANDING_G * order_line.c.price_fen_per_kg)
    spent: dict[tuple[str, date], int] = {}
    for ids in in_order(canteen_ids):
        rows = await session.execute(
            select(purchase_order.c.canteen_id, purchase_order.c.delivery_day, worth)
            .join(order_line, order_line.c.order_id == purchase_order.c.order_id)
            .where(purchase_order.c.canteen_id.in_(ids), _STANDS)
            .where(purchase_order.c.delivery_day.between(first, last))
            .group_by(purchase_order.c.canteen_id, purchase_order.c.delivery_day)
        )
        spent |= {(row[0], row[1]): -(-int(row[2]) // 1000) for row in rows}
    return spent


async def standing(
    session: Session, canteen_ids: Iterable[str], first: date, last: date
) -> frozenset[tuple[str, str, date]]:
    """Return (canteen, cooperative, day) of orders that stand for days from `first` to `last`, not of the market's."""
    columns = (purchase_order.c.canteen_id, purchase_order.c.cooperative_id, purchase_order.c.delivery_day)
    found: set[tuple[str, str, date]] = set()
    for ids in in_order(canteen_ids):
        rows = await session.execute(
            select(*columns)
            .where(purchase_order.c.canteen_id.in_(ids), purchase_order.c.delivery_day.between(first, last))
            .where(_STANDS, purchase_order.c.supplier == Supplier.COOPERATIVE)
        )
        found.update((row[0], row[1], row[2]) for row in rows)
    return frozenset(found)


async def last_premium(session: Session, county_code: str) -> float:
    """Return what the last run that ordered for a county held a fen worth that reaches the poor; 0 without."""
    found = await session.scalar(
        select(sourcing_run.c.premium_permille)
        .where(sourcing_run.c.county_code == county_code, sourcing_run.c.premium_permille.is_not(None))
        .where(sourcing_run.c.kind == Kind.ORDERS)
        .order_by(sourcing_run.c.queued_at.desc(), sourcing_run.c.run_id)
        .limit(1)
    )
    return (found or 0) / 1000
