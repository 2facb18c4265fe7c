"""All SQL about forecasts."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select, update

from services.farmers.cooperatives.models import Cooperative
from services.farmers.forecasts.domain import Expected, ForecastStatus
from services.farmers.forecasts.domain import Forecast as State
from services.farmers.forecasts.models import Forecast
from services.farmers.guidance import changes
from services.farmers.tables import insert_new, table_of
from shared.database import Session
from shared.errors import NotFound
from shared.routing import Paging

forecast = table_of(Forecast)
cooperative = table_of(Cooperative)

_EXPECTED = [field.name for field in fields(Expected)]
_OWN = [field.name for field in fields(State) if field.name != "expected"]
_CHANGING = [*_EXPECTED, "expected_g", "status", "offer_id", "version", "changed_at"]


async def one(session: Session, forecast_id: str, *, for_update: bool = False) -> State:
    """Return a forecast, locked if it is to be changed. Raises NotFound."""
    statement = select(forecast).where(forecast.c.forecast_id == forecast_id)
    row = (await session.execute(statement.with_for_update() if for_update else statement)).first()
    if row is None:
        raise NotFound("forecast", forecast_id)
    return _state(row)


async def lock(session: Session, ids: Collection[str]) -> dict[str, State]:
    """Lock those of the forecasts that exist, in the order of their ids, and return them."""
    statement = select(forecast).where(forecast.c.forecast_id.in_(sorted(ids))).order_by(forecast.c.forecast_id)
    return {row.forecast_id: _state(row) for row in await session.execute(statement.with_for_update())}


async def insert(session: Session, dialect: str, new: Sequence[State]) -> set[str]:
    """Insert forecasts; returns the ids of those nobody else inserted at the same moment."""
    if not new:
        return set()
    statement = insert_new(dialect, forecast).returning(forecast.c.forecast_id)
    rows = [_row(each) for each in sorted(new, key=lambda each: each.forecast_id)]
    await changes.note(session, ((each.cooperative_id, each.food_code) for each in new))
    return set((await session.scalars(statement, rows)).all())


async def save(session: Session, changed: Sequence[State]) -> None:
    """Write forecasts that were locked before."""
    if changed:
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in _CHANGING}
        statement = update(forecast).where(forecast.c.forecast_id == bindparam("key")).values(values)
        rows = [(each.forecast_id, _row(each)) for each in changed]
        await session.execute(statement, [{"key": key} | {f"new_{n}": row[n] for n in _CHANGING} for key, row in rows])
        await changes.note(session, ((each.cooperative_id, each.food_code) for each in changed))


async def page(session: Session, paging: Paging, wanted: dict[str, Any], first_week: date | None) -> list[State]:
    """Return up to `limit` forecasts from `first_week` on, by id; `wanted` names columns and values, None: any."""
    statement = select(forecast).order_by(forecast.c.forecast_id).limit(paging.limit)
    county = wanted.get("county_code")
    if county is not None:
        own = cooperative.c.cooperative_id == forecast.c.cooperative_id
        statement = statement.join(cooperative, own).where(cooperative.c.county_code == county)
    for name, value in wanted.items():
        if value is not None and name != "county_code":
            statement = statement.where(forecast.c[name] == value)
    if first_week is not None:
        statement = statement.where(forecast.c.week_start >= first_week)
    if paging.after is not None:
        statement = statement.where(forecast.c.forecast_id > paging.after)
    return [_state(row) for row in await session.execute(statement)]


async def by_week(session: Session, county_code: str, first_week: date, last_week: date) -> Sequence[Any]:
    """Return (food, week, cooperatives, expected_g) of what is still expected in a county, by food and week."""
    own = cooperative.c.cooperative_id == forecast.c.cooperative_id
    statement = (
        select(
            forecast.c.food_code,
            forecast.c.week_start,
            func.count().label("cooperatives"),
            func.sum(forecast.c.expected_g).label("expected_g"),
        )
        .join(cooperative, own)
        .where(cooperative.c.county_code == county_code, forecast.c.status == ForecastStatus.OPEN.value)
        .where(forecast.c.week_start.between(first_week, last_week))
        .group_by(forecast.c.food_code, forecast.c.week_start)
        .order_by(forecast.c.food_code, forecast.c.week_start)
    )
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows


def _state(row: Any) -> State:
    values = row._mapping
    expected = Expected(**{name: values[name] for name in _EXPECTED})
    return State(expected=expected, **{name: values[name] for name in _OWN})


def _row(each: State) -> dict[str, Any]:
    own = {name: getattr(each, name) for name in _OWN}
    return asdict(each.expected) | own | {"expected_g": each.expected.expected_g}
