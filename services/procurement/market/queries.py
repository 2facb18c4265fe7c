"""All SQL of market suppliers."""

from collections.abc import Iterable, Sequence
from dataclasses import fields

from sqlalchemy import select

from services.procurement.market.domain import MarketSupplier
from services.procurement.market.models import market_supplier
from services.procurement.rows import row_of
from services.procurement.tables import insert_into
from shared.auth.finding import finder
from shared.database import Session
from shared.unit_of_work import UnitOfWork

_NAMES = [field.name for field in fields(MarketSupplier)]
_COLUMNS = [market_supplier.c[name] for name in _NAMES]

tenants_of = finder(market_supplier.c.supplier_id, county=market_supplier.c.county_code)


async def present(session: Session, supplier_ids: Iterable[str]) -> dict[str, MarketSupplier]:
    """Lock and return those of these suppliers that are known, by id."""
    statement = select(*_COLUMNS).where(market_supplier.c.supplier_id.in_(sorted(supplier_ids)))
    ordered = statement.order_by(market_supplier.c.supplier_id).with_for_update()
    return {row[0]: MarketSupplier(*row) for row in await session.execute(ordered)}


async def put(uow: UnitOfWork, suppliers: Sequence[MarketSupplier]) -> None:
    """Write suppliers; a known one is replaced."""
    if suppliers:
        statement = insert_into(uow, market_supplier)
        replaced = {name: statement.excluded[name] for name in _NAMES[1:]}
        newest = statement.on_conflict_do_update(index_elements=["supplier_id"], set_=replaced)
        await uow.session.execute(newest, [row_of(each, _NAMES) for each in suppliers])


async def suppliers(session: Session, county_code: str | None) -> list[MarketSupplier]:
    """Return the suppliers of a county, or all, by id."""
    statement = select(*_COLUMNS).order_by(market_supplier.c.supplier_id).limit(1000)
    if county_code is not None:
        statement = statement.where(market_supplier.c.county_code == county_code)
    return [MarketSupplier(*row) for row in await session.execute(statement)]


async def supplier_of(session: Session, supplier_id: str) -> MarketSupplier | None:
    """Return a supplier, None when there is none."""
    row = (await session.execute(select(*_COLUMNS).where(market_supplier.c.supplier_id == supplier_id))).first()
    return None if row is None else MarketSupplier(*row)
