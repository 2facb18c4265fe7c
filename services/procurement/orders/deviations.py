"""Order lines whose price lies far from the public market's: listed for whoever looks after prices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from pydantic import BaseModel
from sqlalchemy import select

from services.procurement.orders.models import order_line, purchase_order
from services.procurement.orders.states import OFF
from services.procurement.prices import usecases as prices
from shared.market import ReferenceRead
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

_COLUMNS = (
    order_line.c.line_id,
    order_line.c.order_id,
    purchase_order.c.canteen_id,
    purchase_order.c.cooperative_id,
    purchase_order.c.county_code,
    purchase_order.c.delivery_day,
    purchase_order.c.supplier,
    order_line.c.food_code,
    order_line.c.offer_id,
    order_line.c.price_fen_per_kg,
    order_line.c.ordered_g,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Deliveries of a county between two days whose prices lie at least so far from their reference."""

    county_code: str
    first: date
    last: date
    least_permille: int


class DeviationRead(BaseModel):
    """An order line and the reference price its own lies far from (`difference_permille` of the reference)."""

    line_id: str
    order_id: str
    canteen_id: str
    cooperative_id: str
    county_code: str
    delivery_day: date
    supplier: str
    food_code: str
    offer_id: str
    price_fen_per_kg: int
    ordered_g: int
    reference: ReferenceRead

    @classmethod
    def of(cls, row: Any, reference: ReferenceRead) -> Self:
        """Return the answer about a line."""
        return cls(**row._mapping, reference=reference)


class Deviations(BaseModel):
    """What of a page of order lines lies far from the market; `next` is the id to pass as `after`, None at the end."""

    items: list[DeviationRead]
    next: str | None


async def deviations(uow: UnitOfWork, wanted: Wanted, paging: Paging) -> Deviations:
    """Look through a page of order lines that stand; those without a reference price say nothing."""
    statement = (
        select(*_COLUMNS)
        .join(purchase_order, purchase_order.c.order_id == order_line.c.order_id)
        .where(
            purchase_order.c.county_code == wanted.county_code,
            purchase_order.c.delivery_day.between(wanted.first, wanted.last),
            purchase_order.c.status.notin_(sorted(OFF)),
        )
        .order_by(order_line.c.line_id)
        .limit(paging.limit + 1)
    )
    if paging.after is not None:
        statement = statement.where(order_line.c.line_id > paging.after)
    rows: Sequence[Any] = (await uow.session.execute(statement)).all()
    page = rows[: paging.limit]
    asked = {(row.food_code, row.county_code, row.delivery_day) for row in page}
    references = await prices.beside(uow, asked)
    found = []
    for row in page:
        held = references.get((row.food_code, row.county_code, row.delivery_day))
        reference = ReferenceRead.of(held, row.price_fen_per_kg)
        if reference is not None and abs(reference.difference_permille) >= wanted.least_permille:
            found.append(DeviationRead.of(row, reference))
    return Deviations(items=found, next=page[-1].line_id if len(rows) > len(page) else None)
