"""All SQL about the weekly sums of what is coming: kept for every county, brought up to date where something changed.

They are kept for the weeks from the one before the present one on, as far as anybody can contract, offer or forecast.
Notes of changes (`changes.py`) say which of them are not to be trusted; those are counted anew whenever they are read.
"""

from collections.abc import Collection
from dataclasses import astuple
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, select, true

from services.farmers.contracts.domain import FARTHEST, LONGEST_SEASON
from services.farmers.days import today
from services.farmers.guidance.changes import Changed, changed, take
from services.farmers.guidance.grid import Grid, grid_of
from services.farmers.guidance.models import DemandLine, SupplyCounty, SupplyWeek
from services.farmers.guidance.supply import Where, count
from services.farmers.tables import insert_new, table_of
from shared.database import Session
from shared.weeks import monday_of

kept, county, line = table_of(SupplyWeek), table_of(SupplyCounty), table_of(DemandLine)

_BEFORE = timedelta(weeks=1)
"""Weeks are kept so long after they began: clocks differ, and so do the days transactions think they are in."""
_AHEAD = FARTHEST + LONGEST_SEASON
"""Nothing reaches farther than the last week of a contract."""


async def bring_up_to_date(session: Session, dialect: str, county_code: str, now: datetime) -> bool:
    """Count anew what has changed in a county; False where nothing has. One after the other, each sees the last."""
    await session.execute(insert_new(dialect, county), [{"county_code": county_code}])
    own = county.c.county_code == county_code
    await session.execute(select(county.c.county_code).where(own).with_for_update())
    news = await take(session, county_code)
    if news is None:
        return False
    first = monday_of(today(now)) - _BEFORE
    counted = await count(session, dialect, Where([county_code], news.food_codes, first, first + _AHEAD))
    old = kept.c.county_code == county_code, _of(news.food_codes)
    await session.execute(delete(kept).where(*old))
    await session.execute(delete(kept).where(kept.c.county_code == county_code, kept.c.week_start < first))
    rows = ((county_code, *cell, *astuple(each)) for cell, each in counted[county_code].items())
    await session.fill(kept, [column.name for column in kept.columns], rows)
    return True


async def read(session: Session, dialect: str, where: Where, quantile: str, day: date) -> Grid:
    """Return what counties need and what is coming, to the gram as it is on record.

    Forecasts count with `p10_g`, `p50_g`, `p90_g` or their mean `expected_g`. Weeks that are over are counted anew.
    """
    over = where.first < monday_of(day)
    # Changes first: what was up to date when they were read is at least as new when the sums are.
    anew = [Changed(each, None) for each in where.county_codes] if over else await changed(session, where.county_codes)
    found = await session.execute(_foreseen(where, quantile))
    grid = grid_of(found.all(), where.first, (where.last - where.first) // timedelta(weeks=1) + 1)
    for each in anew:
        counted = await count(session, dialect, where.only(each.county_code, each.food_codes))
        grid.recount(each.county_code, each.food_codes, counted[each.county_code], quantile)
    return grid


def _foreseen(where: Where, quantile: str) -> Select[Any]:
    """What canteens need with the sums beside it; nothing is asked of weeks and foods that nobody needs."""
    same = and_(
        kept.c.county_code == line.c.county_code,
        kept.c.food_code == line.c.food_code,
        kept.c.week_start == line.c.week_start,
    )
    there = [line.c.county_code.in_(sorted(where.county_codes)), line.c.week_start.between(where.first, where.last)]
    if where.food_codes is not None:
        there.append(line.c.food_code.in_(sorted(where.food_codes)))
    sums = (func.coalesce(kept.c[name], 0) for name in ("contracts_g", "offers_g", quantile))
    place = (line.c.county_code, line.c.food_code, line.c.week_start)
    return select(*place, line.c.from_cycles_g, line.c.from_menus_g, *sums).outerjoin(kept, same).where(*there)


def _of(food_codes: Collection[str] | None) -> ColumnElement[bool]:
    return true() if food_codes is None else kept.c.food_code.in_(sorted(food_codes))
