"""What can happen to what is still wanted: it is published, and read by cooperatives."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from services.farmers.cooperatives import queries as cooperatives
from services.farmers.days import today
from services.farmers.guidance import usecases as guidance
from services.farmers.guidance.domain import Advice
from services.farmers.guidance.reckoning import Reckoned
from services.farmers.guidance.supply import Where
from services.farmers.prices import usecases as prices
from services.farmers.wanted import queries
from services.farmers.wanted.domain import KEPT, WEEKS, Wanted
from services.farmers.wanted.lines import to_publish
from shared.errors import NotFound
from shared.market import Reference
from shared.unit_of_work import UnitOfWork
from shared.weeks import monday_of


@dataclass(frozen=True, slots=True)
class StillWanted:
    """A food that is still wanted, whether the cooperative grows it, and what it costs on the public market today."""

    food_code: str
    grown: bool
    reference: Reference | None
    weeks: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What a cooperative is told: its county's newest publication, what concerns it."""

    county_code: str
    published_week: date
    version: int
    before: date | None
    foods: tuple[StillWanted, ...]


async def unpublished(uow: UnitOfWork, limit: int) -> list[str]:
    """Return up to `limit` counties that were told nothing this week."""
    return await queries.unpublished(uow.session, monday_of(today(uow.now)), limit)


async def still_wanted(uow: UnitOfWork, county_codes: Collection[str]) -> Reckoned:
    """Reckon what counties still want from this week on, all of them in one pass."""
    week = monday_of(today(uow.now))
    where = Where(county_codes, None, week, week + timedelta(weeks=WEEKS - 1))
    return await guidance.of_counties(uow, where, "p50_g", await guidance.crops_of(uow))


async def publish(uow: UnitOfWork, county_codes: Collection[str], now: Reckoned) -> int:
    """Publish what counties still want, once a week; returns for how many, the others somebody else has published."""
    begun = await queries.claim(uow.session, uow.dialect, county_codes, now.grid.weeks[0], uow.now)
    if begun:
        await _write(uow, begun, now)
    return len(begun)


async def publish_again(uow: UnitOfWork, county_code: str) -> int:
    """Publish what a county still wants now in the place of what was said this week; returns the version.

    Raises NotFound where no demand is foreseen.
    """
    week = monday_of(today(uow.now))
    if not await queries.is_foreseen(uow.session, county_code, week):
        raise NotFound("demand", county_code, field="county_code")
    version = await queries.begin_again(uow.session, uow.dialect, county_code, week, uow.now)
    await _write(uow, {county_code}, await still_wanted(uow, [county_code]))
    return version


async def _write(uow: UnitOfWork, county_codes: set[str], now: Reckoned) -> None:
    week = now.grid.weeks[0]
    before = await queries.before(uow.session, county_codes, week)
    await queries.replace(uow.session, county_codes, week, to_publish(now, before, county_codes), week - KEPT)


async def told_to(uow: UnitOfWork, cooperative_id: str, *, grown_only: bool) -> Told:
    """Return what is still wanted of what a cooperative grows, and, unless `grown_only`, of what it has time to sow.

    Raises NotFound for a cooperative nobody knows, or when its county was told nothing yet.
    """
    county: str = (await cooperatives.one(uow.session, cooperative_id)).county_code
    day = today(uow.now)
    newest = await queries.latest(uow.session, county, day)
    if newest is None:
        raise NotFound("publication", county)
    before = await queries.latest(uow.session, county, newest.published_week - timedelta(days=1))
    grown = await queries.grown(uow.session, cooperative_id)
    said = await queries.lines(uow.session, county, newest.published_week)
    of_food = {food: tuple(weeks) for food, weeks in groupby(said, key=lambda each: each.food_code)}
    foods = [
        food
        for food, weeks in of_food.items()
        if food in grown or (not grown_only and any(each.advice == Advice.SOW for each in weeks))
    ]
    market = await prices.beside(uow, {(food, county, day) for food in foods})
    shown = [StillWanted(food, food in grown, market.get((food, county, day)), of_food[food]) for food in foods]
    last = None if before is None else before.published_week
    return Told(county, newest.published_week, newest.version, last, tuple(shown))
