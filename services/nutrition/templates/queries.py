"""SQL of menu templates."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from services.nutrition.tables import table_of
from services.nutrition.templates.models import MenuTemplate
from shared.database import Session
from shared.errors import NotFound
from shared.routing import Paging

template = table_of(MenuTemplate)


async def one(session: Session, template_id: str, *, lock: bool = False) -> Row[Any]:
    """Return a template; locked, nobody else changes it until the end of the unit of work."""
    statement = select(template).where(template.c.template_id == template_id)
    row: Row[Any] | None = (await session.execute(statement.with_for_update() if lock else statement)).first()
    if row is None:
        raise NotFound("menu-template", template_id)
    return row


async def page(session: Session, paging: Paging, group_id: str | None) -> Sequence[Row[Any]]:
    """Return templates ordered by id, of a group or all."""
    statement = select(template).order_by(template.c.template_id).limit(paging.limit)
    if group_id is not None:
        statement = statement.where(template.c.group_id == group_id)
    if paging.after is not None:
        statement = statement.where(template.c.template_id > paging.after)
    return list((await session.execute(statement)).all())


async def keep(session: Session, row: Mapping[str, Any]) -> None:
    """Insert a template."""
    await session.execute(insert(template), row)


async def change(session: Session, template_id: str, values: Mapping[str, Any]) -> None:
    """Write down what a template that was locked says now."""
    await session.execute(update(template).where(template.c.template_id == template_id).values(values))


async def remove(session: Session, template_id: str) -> None:
    """Delete a template that was locked."""
    await session.execute(delete(template).where(template.c.template_id == template_id))
