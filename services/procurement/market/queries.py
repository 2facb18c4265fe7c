"""All SQL of market suppliers."""

from collections.abc import Iterable, Sequence
from dataclasses import fields

from sqlalchemy import select

from services.procurement.market.domain import MarketSupplier
from services.procurement.market.models import market_supplier
from services.procurement.partners import queries as partners
from services.procurement.rows import row_of
from services.procurement.tables import insert_into
from shared.auth.finding import finder
from shared.auth.principal import Tenants
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


async def counties_of_suppliers(uow: UnitOfWork, supplier_ids: Sequence[str]) -> dict[str, str]:
    """Return in which county these are that deliver, as far as known: cooperatives, and licensed market suppliers."""
    licensed = await partners.counties_by(uow.session, market_supplier, supplier_ids)
    return licensed | await partners.counties_of(uow.session, supplier_ids)


async def tenants_of_suppliers(uow: UnitOfWork, supplier_ids: Sequence[str]) -> dict[str, Tenants]:
    """Return whose these are that deliver: their county's, and a cooperative its own, too."""
    return {**await tenants_of(uow, supplier_ids), **await partners.tenants_of_cooperatives(uow, supplier_ids)}
