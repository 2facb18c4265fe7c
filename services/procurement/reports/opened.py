"""All SQL behind a month's figures, line by line (households: `earned.py`): whoever doubts a sum can add it up."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from services.procurement.demand.models import demand_line
from services.procurement.orders.models import order_line, purchase_order
from services.procurement.partners.models import cooperative
from services.procurement.reports.days import Days, from_market
from shared.database import Session
from shared.routing import Paging


async def lines(session: Session, days: Days, paging: Paging) -> Sequence[Any]:
    """Return a page of order lines that were accepted or paid for (one more), by id; they sum to the spend."""
    columns = [
        *(order_line.c[name] for name in ("line_id", "order_id", "food_code", "price_fen_per_kg")),
        *(order_line.c[name] for name in ("accepted_g", "amount_fen")),
        *(purchase_order.c[name] for name in ("canteen_id", "cooperative_id", "county_code", "delivery_day")),
        cooperative.c.county_code.label("cooperative_county"),
        from_market().label("from_market"),
    ]
    statement = (
        select(*columns)
        .join(purchase_order, purchase_order.c.order_id == order_line.c.order_id)
        .outerjoin(cooperative, cooperative.c.cooperative_id == purchase_order.c.cooperative_id)
        .where(days.of(purchase_order), order_line.c.accepted_g + order_line.c.amount_fen > 0)
        .order_by(order_line.c.line_id)
        .limit(paging.limit + 1)
    )
    if paging.after is not None:
        statement = statement.where(order_line.c.line_id > paging.after)
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows


async def unmet(session: Session, days: Days, paging: Paging) -> Sequence[Any]:
    """Return a page of demand lines that end with something nobody has (one more than asked for), by id."""
    names = ("demand_id", "canteen_id", "county_code", "delivery_day", "food_code", "quantity_g", "unmet_g")
    statement = (
        select(*(demand_line.c[name] for name in names))
        .where(days.of(demand_line), demand_line.c.unmet_g > 0)
        .order_by(demand_line.c.demand_id)
        .limit(paging.limit + 1)
    )
    if paging.after is not None:
        statement = statement.where(demand_line.c.demand_id > paging.after)
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows
