"""All SQL of reasons."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import Table, func, insert, select

from services.procurement.demand.models import demand_line
from services.procurement.orders.models import order_line, purchase_order
from services.procurement.rows import row_of
from services.procurement.sourcing.domain import Kind
from services.procurement.sourcing.models import sourcing_run
from services.procurement.sourcing.problem import Problem
from services.procurement.sourcing.queries import tenants_of
from services.procurement.sourcing.reasons.limits import LineReasons, OfferReasons
from services.procurement.sourcing.reasons.models import line_reason, offer_reason
from services.procurement.sourcing.reasons.waiting import Waiting, WaitingOffer
from shared.auth.finding import finder
from shared.auth.principal import Tenants
from shared.database import Session
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

_WAITING = [field.name for field in fields(WaitingOffer)]
_offered = finder(offer_reason.c.run_id, cooperative=offer_reason.c.cooperative_id)
_needed = finder(
    line_reason.c.run_id,
    canteen=demand_line.c.canteen_id,
    source=line_reason.join(demand_line, demand_line.c.demand_id == line_reason.c.demand_id),
)


async def parties_of(uow: UnitOfWork, run_ids: Sequence[str]) -> dict[str, Tenants]:
    """Return whose runs are: their county's, and theirs whose offers and demand lines they looked at."""
    runs = await tenants_of(uow, run_ids)
    offered, needed = await _offered(uow, run_ids), await _needed(uow, run_ids)
    nobody = Tenants()
    return {
        run_id: Tenants(run.county, needed.get(run_id, nobody).canteen, offered.get(run_id, nobody).cooperative)
        for run_id, run in runs.items()
    }


async def keep(
    session: Session, run_id: str, problem: Problem, offers: OfferReasons, lines: LineReasons, waiting: Waiting
) -> None:
    """Keep why each offer and line of a run's first pass got what it got, offers held back too."""
    await _insert(session, offer_reason, _offer_rows(run_id, problem, offers))
    await _insert(session, offer_reason, [row_of(row, _WAITING, run_id=run_id) for row in waiting.offers])
    await _insert(session, line_reason, _line_rows(run_id, problem, lines, waiting))


async def _insert(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await session.execute(insert(table), rows)


def _offer_rows(run_id: str, problem: Problem, reasons: OfferReasons) -> list[dict[str, Any]]:
    names = ("planned_g", "left_g", "cut", "worth", "missing_m", "missing_days", "lines", "demand_g")
    columns = [getattr(reasons, name).tolist() for name in names]
    return [
        {
            "run_id": run_id,
            "offer_id": offer.offer_id,
            "cooperative_id": offer.cooperative_id,
            "food_code": offer.food_code,
            "reason": limit.value,
            "price": offer.price_fen_per_kg,
            "minimum_lot_g": offer.minimum_lot_g,
            "lacks": None,
        }
        | dict(zip(names, figures, strict=True))
        for offer, limit, *figures in zip(problem.offers, reasons.limit, *columns, strict=True)
    ]


def _line_rows(run_id: str, problem: Problem, reasons: LineReasons, waiting: Waiting) -> list[dict[str, Any]]:
    columns = [getattr(reasons, name).tolist() for name in ("planned_g", "offers", "above", "price", "cheapest")]
    return [
        {
            "run_id": run_id,
            "demand_id": line.demand_id,
            "reason": limit.value,
            "planned_g": planned,
            "needed_g": line.need_g,
            "offers": offers,
            "cheapest_offer_id": problem.offers[cheapest].offer_id if cheapest >= 0 else None,
            "above": above,
            "price": price,
            "held": waiting.of_line.get(line.demand_id, 0),
        }
        for line, limit, planned, offers, above, price, cheapest in zip(
            problem.lines, reasons.limit, *columns, strict=True
        )
    ]


async def offers(
    session: Session, run_id: str, paging: Paging, cooperative_id: str | None, shown: Collection[str] | None
) -> Sequence[Any]:
    """Return a page of a run's offers and why they got what they got (one more than asked for), by id.

    Of those `shown` only, None: of all cooperatives.
    """
    statement = select(offer_reason).where(offer_reason.c.run_id == run_id)
    if shown is not None:
        statement = statement.where(offer_reason.c.cooperative_id.in_(sorted(shown)))
    if cooperative_id is not None:
        statement = statement.where(offer_reason.c.cooperative_id == cooperative_id)
    if paging.after is not None:
        statement = statement.where(offer_reason.c.offer_id > paging.after)
    statement = statement.order_by(offer_reason.c.offer_id).limit(paging.limit + 1)
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows


async def offer(session: Session, run_id: str, offer_id: str) -> Any:
    """Return an offer of a run and why it got what it got, None when the run did not look at it."""
    here = (offer_reason.c.run_id == run_id, offer_reason.c.offer_id == offer_id)
    return (await session.execute(select(offer_reason).where(*here))).first()


async def newest(session: Session, cooperative_id: str, monday: date) -> list[Any]:
    """Return why a cooperative's offers got what they got, each by the newest run of a county's week from then on."""
    statement = (
        select(offer_reason, sourcing_run.c.county_code, sourcing_run.c.week_start)
        .join(sourcing_run, sourcing_run.c.run_id == offer_reason.c.run_id)
        .where(
            offer_reason.c.cooperative_id == cooperative_id,
            sourcing_run.c.week_start >= monday,
            sourcing_run.c.kind == Kind.ORDERS,
        )
        .order_by(sourcing_run.c.queued_at, offer_reason.c.run_id)
    )
    rows = await session.execute(statement)
    return list({(row.offer_id, row.county_code, row.week_start): row for row in rows}.values())


async def lines(
    session: Session, run_id: str, paging: Paging, canteen_id: str | None, shown: Collection[str] | None
) -> Sequence[Any]:
    """Return a page of a run's demand lines and why they got what they got (one more than asked for), by id.

    Of those `shown` only, None: of all canteens.
    """
    statement = _lines().where(line_reason.c.run_id == run_id)
    if shown is not None:
        statement = statement.where(demand_line.c.canteen_id.in_(sorted(shown)))
    if canteen_id is not None:
        statement = statement.where(demand_line.c.canteen_id == canteen_id)
    if paging.after is not None:
        statement = statement.where(line_reason.c.demand_id > paging.after)
    statement = statement.order_by(line_reason.c.demand_id).limit(paging.limit + 1)
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows


async def line(session: Session, run_id: str, demand_id: str) -> Any:
    """Return a demand line of a run and why it got what it got, None when the run did not look at it."""
    here = (line_reason.c.run_id == run_id, line_reason.c.demand_id == demand_id)
    return (await session.execute(_lines().where(*here))).first()


def _lines() -> Any:
    of_line = (demand_line.c.canteen_id, demand_line.c.food_code, demand_line.c.delivery_day)
    return select(line_reason, *of_line).join(demand_line, demand_line.c.demand_id == line_reason.c.demand_id)


async def ordered_g(session: Session, run_id: str, column: str, keys: Sequence[str]) -> dict[str, int]:
    """Return what a run ordered in all its passes, in g, by `offer_id` or `demand_id`."""
    key = order_line.c[column]
    statement = (
        select(key, func.sum(order_line.c.ordered_g))
        .join(purchase_order, purchase_order.c.order_id == order_line.c.order_id)
        .where(purchase_order.c.run_id == run_id, key.in_(sorted(keys)))
        .group_by(key)
    )
    return {row[0]: int(row[1]) for row in await session.execute(statement)}
