"""All SQL of freight."""

from collections.abc import Mapping
from dataclasses import fields

from sqlalchemy import insert, select

from services.procurement.freight.domain import Freight
from services.procurement.freight.models import freight
from services.procurement.rows import row_of
from shared.database import Session
from shared.routing import Paging

_NAMES = [field.name for field in fields(Freight)]
_COLUMNS = [freight.c[name] for name in _NAMES]


async def one(session: Session, freight_id: str) -> Freight | None:
    """Return what was booked, None when it was not."""
    row = (await session.execute(select(*_COLUMNS).where(freight.c.freight_id == freight_id))).one_or_none()
    return None if row is None else Freight(*row)


async def add(session: Session, booked: Freight) -> None:
    """Add what was booked."""
    await session.execute(insert(freight), [row_of(booked, _NAMES, freight_id=booked.freight_id)])


async def page(session: Session, paging: Paging, wanted: Mapping[str, str | None]) -> list[Freight]:
    """Return a page of freight (one more than asked for), by id."""
    statement = select(*_COLUMNS).order_by(freight.c.freight_id).limit(paging.limit + 1)
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(freight.c[name] == value)
    if paging.after is not None:
        statement = statement.where(freight.c.freight_id > paging.after)
    return [Freight(*row) for row in await session.execute(statement)]
