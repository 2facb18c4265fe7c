"""SQL of demand forecasts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, func, or_, select, update

from services.nutrition.forecasts.models import DemandForecast, ForecastCounty
from services.nutrition.menus.domain import Status
from services.nutrition.menus.models import DemandLine, Menu
from services.nutrition.tables import insert_into, table_of
from services.nutrition.upserts import Key, Merged, merge
from shared.database import Session
from shared.unit_of_work import UnitOfWork

county, forecast = table_of(ForecastCounty), table_of(DemandForecast)
_menu, _line = table_of(Menu), table_of(DemandLine)


async def mark_due(uow: UnitOfWork, county_codes: Collection[str]) -> None:
    """Say that what counties will need has changed; the job reckons it anew. Waits for one that is reckoning."""
    if not county_codes:
        return
    statement = insert_into(uow, county)
    due = statement.on_conflict_do_update(index_elements=["county_code"], set_={"due": True})
    await uow.session.execute(due, [{"county_code": code, "due": True} for code in sorted(county_codes)])


async def waiting(session: Session, this_week: date, limit: int) -> list[str]:
    """Return counties whose forecast is due: something changed, or a new week has begun."""
    due = or_(county.c.due, county.c.reckoned_in.is_(None), county.c.reckoned_in < this_week)
    statement = select(county.c.county_code).where(due).order_by(county.c.county_code).limit(limit)
    return list((await session.scalars(statement)).all())


async def lock(session: Session, county_code: str, this_week: date) -> bool:
    """Lock a county that is due; False when somebody else has reckoned it meanwhile."""
    statement = select(county).where(county.c.county_code == county_code).with_for_update()
    row = (await session.execute(statement)).first()
    return row is not None and (row.due or row.reckoned_in is None or row.reckoned_in < this_week)


async def reckoned(session: Session, county_code: str, this_week: date) -> None:
    """Write down that a county that was locked is reckoned."""
    done = update(county).where(county.c.county_code == county_code)
    await session.execute(done.values(due=False, reckoned_in=this_week))


async def menus_g(session: Session, county_code: str, first: date, last: date) -> dict[date, dict[str, int]]:
    """Return g as bought by week and food of the county's published menus, the store not taken off."""
    joined = _menu.join(_line, _line.c.menu_id == _menu.c.menu_id)
    wanted = (
        select(_menu.c.week_start, _line.c.food_code, func.sum(_line.c.gross_g))
        .select_from(joined)
        .where(*_standing(county_code, first, last))
        .group_by(_menu.c.week_start, _line.c.food_code)
    )
    found: dict[date, dict[str, int]] = {}
    for week_start, food, grams in (await session.execute(wanted)).all():
        found.setdefault(week_start, {})[food] = int(grams)
    return found


async def with_menus(session: Session, county_code: str, first: date, last: date) -> dict[date, set[str]]:
    """Return the canteens of a county that have a published menu, by week."""
    wanted = select(_menu.c.week_start, _menu.c.canteen_id).where(*_standing(county_code, first, last))
    found: dict[date, set[str]] = {}
    for week_start, canteen_id in (await session.execute(wanted)).all():
        found.setdefault(week_start, set()).add(canteen_id)
    return found


def _standing(county_code: str, first: date, last: date) -> tuple[Any, ...]:
    within = _menu.c.week_start.between(first, last)
    return (_menu.c.county_code == county_code, within, _menu.c.status == Status.PUBLISHED.value)


async def told(session: Session, county_code: str, weeks: Collection[date]) -> set[date]:
    """Return the weeks something was told of."""
    of = (forecast.c.county_code == county_code, forecast.c.week_start.in_(sorted(weeks)))
    return set((await session.scalars(select(forecast.c.week_start).where(*of))).all())


async def put(uow: UnitOfWork, rows: Mapping[Key, dict[str, Any]]) -> Merged:
    """Keep what is told of counties' weeks."""
    return await merge(uow, forecast, ["county_code", "week_start"], rows)


async def page(session: Session, county_code: str, limit: int, after: date | None) -> Sequence[Row[Any]]:
    """Return what was told of a county's weeks after a Monday, in order."""
    statement = select(forecast).where(forecast.c.county_code == county_code).order_by(forecast.c.week_start)
    if after is not None:
        statement = statement.where(forecast.c.week_start > after)
    return list((await session.execute(statement.limit(limit))).all())
