"""SQL of menu templates."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from services.nutrition.canteens.queries import canteen
from services.nutrition.groups.queries import WITH_MEMBERS, group, has_member
from services.nutrition.tables import table_of
from services.nutrition.templates.models import MenuTemplate
from shared.auth.finding import finder
from shared.database import Session
from shared.errors import NotFound
from shared.routing import Paging

template = table_of(MenuTemplate)
members_of = finder(
    template.c.template_id,
    county=group.c.county_code,
    canteen=canteen.c.canteen_id,
    source=template.join(WITH_MEMBERS, group.c.group_id == template.c.group_id),
)


async def one(session: Session, template_id: str, *, lock: bool = False) -> Row[Any]:
    """Return a template; locked, nobody else changes it until the end of the unit of work."""
    statement = select(template).where(template.c.template_id == template_id)
    row: Row[Any] | None = (await session.execute(statement.with_for_update() if lock else statement)).first()
    if row is None:
        raise NotFound("menu-template", template_id)
    return row


async def page(
    session: Session, paging: Paging, county_code: str | None, canteen_id: str | None, group_id: str | None
) -> Sequence[Row[Any]]:
    """Return templates ordered by id: of a county, a group, the groups of a canteen, or all."""
    statement = select(template).order_by(template.c.template_id).limit(paging.limit)
    if county_code is not None:
        of_county = select(group.c.group_id).where(group.c.county_code == county_code)
        statement = statement.where(template.c.group_id.in_(of_county))
    if canteen_id is not None:
        statement = statement.where(has_member(template.c.group_id, canteen_id))
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
