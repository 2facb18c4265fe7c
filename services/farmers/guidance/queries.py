"""All SQL about planting guidance."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, delete, func, insert, literal, null, select

from services.farmers.contracts.domain import ContractStatus
from services.farmers.contracts.models import Contract, ContractDelivery
from services.farmers.cooperatives.models import Cooperative
from services.farmers.forecasts.domain import ForecastStatus
from services.farmers.forecasts.models import Forecast
from services.farmers.guidance.domain import Agreed, Cell, Expected, Needed, Offered
from services.farmers.guidance.domain import Crop as State
from services.farmers.guidance.models import Crop, DemandLine, DemandWeek
from services.farmers.offers.models import Offer
from services.farmers.offers.queries import offered_g
from services.farmers.tables import table_of
from shared.database import Session
from shared.models import insert_for, newest_for
from shared.routing import Paging

crop = table_of(Crop)
week = table_of(DemandWeek)
line = table_of(DemandLine)
contract, delivery = table_of(Contract), table_of(ContractDelivery)
cooperative, forecast, offer = table_of(Cooperative), table_of(Forecast), table_of(Offer)

REACHED = {"p10_g": 900, "p50_g": 500, "p90_g": 100}
"""How likely (1/1000) an amount must be to count in each quantile: P10 is reached nine times out of ten."""
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


async def needed(
    session: Session, county_code: str, food_codes: Collection[str], first: date, last: date
) -> dict[Cell, Needed]:
    """Return what a county's canteens need in weeks that begin on these days."""
    statement = select(line.c.food_code, line.c.week_start, line.c.from_cycles_g, line.c.from_menus_g).where(
        line.c.county_code == county_code,
        line.c.week_start.between(first, last),
        line.c.food_code.in_(sorted(food_codes)),
    )
    return {(row[0], row[1]): Needed(row[2], row[3]) for row in await session.execute(statement)}


async def agreed(
    session: Session, county_code: str, food_codes: Collection[str], first: date, last: date
) -> list[Agreed]:
    """Return the weekly deliveries of a county's open contracts."""
    statement = (
        select(
            contract.c.contract_id,
            contract.c.cooperative_id,
            contract.c.food_code,
            delivery.c.week_start,
            delivery.c.quantity_g,
        )
        .join(delivery, delivery.c.contract_id == contract.c.contract_id)
        .join(cooperative, cooperative.c.cooperative_id == contract.c.cooperative_id)
        .where(cooperative.c.county_code == county_code, contract.c.status == ContractStatus.OPEN.value)
        .where(contract.c.food_code.in_(sorted(food_codes)), delivery.c.week_start.between(first, last))
    )
    return [Agreed(*row) for row in await session.execute(statement)]


async def offered(
    session: Session, county_code: str, food_codes: Collection[str], first: date, last: date
) -> list[Offered]:
    """Return what a county's offers bring in weeks that begin on these days, summed up where they run alike."""
    alike = (offer.c.food_code, offer.c.available_from, offer.c.available_until, offer.c.contract_id)
    statement = (
        select(*alike[:3], func.sum(offered_g), offer.c.contract_id)
        .join(cooperative, cooperative.c.cooperative_id == offer.c.cooperative_id)
        .where(cooperative.c.county_code == county_code, offer.c.food_code.in_(sorted(food_codes)), offered_g > 0)
        .where(offer.c.available_from <= last + timedelta(days=6), offer.c.available_until >= first)
        .group_by(*alike)
    )
    rows = await session.execute(statement)
    return [Offered(row[0], row[1], row[2], int(row[3]), row[4]) for row in rows]


async def expected(
    session: Session, county_code: str, food_codes: Collection[str], first: date, last: date, quantile: str
) -> list[Expected]:
    """Return what a county's cooperatives still expect to harvest: `p10_g`, `p50_g`, `p90_g` or the mean `expected_g`.

    Those without a contract for the food are summed up here, as they are many. Of an amount with a probability a
    quantile is the amount, or nothing where that is not likely enough.
    """
    amount: Any = forecast.c.expected_g
    if quantile in REACHED:
        likely = and_(forecast.c.probability_permille >= REACHED[quantile], forecast.c.quantity_g.is_not(None))
        amount = func.coalesce(forecast.c[quantile], case((likely, forecast.c.quantity_g), else_=literal(0)))
    under_contract = (
        select(contract.c.contract_id)
        .where(contract.c.cooperative_id == forecast.c.cooperative_id, contract.c.food_code == forecast.c.food_code)
        .where(contract.c.status == ContractStatus.OPEN.value)
        .exists()
    )
    who = case((under_contract, forecast.c.cooperative_id), else_=null())
    rows = (
        select(who.label("who"), forecast.c.food_code, forecast.c.week_start, amount.label("grams"))
        .join(cooperative, cooperative.c.cooperative_id == forecast.c.cooperative_id)
        .where(cooperative.c.county_code == county_code, forecast.c.status == ForecastStatus.OPEN.value)
        .where(forecast.c.food_code.in_(sorted(food_codes)), forecast.c.week_start.between(first, last))
        .subquery()
    )
    place = (rows.c.who, rows.c.food_code, rows.c.week_start)
    statement = select(*place, func.sum(rows.c.grams)).group_by(*place)
    return [Expected(row[0], row[1], row[2], int(row[3])) for row in await session.execute(statement)]
