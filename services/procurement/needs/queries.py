"""All SQL of needs."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, func, select

from services.procurement.demand.models import demand_line
from services.procurement.orders.models import order_line, purchase_order
from services.procurement.orders.states import OFF
from services.procurement.partners.models import canteen, offer
from services.procurement.sourcing.domain import Kind
from services.procurement.sourcing.models import sourcing_run
from services.procurement.sourcing.reasons.models import offer_reason
from shared.database import Session
from shared.near import DaysNear, nearest

Window = tuple[date, date]
_GRAMS = ("quantity_g", "allocated_g", "open_g", "unmet_g")
_WANTED = demand_line.c.quantity_g + demand_line.c.allocated_g > 0


async def county_of(session: Session, canteen_id: str) -> str | None:
    """Return the county of a school, None where it is unknown."""
    county: str | None = await session.scalar(select(canteen.c.county_code).where(canteen.c.canteen_id == canteen_id))
    return county


def _whose(table: Table, county_code: str, canteen_id: str | None) -> ColumnElement[bool]:
    return table.c.county_code == county_code if canteen_id is None else table.c.canteen_id == canteen_id


def _of(table: Table, window: Window, county_code: str, canteen_id: str | None) -> ColumnElement[bool]:
    return and_(table.c.delivery_day.between(*window), _whose(table, county_code, canteen_id))


async def days_near(session: Session, near: date, county_code: str, canteen_id: str | None) -> DaysNear:
    """Return the days nearest to one with demand."""
    return await nearest(
        session, demand_line.c.delivery_day, near, _whose(demand_line, county_code, canteen_id), _WANTED
    )


async def demand(session: Session, window: Window, county_code: str, canteen_id: str | None) -> Sequence[Any]:
    """Return the sums of demand (g) by food and day; what is needed no more and ordered nowhere is left out."""
    sums = [func.sum(demand_line.c[name]).label(name) for name in _GRAMS]
    statement = (
        select(demand_line.c.food_code, demand_line.c.delivery_day, *sums)
        .where(_of(demand_line, window, county_code, canteen_id))
        .where(_WANTED)
        .group_by(demand_line.c.food_code, demand_line.c.delivery_day)
        .order_by(demand_line.c.food_code, demand_line.c.delivery_day)
    )
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows


async def ordered(session: Session, window: Window, county_code: str, canteen_id: str | None) -> Sequence[Any]:
    """Return by food what stands ordered (g), what it costs and what of that reaches the poor (g × fen/kg, × ‰)."""
    value = order_line.c.ordered_g * order_line.c.price_fen_per_kg
    statement = (
        select(
            order_line.c.food_code,
            func.sum(order_line.c.ordered_g).label("ordered_g"),
            func.sum(value).label("value"),
            func.sum(value * order_line.c.poor_share_permille).label("poor_value"),
        )
        .join(purchase_order, purchase_order.c.order_id == order_line.c.order_id)
        .where(_of(purchase_order, window, county_code, canteen_id), purchase_order.c.status.not_in(OFF))
        .where(order_line.c.ordered_g > 0)
        .group_by(order_line.c.food_code)
    )
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows


def _open_offers(window: Window, county_code: str) -> ColumnElement[bool]:
    return and_(
        offer.c.county_code == county_code,
        offer.c.available_until >= window[0],
        offer.c.available_from <= window[1],
        offer.c.status == "open",
        offer.c.quantity_g > offer.c.allocated_g,
    )


async def offered(session: Session, window: Window, county_code: str) -> Sequence[Any]:
    """Return by food what is left on a county's offers (g), and the cheapest of them (fen/kg)."""
    left = func.sum(offer.c.quantity_g - offer.c.allocated_g).label("left_g")
    cheapest = func.min(offer.c.price_fen_per_kg).label("price")
    statement = select(offer.c.food_code, left, cheapest).where(_open_offers(window, county_code))
    rows: Sequence[Any] = (await session.execute(statement.group_by(offer.c.food_code))).all()
    return rows


async def taken(session: Session, window: Window, county_code: str, food_code: str) -> Sequence[Any]:
    """Return what stands ordered of a food, by supplier and offer, and what told for it."""
    value = order_line.c.ordered_g * order_line.c.price_fen_per_kg
    statement = (
        select(
            order_line.c.offer_id,
            purchase_order.c.cooperative_id.label("supplier_id"),
            purchase_order.c.supplier,
            func.sum(order_line.c.ordered_g).label("ordered_g"),
            func.sum(value).label("value"),
            func.max(order_line.c.poor_share_permille).label("poor_share_permille"),
            func.min(order_line.c.rank).label("rank"),
            func.min(order_line.c.distance_m).label("nearest_m"),
            func.max(order_line.c.distance_m).label("farthest_m"),
            func.count(purchase_order.c.canteen_id.distinct()).label("schools"),
        )
        .join(purchase_order, purchase_order.c.order_id == order_line.c.order_id)
        .where(_of(purchase_order, window, county_code, None), purchase_order.c.status.not_in(OFF))
        .where(order_line.c.food_code == food_code, order_line.c.ordered_g > 0)
        .group_by(order_line.c.offer_id, purchase_order.c.cooperative_id, purchase_order.c.supplier)
    )
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows


async def offers(
    session: Session, window: Window, county_code: str, food_code: str, also: Collection[str]
) -> Sequence[Any]:
    """Return a county's offers of a food with something left, and those named."""
    of_food = and_(_open_offers(window, county_code), offer.c.food_code == food_code)
    statement = _offer_columns().where(of_food | offer.c.offer_id.in_(sorted(also)))
    rows: Sequence[Any] = (await session.execute(statement.order_by(offer.c.offer_id).limit(500))).all()
    return rows


def _offer_columns() -> Select[Any]:
    return select(
        offer.c.offer_id,
        offer.c.cooperative_id,
        offer.c.status,
        (offer.c.quantity_g - offer.c.allocated_g).label("left_g"),
        offer.c.price_fen_per_kg,
        offer.c.poor_share_permille,
        offer.c.available_from,
        offer.c.available_until,
    )


async def reasons(session: Session, county_code: str, week_start: date, food_code: str) -> dict[str, Any]:
    """Return by offer of a food why it got what it got in the last run of a week that looked at it."""
    runs = select(sourcing_run.c.run_id).where(
        sourcing_run.c.county_code == county_code,
        sourcing_run.c.week_start == week_start,
        sourcing_run.c.kind == Kind.ORDERS,
    )
    statement = select(offer_reason).where(offer_reason.c.run_id.in_(runs), offer_reason.c.food_code == food_code)
    # Ids of runs are in the order of their time: the last one stays.
    return {row.offer_id: row for row in await session.execute(statement.order_by(offer_reason.c.run_id))}
