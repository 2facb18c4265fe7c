"""What can happen to the copy of reference prices, and what is read from it."""

from collections.abc import Collection, Sequence
from datetime import date

from services.farmers.days import today
from services.farmers.paging import next_after
from services.farmers.prices import queries
from shared.events.procurement import ReferencePricePublished
from shared.market import Asked, Reference, regions_of
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def keep_prices(uow: UnitOfWork, events: Sequence[ReferencePricePublished]) -> None:
    """Keep prices as procurement tells them, in any order: the highest version of each counts."""
    newest: dict[tuple[str, str, date], ReferencePricePublished] = {}
    for event in events:
        place = (event.food_code, event.region_code, event.day)
        if place not in newest or newest[place].version < event.version:
            newest[place] = event
    fields = {"food_code", "region_code", "day", "version", "price_fen_per_kg", "source", "verified"}
    rows = [newest[place].model_dump(include=fields) for place in sorted(newest)]
    await queries.keep_newest(uow.session, uow.dialect, rows)


async def beside(uow: UnitOfWork, asked: Collection[Asked]) -> dict[Asked, Reference]:
    """Return the reference prices to be shown beside what is asked for: a food in a county on a day."""
    return await queries.beside(uow.session, asked, today(uow.now))


async def of_county(
    uow: UnitOfWork, paging: Paging, county_code: str, day: date | None
) -> tuple[list[Reference], str | None]:
    """Return what foods cost in a county on a day (None: today), by food, and the food the next page starts after."""
    on = today(uow.now) if day is None else day
    foods = await queries.foods(uow.session, paging, regions_of(county_code))
    found = await beside(uow, [(food, county_code, on) for food in foods])
    prices = [found[food, county_code, on] for food in foods if (food, county_code, on) in found]
    return prices, next_after(paging, foods)
