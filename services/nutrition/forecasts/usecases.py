"""Forecasting a county's demand, and telling what changed of it."""

from datetime import date, timedelta

from pydantic import BaseModel

from services.nutrition.cycles.reading import heads_in, needed, read_county, summed
from services.nutrition.days import today
from services.nutrition.forecasts import domain, queries
from services.nutrition.forecasts.domain import Week
from services.nutrition.forecasts.schemas import ForecastRead, LineRead
from services.nutrition.pages import day_of
from services.nutrition.upserts import digest_of
from shared.routing import Paging
from shared.service import Service
from shared.unit_of_work import UnitOfWork
from shared.weeks import monday_of

BATCH = 100


async def tell_due(service: Service) -> int:
    """Forecast the counties in which something changed or a week has begun; returns how many. A job."""
    async with service.begin(read_only=True) as uow:
        waiting = await queries.waiting(uow.session, monday_of(today(uow.now)), BATCH)
    for county_code in waiting:
        async with service.begin() as uow:
            await forecast(uow, county_code)
    return len(waiting)


async def forecast(uow: UnitOfWork, county_code: str) -> None:
    """Reckon a county's coming weeks and tell those of which there is news; nothing when somebody else just did."""
    this_week = monday_of(today(uow.now))
    if not await queries.lock(uow.session, county_code, this_week):
        return
    weeks = await _weeks(uow, county_code, domain.weeks_ahead(uow.now))
    known = await queries.told(uow.session, county_code, [week.week_start for week in weeks])
    news = {(county_code, one.week_start): one for one in weeks if one.lines or one.week_start in known}
    rows = {key: _row(county_code, week) | {"forecast_at": uow.now} for key, week in news.items()}
    merged = await queries.put(uow, rows)
    uow.emit(*(domain.told(county_code, news[key[0], key[1]], n, uow.now) for key, n in sorted(merged.told.items())))
    await queries.reckoned(uow.session, county_code, this_week)


async def _weeks(uow: UnitOfWork, county_code: str, mondays: list[date]) -> list[Week]:
    first, last = mondays[0], mondays[-1] + timedelta(days=6)
    county = await read_county(uow.session, county_code, first, last)
    menus_g = await queries.menus_g(uow.session, county_code, first, last)
    having = await queries.with_menus(uow.session, county_code, first, last)
    weeks = []
    for monday in mondays:
        published = having.get(monday, set())
        heads = await heads_in(uow.session, county.meals.keys(), monday)
        cycles = needed(county, monday, heads, published)
        weeks.append(
            Week(
                week_start=monday,
                canteens=sum(one.canteens for one in cycles.values()) + len(published),
                cycle_ids=tuple(sorted(cycles)),
                from_cycles_g=summed([one.grams for one in cycles.values()]),
                from_menus_g=menus_g.get(monday, {}),
            )
        )
    return weeks


class _Said(BaseModel):
    """What is told of a week, whenever it is told."""

    county_code: str
    week_start: date
    canteens: int
    cycle_ids: list[str]
    lines: list[list[str | int]]


def _row(county_code: str, week: Week) -> dict[str, object]:
    said = _Said(
        county_code=county_code,
        week_start=week.week_start,
        canteens=week.canteens,
        cycle_ids=list(week.cycle_ids),
        lines=[list(line) for line in week.lines],
    )
    return said.model_dump() | {"digest": digest_of(said)}


async def list_forecasts(uow: UnitOfWork, county_code: str, paging: Paging) -> list[ForecastRead]:
    """Return a page of what was told of a county's weeks; its cursor is a Monday."""
    rows = await queries.page(uow.session, county_code, paging.limit, day_of(paging))
    return [
        ForecastRead(
            county_code=row.county_code,
            week_start=row.week_start,
            version=row.version,
            canteens=row.canteens,
            cycle_ids=row.cycle_ids,
            lines=[LineRead(food_code=f, from_cycles_g=c, from_menus_g=m) for f, c, m in row.lines],
            forecast_at=row.forecast_at,
        )
        for row in rows
    ]
