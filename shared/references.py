"""Finding reference prices in a service's table of them: the SQL that both sides share."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, Table, func, select, true

from shared.database import Session
from shared.market import Asked, Reference, holding, regions_of


async def references(
    session: Session, prices: Table, asked: Collection[Asked], today: date, only: ColumnElement[bool] | None = None
) -> dict[Asked, Reference]:
    """Return the reference prices that hold on the days asked for; for a day to come, what holds today.

    `prices` is the service's table of them, with the columns of :class:`Reference`; `only` says which of them serve.
    """
    by_day: dict[date, set[Asked]] = {}
    for each in asked:
        by_day.setdefault(min(each[2], today), set()).add(each)
    found: dict[Asked, Reference] = {}
    for day, wanted in by_day.items():
        newest = await _newest(session, prices, {food for food, _, _ in wanted}, {c for _, c, _ in wanted}, day, only)
        for food, county, asked_day in wanted:
            held = holding(day, [newest[food, region] for region in regions_of(county) if (food, region) in newest])
            if held is not None:
                found[food, county, asked_day] = held
    return found


async def _newest(
    session: Session, prices: Table, foods: set[str], counties: set[str], day: date, only: ColumnElement[bool] | None
) -> dict[tuple[str, str], Reference]:
    regions = {region for county in counties for region in regions_of(county)}
    columns = [prices.c[name] for name in Reference.__slots__]
    place = func.row_number().over(
        partition_by=(prices.c.food_code, prices.c.region_code), order_by=prices.c.day.desc()
    )
    ranked = (
        select(*columns, place.label("place"))
        .where(prices.c.food_code.in_(sorted(foods)), prices.c.region_code.in_(sorted(regions)), prices.c.day <= day)
        .where(true() if only is None else only)
        .subquery()
    )
    first = select(*(ranked.c[name] for name in Reference.__slots__)).where(ranked.c.place == 1)
    rows = (await session.execute(first)).all()
    return {(row.food_code, row.region_code): Reference(*row) for row in rows}
