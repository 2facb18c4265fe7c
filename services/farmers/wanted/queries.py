"""All SQL about what is still wanted."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, delete, func, select, union

from services.farmers.capacities.models import Capacity
from services.farmers.contracts.domain import ContractStatus
from services.farmers.contracts.models import Contract
from services.farmers.forecasts.models import Forecast
from services.farmers.guidance.models import DemandWeek
from services.farmers.offers.models import Offer
from services.farmers.tables import insert_new, table_of
from services.farmers.wanted.domain import Wanted
from services.farmers.wanted.lines import COLUMNS, Before
from services.farmers.wanted.models import WantedLine, WantedPublication
from shared.database import Session
from shared.models import insert_for

publication, line = table_of(WantedPublication), table_of(WantedLine)
demand = table_of(DemandWeek)
contract, forecast, offer, capacity = table_of(Contract), table_of(Forecast), table_of(Offer), table_of(Capacity)

_LINE = [field.name for field in fields(Wanted)]


async def unpublished(session: Session, week: date, limit: int) -> list[str]:
    """Return up to `limit` counties that demand is foreseen for from a week on, and that were told nothing in it."""
    told = select(publication.c.county_code).where(publication.c.published_week == week)
    statement = (
        select(demand.c.county_code)
        .distinct()
        .where(demand.c.week_start >= week, demand.c.county_code.not_in(told))
        .order_by(demand.c.county_code)
        .limit(limit)
    )
    return list((await session.scalars(statement)).all())


async def is_foreseen(session: Session, county_code: str, week: date) -> bool:
    """Return whether demand of a county is foreseen from a week on."""
    known = demand.c.county_code == county_code, demand.c.week_start >= week
    return await session.scalar(select(demand.c.county_code).where(*known).limit(1)) is not None


async def claim(session: Session, dialect: str, county_codes: Iterable[str], week: date, now: datetime) -> set[str]:
    """Begin the first publication of a week for counties; returns those nobody else has begun."""
    fresh = {"published_week": week, "version": 1, "published_at": now}
    rows = [{"county_code": each} | fresh for each in sorted(county_codes)]
    begun = await session.scalars(insert_new(dialect, publication).returning(publication.c.county_code), rows)
    return set(begun.all())


async def begin_again(session: Session, dialect: str, county_code: str, week: date, now: datetime) -> int:
    """Begin a county's next publication of a week, locked; returns its version."""
    make = insert_for(dialect, publication)
    row = {"county_code": county_code, "published_week": week, "version": 1, "published_at": now}
    newer = {"version": publication.c.version + 1, "published_at": now}
    statement = make.on_conflict_do_update(index_elements=["county_code", "published_week"], set_=newer)
    return int((await session.scalars(statement.returning(publication.c.version), [row])).one())


async def latest(session: Session, county_code: str, until: date) -> Row[Any] | None:
    """Return a county's newest publication of the weeks until one, None when there is none."""
    statement = (
        select(publication)
        .where(publication.c.county_code == county_code, publication.c.published_week <= until)
        .order_by(publication.c.published_week.desc())
        .limit(1)
    )
    row: Row[Any] | None = (await session.execute(statement)).first()
    return row


async def publications(session: Session, county_code: str) -> Sequence[Row[Any]]:
    """Return a county's publications, newest first."""
    statement = select(publication).where(publication.c.county_code == county_code)
    rows: Sequence[Row[Any]] = (await session.execute(statement.order_by(publication.c.published_week.desc()))).all()
    return rows


async def lines(session: Session, county_code: str, week: date) -> list[Wanted]:
    """Return what was said to be wanted in a week's publication, by food and week."""
    own = line.c.county_code == county_code, line.c.published_week == week
    statement = select(*(line.c[name] for name in _LINE)).where(*own).order_by(line.c.food_code, line.c.week_start)
    return [Wanted(*row) for row in await session.execute(statement)]


async def before(session: Session, county_codes: Collection[str], week: date) -> Before:
    """Return what the newest publications of counties before a week's want of it and the weeks after, g."""
    newest = (
        select(publication.c.county_code, func.max(publication.c.published_week).label("published_week"))
        .where(publication.c.county_code.in_(sorted(county_codes)), publication.c.published_week < week)
        .group_by(publication.c.county_code)
        .cte("newest")
    )
    said = {row[0]: row[1] for row in await session.execute(select(newest))}
    same = and_(line.c.county_code == newest.c.county_code, line.c.published_week == newest.c.published_week)
    statement = select(line.c.county_code, line.c.food_code, line.c.week_start, line.c.wanted_g).join(newest, same)
    rows = await session.execute(statement.where(line.c.week_start >= week, line.c.wanted_g > 0))
    return Before(said, rows.all())


async def replace(
    session: Session, county_codes: Collection[str], week: date, said: Iterable[Sequence[Any]], forget: date
) -> None:
    """Write lines (by the columns of the table) in the place of those before; forget publications of weeks before."""
    own = line.c.county_code.in_(sorted(county_codes))
    await session.execute(delete(line).where(own, (line.c.published_week == week) | (line.c.published_week < forget)))
    old = publication.c.county_code.in_(sorted(county_codes)), publication.c.published_week < forget
    await session.execute(delete(publication).where(*old))
    await session.fill(line, COLUMNS, said)


async def grown(session: Session, cooperative_id: str) -> set[str]:
    """Return the foods a cooperative offers, forecasts, has open contracts for, or said it can bring."""
    parts = [
        select(table.c.food_code).where(table.c.cooperative_id == cooperative_id)
        for table in (offer, forecast, capacity)
    ]
    agreed = select(contract.c.food_code).where(
        contract.c.cooperative_id == cooperative_id, contract.c.status == ContractStatus.OPEN.value
    )
    return set((await session.scalars(union(*parts, agreed))).all())
