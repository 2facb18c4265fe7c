"""All SQL about what is coming anyway: the database sums it up by county, food and week, each gram once.

An offer counts day by day over its window. One under a contract fills that contract's delivery of the same week. A
cooperative's forecast is the harvest its contract's rest comes from; only what goes beyond counts by itself.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    type_coerce,
)

from services.farmers.contracts.domain import ContractStatus
from services.farmers.contracts.models import Contract, ContractDelivery
from services.farmers.cooperatives.models import Cooperative
from services.farmers.forecasts.domain import ForecastStatus
from services.farmers.forecasts.models import Forecast
from services.farmers.guidance.domain import Cell
from services.farmers.offers.models import Offer
from services.farmers.offers.queries import offered_g
from services.farmers.rows import as_rows, given
from services.farmers.tables import table_of
from shared.database import Session

contract, delivery = table_of(Contract), table_of(ContractDelivery)
cooperative, forecast, offer = table_of(Cooperative), table_of(Forecast), table_of(Offer)

REACHED = {"p10_g": 900, "p50_g": 500, "p90_g": 100}
"""How likely (1/1000) an amount must be to count in each quantile: P10 is reached nine times out of ten."""
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Where:
    """What is summed up: counties, foods (None: every one), and the Mondays of the first and the last week."""

    county_codes: Collection[str]
    food_codes: Collection[str] | None
    first: date
    last: date

    def of(self, food_code: ColumnElement[str]) -> list[ColumnElement[bool]]:
        """Return the conditions for rows of cooperatives of these counties, and of these foods."""
        there: list[ColumnElement[bool]] = [cooperative.c.county_code.in_(sorted(self.county_codes))]
        return there if self.food_codes is None else [*there, food_code.in_(sorted(self.food_codes))]

    def only(self, county_code: str, food_codes: Collection[str] | None) -> "Where":
        """Return the same weeks of one county, and of those of these foods (None: every one) that are asked for."""
        foods = self.food_codes
        if food_codes is not None:
            foods = food_codes if foods is None else set(foods) & set(food_codes)
        return replace(self, county_codes=[county_code], food_codes=foods)

    def weeks(self) -> dict[str, str]:
        """Return the Mondays, as the parameter of `given`."""
        return as_rows((self.first + number * _WEEK,) for number in range((self.last - self.first) // _WEEK + 1))


@dataclass(slots=True)
class Sums:
    """What is coming to a county of a food in a week, g, with what of forecasts counts in each quantile."""

    contracts_g: int = 0
    offers_g: int = 0
    p10_g: int = 0
    p50_g: int = 0
    p90_g: int = 0
    expected_g: int = 0


Counted = dict[str, dict[Cell, Sums]]
"""Sums by county, food and week."""


async def count(session: Session, dialect: str, where: Where) -> Counted:
    """Return what is coming, counted row by row; weeks that nothing comes in are left out."""
    shared_out = _shared_out(dialect, where)
    rest = _rest(shared_out, where)
    found: Counted = defaultdict(lambda: defaultdict(Sums))
    for county, food, week, total in await session.execute(_sums(rest), where.weeks()):
        found[county][food, week].contracts_g = total
    for county, food, week, total in await session.execute(_sums(shared_out), where.weeks()):
        found[county][food, week].offers_g = total
    for county, food, week, *totals in await session.execute(_forecasts(rest, where), where.weeks()):
        sums = found[county][food, week]
        sums.p10_g, sums.p50_g, sums.p90_g, sums.expected_g = totals
    return found


def _sums(rows: CTE) -> Select[Any]:
    """Sum up the grams of rows by county, food and week."""
    place = (rows.c.county_code, rows.c.food_code, rows.c.week_start)
    return select(*place, _sum(rows.c.grams)).group_by(*place)


def _shared_out(dialect: str, where: Where) -> CTE:
    """Offers that run alike, summed up and shared out to their weeks so that the parts sum to the whole exactly."""
    alike = (
        cooperative.c.county_code,
        offer.c.food_code,
        offer.c.contract_id,
        offer.c.available_from,
        offer.c.available_until,
    )
    whole = (
        select(*alike, _sum(offered_g).label("grams"))
        .join(cooperative, cooperative.c.cooperative_id == offer.c.cooperative_id)
        .where(*where.of(offer.c.food_code), offered_g > 0)
        .where(offer.c.available_from <= where.last + timedelta(days=6), offer.c.available_until >= where.first)
        .group_by(*alike)
        .subquery("whole")
    )
    week = given(dialect, week_start=Date).prefix_with("MATERIALIZED", dialect="postgresql")
    days = _days(dialect, whole.c.available_until, whole.c.available_from) + 1
    before = _days(dialect, week.c.week_start, whole.c.available_from)
    begin = case((before < 0, 0), else_=before)
    end = case((before + 7 > days, days), else_=before + 7)
    grams = whole.c.grams * end // days - whole.c.grams * begin // days
    columns = (whole.c.county_code, whole.c.food_code, whole.c.contract_id, week.c.week_start)
    within = and_(
        week.c.week_start <= whole.c.available_until, _days(dialect, week.c.week_start, whole.c.available_from) > -7
    )
    return select(*columns, grams.label("grams")).join_from(whole, week, within).cte("shared_out")


def _rest(shared_out: CTE, where: Where) -> CTE:
    """What is left of the deliveries of open contracts, by cooperative, food and week."""
    under = shared_out.c.contract_id
    filled = (
        select(under, shared_out.c.week_start, _sum(shared_out.c.grams).label("grams"))
        .where(under.is_not(None))
        .group_by(under, shared_out.c.week_start)
        .subquery("filled")
    )
    same = and_(filled.c.contract_id == delivery.c.contract_id, filled.c.week_start == delivery.c.week_start)
    left = delivery.c.quantity_g - func.coalesce(filled.c.grams, 0)
    place = (
        cooperative.c.county_code,
        contract.c.cooperative_id,
        contract.c.food_code,
        delivery.c.week_start,
    )
    return (
        select(*place, _sum(case((left > 0, left), else_=0)).label("grams"))
        .join_from(contract, delivery, delivery.c.contract_id == contract.c.contract_id)
        .join(cooperative, cooperative.c.cooperative_id == contract.c.cooperative_id)
        .outerjoin(filled, same)
        .where(*where.of(contract.c.food_code), contract.c.status == ContractStatus.OPEN.value)
        .where(delivery.c.week_start.between(where.first, where.last))
        .group_by(*place)
        .cte("rest")
    )


def _forecasts(rest: CTE, where: Where) -> Select[Any]:
    """What is expected beyond the rest of contracts, in each quantile and in the mean.

    Of an amount with a probability a quantile is the amount, or nothing where that is not likely enough.
    """
    same = and_(
        rest.c.cooperative_id == forecast.c.cooperative_id,
        rest.c.food_code == forecast.c.food_code,
        rest.c.week_start == forecast.c.week_start,
    )
    place = (cooperative.c.county_code, forecast.c.food_code, forecast.c.week_start)
    amounts = (*(_amount(quantile) for quantile in REACHED), forecast.c.expected_g)
    return (
        select(*place, *(_beyond(amount, rest) for amount in amounts))
        .join_from(forecast, cooperative, cooperative.c.cooperative_id == forecast.c.cooperative_id)
        .outerjoin(rest, same)
        .where(*where.of(forecast.c.food_code), forecast.c.status == ForecastStatus.OPEN.value)
        .where(forecast.c.week_start.between(where.first, where.last))
        .group_by(*place)
    )


def _amount(quantile: str) -> ColumnElement[int]:
    likely = and_(forecast.c.probability_permille >= REACHED[quantile], forecast.c.quantity_g.is_not(None))
    return func.coalesce(forecast.c[quantile], case((likely, forecast.c.quantity_g), else_=literal(0)))


def _beyond(amount: ColumnElement[int], rest: CTE) -> ColumnElement[int]:
    beyond = amount - func.coalesce(rest.c.grams, 0)
    return _sum(case((beyond > 0, beyond), else_=0))


def _sum(grams: ColumnElement[int]) -> ColumnElement[int]:
    """Sum up to a whole number: PostgreSQL's sums are decimals, and those do not divide to whole numbers."""
    return cast(func.sum(grams), BigInteger)


def _days(dialect: str, later: ColumnElement[date], earlier: ColumnElement[date]) -> ColumnElement[int]:
    """Days from one day to another."""
    if dialect == "sqlite":
        return cast(func.julianday(later) - func.julianday(earlier), Integer)
    return type_coerce(later - earlier, Integer)
