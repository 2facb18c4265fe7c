"""All SQL about reference prices."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from services.farmers.prices.models import ReferencePrice
from services.farmers.tables import table_of
from shared.database import Session
from shared.market import RECENT, Asked, Reference, regions_of
from shared.models import newest_for
from shared.references import references
from shared.routing import Paging

price = table_of(ReferencePrice)


async def keep_newest(session: Session, dialect: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write prices; one with no higher version than the present one changes nothing."""
    await session.execute(newest_for(dialect, price, rows[0]), [dict(row) for row in rows])


async def beside(session: Session, asked: Collection[Asked], today: date) -> dict[Asked, Reference]:
    """Return the reference prices to be shown beside what is asked for."""
    return await references(session, price, asked, today)


async def foods(session: Session, paging: Paging, regions: Collection[str]) -> list[str]:
    """Return up to `limit` foods that have a price in one of the regions, by code."""
    statement = select(price.c.food_code).distinct().where(price.c.region_code.in_(sorted(regions)))
    if paging.after is not None:
        statement = statement.where(price.c.food_code > paging.after)
    return list((await session.scalars(statement.order_by(price.c.food_code).limit(paging.limit))).all())


async def recent(session: Session, asked: Collection[Asked], today: date) -> dict[Asked, list[Reference]]:
    """Return all prices of the 28 days up to each day asked for, from every region that concerns the county."""
    by_day: dict[date, set[Asked]] = {}
    for each in asked:
        by_day.setdefault(min(each[2], today), set()).add(each)
    found: dict[Asked, list[Reference]] = {}
    columns = [price.c[name] for name in Reference.__slots__]
    for last, wanted in by_day.items():
        foods = sorted({food for food, _, _ in wanted})
        regions = sorted({region for _, county, _ in wanted for region in regions_of(county)})
        statement = select(*columns).where(
            price.c.food_code.in_(foods),
            price.c.region_code.in_(regions),
            price.c.day.between(last - RECENT + timedelta(days=1), last),
        )
        of_food: dict[str, list[Reference]] = {}
        for row in await session.execute(statement):
            of_food.setdefault(row.food_code, []).append(Reference(*row))
        for each in wanted:
            near = regions_of(each[1])
            found[each] = [one for one in of_food.get(each[0], ()) if one.region_code in near]
    return found
