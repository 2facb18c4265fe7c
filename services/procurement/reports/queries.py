"""All SQL of the week's report: five sums over indexed days."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from services.procurement.demand.models import demand_line, menu
from services.procurement.ledger.domain import EARNED
from services.procurement.ledger.models import ledger_entry, ledger_transaction
from services.procurement.orders.models import order_line, purchase_order
from services.procurement.reports.days import Days, from_market
from shared.database import Session


async def menus(session: Session, week: Days) -> int:
    """Count the week's menus that were not withdrawn."""
    statement = select(func.count()).where(menu.c.week_start == week.first, menu.c.withdrawn_version == 0)
    if week.county_code is not None:
        statement = statement.where(menu.c.county_code == week.county_code)
    return int(await session.scalar(statement))


async def demand(session: Session, week: Days) -> dict[str, int]:
    """Sum the week's demand lines, in grams; `lines_unmet` of them end with something nobody has."""
    return await _sums(
        session,
        week.of(demand_line),
        {
            "demand_lines": func.sum(case((demand_line.c.quantity_g > 0, 1), else_=0)),
            "demand_g": func.sum(demand_line.c.quantity_g),
            "allocated_g": func.sum(demand_line.c.allocated_g),
            "unmet_g": func.sum(demand_line.c.unmet_g),
            "surplus_g": func.sum(demand_line.c.surplus_g),
            "lines_unmet": func.sum(case((demand_line.c.unmet_g > 0, 1), else_=0)),
        },
    )


async def orders(session: Session, week: Days) -> dict[str, int]:
    """Count the week's orders: placed in all, and confirmed ones that stand."""
    stands = and_(purchase_order.c.confirmed_at.is_not(None), purchase_order.c.status != "cancelled")
    return await _sums(
        session,
        week.of(purchase_order),
        {"orders_placed": func.count(), "orders_confirmed": func.sum(case((stands, 1), else_=0))},
    )


async def lines(session: Session, week: Days) -> dict[str, int]:
    """Sum the week's order lines, in grams; `answers_short` of them were answered with less than was ordered."""
    joined = and_(purchase_order.c.order_id == order_line.c.order_id, week.of(purchase_order))
    packed = and_(purchase_order.c.dispatched_at.is_not(None), ~from_market())
    return await _sums(
        session,
        joined,
        {
            "answers_short": func.sum(case((order_line.c.short_g > 0, 1), else_=0)),
            "packed_short_g": func.sum(case((packed, order_line.c.confirmed_g - order_line.c.dispatched_g), else_=0)),
            "lost_g": func.sum(case((order_line.c.lost.is_not(None), order_line.c.dispatched_g), else_=0)),
            "received_g": func.sum(order_line.c.received_g),
            "accepted_g": func.sum(order_line.c.accepted_g),
            "market_g": func.sum(case((from_market(), order_line.c.accepted_g), else_=0)),
            "market_fen": func.sum(case((from_market(), order_line.c.amount_fen), else_=0)),
        },
    )


async def money(session: Session, week: Days) -> dict[str, int]:
    """Sum the week's ledger entries, in fen."""
    joined = and_(
        ledger_transaction.c.transaction_id == ledger_entry.c.transaction_id,
        ledger_transaction.c.kind.in_(EARNED),
        week.of(ledger_transaction),
    )
    amount = ledger_entry.c.amount_fen
    return await _sums(
        session,
        joined,
        {
            "spend_fen": func.sum(case((ledger_entry.c.kind == "school", -amount), else_=0)),
            "poor_household_fen": func.sum(case((ledger_entry.c.poor.is_(True), amount), else_=0)),
            "ledger_sum_fen": func.sum(amount),
        },
    )


async def households_paid(session: Session, week: Days) -> int:
    """Count households whose entries of the week sum to more than nothing."""
    paid = (
        select(ledger_entry.c.account)
        .join(ledger_transaction, ledger_transaction.c.transaction_id == ledger_entry.c.transaction_id)
        .where(ledger_entry.c.kind == "household", ledger_transaction.c.kind.in_(EARNED), week.of(ledger_transaction))
        .group_by(ledger_entry.c.account)
        .having(func.sum(ledger_entry.c.amount_fen) > 0)
        .subquery()
    )
    return int(await session.scalar(select(func.count()).select_from(paid)))


async def _sums(session: Session, where: ColumnElement[bool], sums: dict[str, Any]) -> dict[str, int]:
    row = (await session.execute(select(*sums.values()).where(where))).one()
    return {name: int(value or 0) for name, value in zip(sums, row, strict=True)}
