"""What can happen to planting guidance: demand is told, crops are described, guidance is read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.farmers.days import today
from services.farmers.guidance import changes, queries, sums
from services.farmers.guidance.domain import Crop, Guidance
from services.farmers.guidance.reckoning import Reckoned, reckon
from services.farmers.guidance.supply import Where
from services.farmers.paging import next_after
from services.farmers.prices import queries as prices
from shared.bulk import Imported, refuse
from shared.errors import DomainError
from shared.events.nutrition import DemandForecast
from shared.market import Reference
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose guidance is asked for: a county, weeks from a Monday on, and which quantile of forecasts counts."""

    county_code: str
    first_week: date
    weeks: int
    quantile: str

    @property
    def last_week(self) -> date:
        """The Monday of the last week."""
        return self.first_week + timedelta(weeks=self.weeks - 1)


@dataclass(frozen=True, slots=True)
class FoodGuidance:
    """What the weeks still want of a food, how it grows, and what it costs on the public market today."""

    food_code: str
    crop: Crop | None
    reference: Reference | None
    weeks: tuple[Guidance, ...]


async def keep_demand(uow: UnitOfWork, events: Sequence[DemandForecast]) -> None:
    """Keep what nutrition foresees, in any order: the highest version of each county's week counts, whole."""
    newest: dict[tuple[str, date], DemandForecast] = {}
    for event in events:
        place = (event.county_code, event.week_start)
        if place not in newest or newest[place].version < event.version:
            newest[place] = event
    fields = {"county_code", "week_start", "version", "canteens", "forecast_at"}
    weeks = [newest[place].model_dump(include=fields) for place in sorted(newest)]
    news = await queries.keep_newest(uow.session, uow.dialect, weeks)
    lines = [
        {"county_code": place[0], "week_start": place[1], **line.model_dump()}
        for place in sorted(news)
        for line in newest[place].lines
    ]
    await queries.replace_lines(uow.session, news, lines)


async def put_crops(uow: UnitOfWork, rows: Sequence[tuple[int, dict[str, Any]]]) -> Imported:
    """Say how foods grow, (index, columns of the table); what is said of a food replaces what was said before."""
    done = Imported()
    present = {row.food_code: dict(row._mapping) for row in await queries.crops(uow.session)}
    said: dict[str, dict[str, Any]] = {}
    for index, row in rows:
        if row["food_code"] in said:
            error = DomainError("twice-in-request", "an earlier row names it already", field="food_code")
            done.refused.append(refuse(index, error))
        else:
            said[row["food_code"]] = row
    put = [row for food, row in said.items() if present.get(food) != row]
    await queries.put_crops(uow.session, uow.dialect, put)
    done.created = sum(row["food_code"] not in present for row in put)
    done.changed = len(put) - done.created
    done.unchanged = len(said) - len(put)
    return done


async def of_counties(uow: UnitOfWork, where: Where, quantile: str, crops: Mapping[str, Crop]) -> Reckoned:
    """Return the guidance of counties for all they need."""
    day = today(uow.now)
    return reckon(await sums.read(uow.session, uow.dialect, where, quantile, day), crops, day)


async def bring_up_to_date(uow: UnitOfWork, county_code: str) -> bool:
    """Bring a county's weekly sums of what is coming up to date; False where nothing has changed."""
    return await sums.bring_up_to_date(uow.session, uow.dialect, county_code, uow.now)


async def count_all_anew(uow: UnitOfWork) -> int:
    """Trust no weekly sum any more; until they are counted anew, guidance is read from rows. Returns the counties."""
    return await changes.note_all(uow.session)


async def crops_of(uow: UnitOfWork, food_codes: Collection[str] | None = None) -> dict[str, Crop]:
    """Return how foods grow, by food code; None means every one."""
    return {row.food_code: queries.state_of(row) for row in await queries.crops(uow.session, food_codes)}


async def of_foods(uow: UnitOfWork, asked: Asked, food_codes: Collection[str]) -> list[FoodGuidance]:
    """Return the guidance for foods that are needed in the weeks asked for, by food code."""
    where = Where([asked.county_code], food_codes, asked.first_week, asked.last_week)
    crops = await crops_of(uow, food_codes)
    of_food: dict[str, list[Guidance]] = {}
    for (_, food), each in (await of_counties(uow, where, asked.quantile, crops)).guidance():
        of_food.setdefault(food, []).append(each)
    day = today(uow.now)
    market = await prices.beside(uow.session, {(food, asked.county_code, day) for food in of_food}, day)
    return [
        FoodGuidance(food, crops.get(food), market.get((food, asked.county_code, day)), tuple(weeks))
        for food, weeks in of_food.items()
    ]


async def page(uow: UnitOfWork, asked: Asked, paging: Paging) -> tuple[list[FoodGuidance], str | None]:
    """Return the guidance for up to `limit` foods, and the food the next page starts after."""
    foods = await queries.foods(uow.session, paging, asked.county_code, asked.first_week, asked.last_week)
    return await of_foods(uow, asked, foods), next_after(paging, foods)
