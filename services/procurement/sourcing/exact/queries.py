"""All SQL of comparing weeks."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, delete, exists, insert, select, update

from services.procurement.demand.models import demand_line
from services.procurement.orders.domain import Supplier
from services.procurement.orders.models import order_line, purchase_order
from services.procurement.orders.states import Status
from services.procurement.partners.models import offer
from services.procurement.rows import in_order, row_of
from services.procurement.sourcing.exact.domain import Change, Difference, Sums
from services.procurement.sourcing.exact.models import sourcing_change, sourcing_difference, unsettled_week
from services.procurement.sourcing.models import sourcing_run
from services.procurement.tables import insert_into
from shared.database import Session
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork
from shared.weeks import monday_of

_CHANGE = [field.name for field in fields(Change)]
_SUMS = [field.name for field in fields(Sums)]


async def note_unsettled(uow: UnitOfWork, places: Iterable[tuple[str, date]]) -> None:
    """Note that something of counties' days was sourced again; a week that is noted keeps its time."""
    weeks = {(county, monday_of(day)) for county, day in places}
    rows = [{"county_code": county, "week_start": week, "since": uow.now} for county, week in sorted(weeks)]
    if rows:
        await uow.session.execute(insert_into(uow, unsettled_week).on_conflict_do_nothing(), rows)


async def take_settled(session: Session, until: datetime) -> list[tuple[str, date]]:
    """Take away and return the weeks noted until then: (county, Monday). Of several replicas one gets each."""
    settled = delete(unsettled_week).where(unsettled_week.c.since <= until)
    rows = await session.execute(settled.returning(unsettled_week.c.county_code, unsettled_week.c.week_start))
    return sorted((row[0], row[1]) for row in rows)


async def unanswered(session: Session, county_code: str, first: date, last: date) -> list[str]:
    """Return a county's orders of these days that cooperatives were asked and have not answered, by id.

    Not those of offers that were withdrawn meanwhile: what was ordered of them could not be ordered again.
    """
    withdrawn = (
        select(order_line.c.line_id)
        .join(offer, offer.c.offer_id == order_line.c.offer_id)
        .where(order_line.c.order_id == purchase_order.c.order_id, offer.c.status != "open")
    )
    statement = select(purchase_order.c.order_id).where(
        purchase_order.c.county_code == county_code,
        purchase_order.c.delivery_day.between(first, last),
        purchase_order.c.status == Status.PLACED,
        purchase_order.c.supplier == Supplier.COOPERATIVE,
        ~exists(withdrawn),
    )
    return list(await session.scalars(statement.order_by(purchase_order.c.order_id)))


async def hide(session: Session, order_ids: Iterable[str]) -> None:
    """Make orders count for nothing; only in a unit of work that is undone."""
    for ids in in_order(order_ids):
        hidden = update(purchase_order).where(purchase_order.c.order_id.in_(ids))
        await session.execute(hidden.values(status=Status.CANCELLED))


async def keep(session: Session, run_id: str, found: Difference, good_until: datetime | None) -> None:
    """Keep what a run found."""
    sums = {f"before_{name}": getattr(found.before, name) for name in _SUMS}
    sums |= {f"after_{name}": getattr(found.after, name) for name in _SUMS}
    values = {"run_id": run_id, "good_until": good_until, "version": 1, "changes": len(found.changes)} | sums
    await session.execute(insert(sourcing_difference).values(values))
    await _replace_older(session, run_id)
    if found.changes:
        await session.execute(
            insert(sourcing_change), [row_of(change, _CHANGE, run_id=run_id) for change in found.changes]
        )


async def _replace_older(session: Session, run_id: str) -> None:
    """Mark what earlier runs found of the same county's week, and nobody has taken, as replaced by this run."""
    this, earlier = sourcing_run.alias("this"), sourcing_run.alias("earlier")
    same_week = and_(earlier.c.county_code == this.c.county_code, earlier.c.week_start == this.c.week_start)
    of_week = select(earlier.c.run_id).join(this, same_week).where(this.c.run_id == run_id, earlier.c.run_id != run_id)
    older = update(sourcing_difference).where(
        sourcing_difference.c.run_id.in_(of_week),
        sourcing_difference.c.taken_at.is_(None),
        sourcing_difference.c.replaced_by.is_(None),
    )
    await session.execute(older.values(replaced_by=run_id, version=sourcing_difference.c.version + 1))


async def all_changes(session: Session, run_id: str) -> list[Change]:
    """Return all a run would change."""
    columns = [sourcing_change.c[name] for name in _CHANGE]
    statement = select(*columns).where(sourcing_change.c.run_id == run_id).order_by(sourcing_change.c.change_id)
    return [Change(*row) for row in await session.execute(statement)]


async def note_taken(session: Session, run_id: str, version: int, now: datetime) -> None:
    """Note that what a run found was ordered."""
    taken = update(sourcing_difference).where(sourcing_difference.c.run_id == run_id)
    await session.execute(taken.values(version=version, taken_at=now))


async def difference(session: Session, run_id: str) -> Any:
    """Return what a run found, None when it compared nothing."""
    return (await session.execute(select(sourcing_difference).where(sourcing_difference.c.run_id == run_id))).first()


async def changes(session: Session, run_id: str, paging: Paging) -> Sequence[Any]:
    """Return a page of what a run would change (one more than asked for), by id."""
    of_line = (demand_line.c.canteen_id, demand_line.c.food_code, demand_line.c.delivery_day)
    statement = (
        select(sourcing_change, *of_line)
        .join(demand_line, demand_line.c.demand_id == sourcing_change.c.demand_id)
        .where(sourcing_change.c.run_id == run_id)
        .order_by(sourcing_change.c.change_id)
        .limit(paging.limit + 1)
    )
    if paging.after is not None:
        statement = statement.where(sourcing_change.c.change_id > paging.after)
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows
