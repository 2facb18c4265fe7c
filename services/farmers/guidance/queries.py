"""All SQL about what is foreseen of demand, and about crops."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from services.farmers.guidance.domain import Crop as State
from services.farmers.guidance.models import Crop, DemandLine, DemandWeek
from services.farmers.tables import table_of
from shared.database import Session
from shared.models import insert_for, newest_for
from shared.routing import Paging

crop = table_of(Crop)
week = table_of(DemandWeek)
line = table_of(DemandLine)

_CROP = [field.name for field in fields(State)]


async def keep_newest(session: Session, dialect: str, weeks: Sequence[dict[str, Any]]) -> set[tuple[str, date]]:
    """Write weeks; returns those that were news. One with no higher version than the present one changes nothing."""
    statement = newest_for(dialect, week, ("version", "canteens", "forecast_at"))
    newest = statement.returning(week.c.county_code, week.c.week_start)
    return {(row[0], row[1]) for row in await session.execute(newest, list(weeks))}


async def replace_lines(session: Session, weeks: Collection[tuple[str, date]], lines: Sequence[dict[str, Any]]) -> None:
    """Write what weeks need in the place of what they needed before."""
    if weeks:
        same = (line.c.county_code == bindparam("of_county"), line.c.week_start == bindparam("of_week"))
        keys = [{"of_county": county, "of_week": monday} for county, monday in sorted(weeks)]
        await session.execute(delete(line).where(*same), keys)
    if lines:
        await session.execute(insert(line), list(lines))


async def crops(session: Session, food_codes: Collection[str] | None = None) -> Sequence[Any]:
    """Return how foods grow, by food code; None means every one."""
    statement = select(crop).order_by(crop.c.food_code)
    if food_codes is not None:
        statement = statement.where(crop.c.food_code.in_(sorted(food_codes)))
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows


def state_of(row: Any) -> State:
    """Return the value a row of the table stands for."""
    return State(*(row._mapping[name] for name in _CROP))


async def put_crops(session: Session, dialect: str, rows: Sequence[dict[str, Any]]) -> None:
    """Write crops, in the place of those of the same food."""
    if rows:
        make = insert_for(dialect, crop)
        said = {name: make.excluded[name] for name in rows[0] if name != "food_code"}
        await session.execute(make.on_conflict_do_update(index_elements=["food_code"], set_=said), list(rows))


async def foods(session: Session, paging: Paging, county_code: str, first: date, last: date) -> list[str]:
    """Return up to `limit` foods that a county's canteens need in weeks that begin on these days, by code."""
    statement = (
        select(line.c.food_code)
        .distinct()
        .where(line.c.county_code == county_code, line.c.week_start.between(first, last))
        .order_by(line.c.food_code)
        .limit(paging.limit)
    )
    if paging.after is not None:
        statement = statement.where(line.c.food_code > paging.after)
    return list((await session.scalars(statement)).all())
