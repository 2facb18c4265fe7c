"""All SQL of substitutions."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import select, update

from services.procurement.rows import row_of
from services.procurement.substitution.domain import Status, Substitution
from services.procurement.substitution.models import substitution
from services.procurement.tables import insert_into
from shared.auth.finding import finder
from shared.database import Session
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

_NAMES = [field.name for field in fields(Substitution)]
_COLUMNS = [substitution.c[name] for name in _NAMES]

tenants_of = finder(
    substitution.c.substitution_id, county=substitution.c.county_code, canteen=substitution.c.canteen_id
)


def _read(row: Any) -> Substitution:
    values = dict(zip(_NAMES, row, strict=True))
    return Substitution(**values | {"status": Status(values["status"])})


def _row(one: Substitution) -> dict[str, Any]:
    return row_of(one, _NAMES) | {
        "dishes": [dict(dish) for dish in one.dishes],
        "foods": [dict(food) for food in one.foods],
    }


async def add(uow: UnitOfWork, asked: Sequence[Substitution]) -> set[str]:
    """Add substitutions; returns the ids of those that were not asked about before."""
    if not asked:
        return set()
    statement = insert_into(uow, substitution).on_conflict_do_nothing().returning(substitution.c.substitution_id)
    return set((await uow.session.scalars(statement, [_row(one) for one in asked])).all())


async def for_update(session: Session, substitution_id: str) -> Substitution | None:
    """Lock and return a substitution, None when there is none."""
    statement = select(*_COLUMNS).where(substitution.c.substitution_id == substitution_id).with_for_update()
    row = (await session.execute(statement)).first()
    return None if row is None else _read(row)


async def save(session: Session, one: Substitution) -> None:
    """Write a substitution that was locked."""
    written = update(substitution).where(substitution.c.substitution_id == one.substitution_id)
    await session.execute(written.values(_row(one)))


async def page(session: Session, paging: Paging, wanted: Mapping[str, Any]) -> list[Substitution]:
    """Return a page of substitutions (one more than asked for), by id; `wanted` names columns and values, None: any."""
    statement = select(*_COLUMNS).order_by(substitution.c.substitution_id).limit(paging.limit + 1)
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(substitution.c[name] == value)
    if paging.after is not None:
        statement = statement.where(substitution.c.substitution_id > paging.after)
    return [_read(row) for row in await session.execute(statement)]
