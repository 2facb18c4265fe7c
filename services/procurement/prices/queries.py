"""All SQL of reference prices."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select, update

from services.procurement.prices.domain import Price
from services.procurement.prices.models import reference_price
from services.procurement.prices.outliers import COMPARED
from services.procurement.rows import in_order, row_of
from services.procurement.tables import insert_into
from shared.auth.finding import finder
from shared.database import Session
from shared.market import Asked, Reference
from shared.references import references
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

_NAMES = [field.name for field in fields(Price)]
_COLUMNS = [reference_price.c[name] for name in _NAMES]

tenants_of = finder(reference_price.c.price_id, county=reference_price.c.region_code)


async def lock(session: Session, price_ids: Iterable[str]) -> dict[str, Price]:
    """Lock those of the prices that exist, in the order of their ids, and return them."""
    found: dict[str, Price] = {}
    for ids in in_order(price_ids):
        statement = select(*_COLUMNS).where(reference_price.c.price_id.in_(ids)).order_by(reference_price.c.price_id)
        prices = [Price(*row) for row in await session.execute(statement.with_for_update())]
        found |= {price.price_id: price for price in prices}
    return found


async def insert(uow: UnitOfWork, new: Sequence[Price]) -> set[str]:
    """Insert prices; returns the ids of those nobody else inserted at the same moment."""
    if not new:
        return set()
    statement = insert_into(uow, reference_price).on_conflict_do_nothing().returning(reference_price.c.price_id)
    rows = [row_of(each, _NAMES, price_id=each.price_id) for each in sorted(new, key=lambda one: one.price_id)]
    return set((await uow.session.scalars(statement, rows)).all())


async def save(session: Session, changed: Sequence[Price]) -> None:
    """Write prices that were locked before."""
    if changed:
        statement = update(reference_price).where(reference_price.c.price_id == bindparam("id"))
        await session.execute(statement, [row_of(each, _NAMES[3:], id=each.price_id) for each in changed])


async def page(
    session: Session, paging: Paging, food_code: str | None, region_code: str | None, held: bool | None
) -> list[tuple[str, Price]]:
    """Return a page of prices with their ids (one more than asked for), by id."""
    statement = select(reference_price.c.price_id, *_COLUMNS).order_by(reference_price.c.price_id)
    for column, value in (("food_code", food_code), ("region_code", region_code), ("held", held)):
        if value is not None:
            statement = statement.where(reference_price.c[column] == value)
    if paging.after is not None:
        statement = statement.where(reference_price.c.price_id > paging.after)
    rows: Sequence[Any] = (await session.execute(statement.limit(paging.limit + 1))).all()
    return [(row[0], Price(*row[1:])) for row in rows]


async def beside(session: Session, asked: Collection[Asked], today: date) -> dict[Asked, Reference]:
    """Return the reference prices to be shown beside what is asked for (a food, a county, a day)."""
    return await references(session, reference_price, asked, today, reference_price.c.held.is_(False))


async def others(session: Session, prices: Collection[Price]) -> list[Price]:
    """Return the prices in use that these may be compared with: of the same foods, up to four weeks before."""
    if not prices:
        return []
    first = min(price.day for price in prices) - COMPARED
    last = max(price.day for price in prices)
    found: list[Price] = []
    for foods in in_order({price.food_code for price in prices}, 500):
        statement = select(*_COLUMNS).where(
            reference_price.c.food_code.in_(foods),
            reference_price.c.day.between(first, last),
            reference_price.c.held.is_(False),
        )
        found += [Price(*row) for row in await session.execute(statement)]
    return found
