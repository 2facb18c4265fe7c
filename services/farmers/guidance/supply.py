"""All SQL about what is coming anyway: the database sums it up by county, food and week, each gram once.

An offer counts day by day over its window. One under a contract fills that contract's delivery of the same week. A
cooperative's forecast is the harvest its contract's rest comes from; only what goes beyond counts by itself.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
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
    text,
    type_coerce,
)

from services.farmers.contracts.domain import ContractStatus
from services.farmers.contracts.models import Contract, ContractDelivery
from services.farmers.cooperatives.models import Cooperative
from services.farmers.forecasts.domain import ForecastStatus
from services.farmers.forecasts.models import Forecast
from services.farmers.guidance.domain import Cell, Supply
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
_MEMORY = text("SET LOCAL work_mem = '128MB'")


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

    def weeks(self) -> dict[str, str]:
        """Return the Mondays, as the parameter of `given`."""
        return as_rows((self.first + number * _WEEK,) for number in range((self.last - self.first) // _WEEK + 1))


async def supplies(session: Session, dialect: str, where: Where, quantile: str) -> Mapping[str, dict[Cell, Supply]]:
    """Return what is coming by county, food and week.

    Forecasts count with `p10_g`, `p50_g`, `p90_g` or their mean `expected_g`.
    """
    if dialect == "postgresql" and len(where.county_codes) > 1:
        # What is small for a county is sorted on disk for a province, three times as slowly.
        await session.execute(_MEMORY)
    shared_out = _shared_out(dialect, where)
    rest = _rest(shared_out, where)
    grams: dict[tuple[str, str, date], list[int]] = defaultdict(lambda: [0, 0, 0])
    for kind, statement in enumerate((_sums(rest), _sums(shared_out), _forecasts(rest, where, quantile))):
        for county, food, week, total in await session.execute(statement, where.weeks()):
            grams[county, food, week][kind] = total
    found: dict[str, dict[Cell, Supply]] = defaultdict(dict)
    for (county, food, week), each in grams.items():
        found[county][food, week] = Supply(*each)
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


def _forecasts(rest: CTE, where: Where, quantile: str) -> Select[Any]:
    """What is expected beyond the rest of contracts.

    Of an amount with a probability a quantile is the amount, or nothing where that is not likely enough.
    """
    amount: Any = forecast.c.expected_g
    if quantile in REACHED:
        likely = and_(forecast.c.probability_permille >= REACHED[quantile], forecast.c.quantity_g.is_not(None))
        amount = func.coalesce(forecast.c[quantile], case((likely, forecast.c.quantity_g), else_=literal(0)))
    same = and_(
        rest.c.cooperative_id == forecast.c.cooperative_id,
        rest.c.food_code == forecast.c.food_code,
        rest.c.week_start == forecast.c.week_start,
    )
    beyond = amount - func.coalesce(rest.c.grams, 0)
    place = (cooperative.c.county_code, forecast.c.food_code, forecast.c.week_start)
    return (
        select(*place, _sum(case((beyond > 0, beyond), else_=0)))
        .join_from(forecast, cooperative, cooperative.c.cooperative_id == forecast.c.cooperative_id)
        .outerjoin(rest, same)
        .where(*where.of(forecast.c.food_code), forecast.c.status == ForecastStatus.OPEN.value)
        .where(forecast.c.week_start.between(where.first, where.last))
        .group_by(*place)
    )


def _sum(grams: ColumnElement[int]) -> ColumnElement[int]:
    """Sum up to a whole number: PostgreSQL's sums are decimals, and those do not divide to whole numbers."""
    return cast(func.sum(grams), BigInteger)


def _days(dialect: str, later: ColumnElement[date], earlier: ColumnElement[date]) -> ColumnElement[int]:
    """Days from one day to another."""
    if dialect == "sqlite":
        return cast(func.julianday(later) - func.julianday(earlier), Integer)
    return type_coerce(later - earlier, Integer)
