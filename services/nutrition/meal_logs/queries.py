"""SQL of the meal log."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, exists, select

from services.nutrition.canteens.queries import canteen, lies_in
from services.nutrition.meal_logs.models import MealLog
from services.nutrition.servings.queries import served
from services.nutrition.tables import insert_into, table_of
from shared.database import Session
from shared.unit_of_work import UnitOfWork

log = table_of(MealLog)


async def add(uow: UnitOfWork, row: Mapping[str, Any]) -> bool:
    """Insert an entry; False when that person wrote of that meal before."""
    statement = insert_into(uow, log).values(row).on_conflict_do_nothing().returning(log.c.log_id)
    return await uow.session.scalar(statement) is not None


async def one(session: Session, log_id: str) -> Row[Any]:
    """Return an entry."""
    row: Row[Any] = (await session.execute(select(log).where(log.c.log_id == log_id))).one()
    return row


async def of_meals(session: Session, meal_ids: Collection[str]) -> Sequence[Row[Any]]:
    """Return what was written of meals, first to last."""
    wanted = select(log).where(log.c.meal_id.in_(sorted(meal_ids))).order_by(log.c.logged_at, log.c.log_id)
    return list((await session.execute(wanted)).all())


async def page(
    session: Session, limit: int, after: str | None, county_code: str | None, where: Mapping[str, Any]
) -> Sequence[Row[Any]]:
    """Return entries ordered by id whose columns have the values of `where`, of a county or all."""
    statement = select(log).order_by(log.c.log_id).limit(limit)
    statement = statement.where(*(log.c[name] == value for name, value in where.items() if value is not None))
    if county_code is not None:
        statement = statement.where(lies_in(log.c.canteen_id, county_code))
    if after is not None:
        statement = statement.where(log.c.log_id > after)
    return list((await session.execute(statement)).all())


async def missing(session: Session, county_code: str, day: date, limit: int, after: str | None) -> Sequence[Row[Any]]:
    """Return a county's meals of a day that were served and written of by nobody, by id."""
    columns = (served.c.meal_id, served.c.canteen_id, served.c.day, served.c.meal, served.c.headcount)
    statement = (
        select(*columns)
        .join(canteen, canteen.c.canteen_id == served.c.canteen_id)
        .where(canteen.c.county_code == county_code, served.c.day == day, served.c.headcount > 0)
        .where(~exists().where(log.c.meal_id == served.c.meal_id))
        .order_by(served.c.meal_id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(served.c.meal_id > after)
    return list((await session.execute(statement)).all())
