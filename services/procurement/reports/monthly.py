"""All SQL of the month's report: sums by county over indexed delivery days, a statement for each source."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, case, func, select

from services.procurement.demand.models import demand_line
from services.procurement.disputes.models import dispute
from services.procurement.ledger.domain import EARNED, Booking, Kind
from services.procurement.ledger.models import ledger_entry, ledger_transaction
from services.procurement.orders.models import order_line, purchase_order
from services.procurement.partners.models import cooperative
from services.procurement.prices import queries as prices
from services.procurement.reports.days import Days, from_market
from services.procurement.reports.domain import Sums
from services.procurement.settlement.domain import Purpose
from services.procurement.settlement.models import settlement
from shared.database import Session
from shared.quantities import amount_fen


async def sums_of(session: Session, days: Days, today: date) -> dict[str, Sums]:
    """Return the sums of the days by county."""
    found: dict[str, Sums] = defaultdict(Sums)
    freight = _apart(days, "freight_fen", Booking.FREIGHT, Kind.CARRIER)
    compensation = _apart(days, "compensation_fen", Booking.COMPENSATION, Kind.COMPENSATION)
    food = (_settled(days), _market(days), _spent(days), _disputed(days), _demanded(days))
    for statement in (*food, freight, compensation):
        for county_code, *values in await session.execute(statement):
            names = list(statement.selected_columns.keys())[1:]
            for name, value in zip(names, values, strict=True):
                setattr(found[county_code], name, int(value or 0))
    await _compare(session, days, today, found)
    return dict(sorted(found.items()))


def _settled(days: Days) -> Any:
    """Sum what was paid, what is held, and where the cooperatives are that earned it."""
    amount, county = settlement.c.amount_fen, settlement.c.county_code
    province = func.substr(cooperative.c.county_code, 1, 2) == func.substr(county, 1, 2)
    return (
        select(
            county,
            func.count(settlement.c.order_id.distinct()).label("orders"),
            func.sum(case((cooperative.c.county_code == county, amount), else_=0)).label("from_county_fen"),
            func.sum(case((province, amount), else_=0)).label("from_province_fen"),
            func.sum(settlement.c.paid_fen).label("paid_fen"),
            func.sum(settlement.c.held_fen - settlement.c.passed_fen).label("held_fen"),
        )
        .outerjoin(cooperative, cooperative.c.cooperative_id == settlement.c.cooperative_id)
        .where(days.of(settlement), settlement.c.purpose == Purpose.FOOD.value)
        .group_by(county)
    )


def _market(days: Days) -> Any:
    """Sum what the licensed market supplier earned."""
    return (
        select(settlement.c.county_code, func.sum(settlement.c.amount_fen).label("from_market_fen"))
        .join(purchase_order, purchase_order.c.order_id == settlement.c.order_id)
        .where(days.of(settlement), settlement.c.purpose == Purpose.FOOD.value, from_market())
        .group_by(settlement.c.county_code)
    )


def _spent(days: Days) -> Any:
    """Sum what schools spent, for how many grams, and what of it is households', from the ledger's entries."""
    amount = ledger_entry.c.amount_fen
    school, household = (ledger_entry.c.kind == kind for kind in ("school", "household"))
    return (
        select(
            ledger_transaction.c.county_code,
            func.sum(case((school, -amount), else_=0)).label("spend_fen"),
            func.sum(case((school, ledger_entry.c.accepted_g), else_=0)).label("accepted_g"),
            func.sum(case((household, amount), else_=0)).label("households_fen"),
            func.sum(case((and_(household, ledger_entry.c.poor), amount), else_=0)).label("poor_households_fen"),
        )
        .join(ledger_transaction, ledger_transaction.c.transaction_id == ledger_entry.c.transaction_id)
        .where(days.of(ledger_transaction), ledger_transaction.c.kind.in_(EARNED))
        .group_by(ledger_transaction.c.county_code)
    )


def _apart(days: Days, name: str, booking: Booking, kind: Kind) -> Any:
    """Sum what accounts of a kind got by bookings that no money for food pays."""
    return (
        select(ledger_transaction.c.county_code, func.sum(ledger_entry.c.amount_fen).label(name))
        .join(ledger_transaction, ledger_transaction.c.transaction_id == ledger_entry.c.transaction_id)
        .where(
            days.of(ledger_transaction),
            ledger_transaction.c.kind == booking.value,
            ledger_entry.c.kind == kind.value,
        )
        .group_by(ledger_transaction.c.county_code)
    )


def _disputed(days: Days) -> Any:
    """Sum what is held back in open disputes."""
    held = func.sum(dispute.c.ordered_fen - dispute.c.weighed_fen).label("disputed_fen")
    return (
        select(dispute.c.county_code, held)
        .where(days.of(dispute), dispute.c.status == "open")
        .group_by(dispute.c.county_code)
    )


def _demanded(days: Days) -> Any:
    """Sum what was needed, and what of it nobody has."""
    needed, unmet = demand_line.c.quantity_g, demand_line.c.unmet_g
    return (
        select(
            demand_line.c.county_code,
            func.sum(case((needed > 0, 1), else_=0)).label("demand_lines"),
            func.sum(needed).label("demand_g"),
            func.sum(case((unmet > 0, 1), else_=0)).label("lines_unmet"),
            func.sum(unmet).label("unmet_g"),
        )
        .where(days.of(demand_line))
        .group_by(demand_line.c.county_code)
    )


async def _compare(session: Session, days: Days, today: date, found: dict[str, Sums]) -> None:
    """Sum what was paid for foods that have a reference price on the day, and what they would have cost at it."""
    rows = await bought(session, days)
    asked = [(row.food_code, row.county_code, row.delivery_day) for row in rows]
    references = await prices.beside(session, asked, today)
    for row, key in zip(rows, asked, strict=True):
        reference = references.get(key)
        if reference is not None:
            found[row.county_code].compared_fen += int(row.amount_fen)
            found[row.county_code].reference_fen += amount_fen(int(row.accepted_g), reference.price_fen_per_kg)


async def bought(session: Session, days: Days) -> Sequence[Any]:
    """Return what was bought of each food in each county on each day: grams and fen."""
    key = (purchase_order.c.county_code, order_line.c.food_code, purchase_order.c.delivery_day)
    statement = (
        select(
            *key,
            func.sum(order_line.c.accepted_g).label("accepted_g"),
            func.sum(order_line.c.amount_fen).label("amount_fen"),
        )
        .join(purchase_order, purchase_order.c.order_id == order_line.c.order_id)
        .where(days.of(purchase_order), order_line.c.accepted_g + order_line.c.amount_fen > 0)
        .group_by(*key)
    )
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows
