"""SQL of the canteens and of the school calendar."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select

from services.nutrition.canteens.domain import DEFAULT_STANDARD, Canteen, Profile
from services.nutrition.canteens.models import Canteen as CanteenTable
from services.nutrition.canteens.models import CanteenHeadcount, Holiday
from services.nutrition.days import DayKind
from services.nutrition.tables import table_of
from services.nutrition.upserts import Merged, merge
from shared.database import Session
from shared.errors import NotFound
from shared.fields import AgeBand, Meal, Sex
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

canteen, headcount, holiday = table_of(CanteenTable), table_of(CanteenHeadcount), table_of(Holiday)

# Statements of hot paths are built once: building one costs as much as running it.
_LOCK_ALL = (
    select(canteen.c.canteen_id)
    .where(canteen.c.canteen_id.in_(bindparam("canteen_ids", expanding=True)))
    .order_by(canteen.c.canteen_id)
    .with_for_update(key_share=True)
)
_KNOWN = select(canteen.c.canteen_id).where(canteen.c.canteen_id.in_(bindparam("canteen_ids", expanding=True)))
_LOCK = (
    select(canteen.c.county_code, canteen.c.breakfast, canteen.c.lunch, canteen.c.dinner)
    .where(canteen.c.canteen_id == bindparam("canteen_id"))
    .with_for_update(key_share=True)
)
_ENROLLED = (
    select(headcount.c.age_band, func.sum(headcount.c.pupils).label("pupils"))
    .where(headcount.c.canteen_id == bindparam("canteen_id"))
    .group_by(headcount.c.age_band)
)
_CALENDAR = select(holiday.c.day, holiday.c.kind).where(
    holiday.c.county_code == bindparam("county_code"), holiday.c.day.between(bindparam("first"), bindparam("last"))
)


async def put(uow: UnitOfWork, rows: Mapping[tuple[Any, ...], dict[str, Any]]) -> Merged:
    """Insert or update canteens, each with the list `headcounts` beside its columns."""
    plain = {key: {name: value for name, value in row.items() if name != "headcounts"} for key, row in rows.items()}
    merged = await merge(uow, canteen, ["canteen_id"], plain)
    told = [canteen_id for (canteen_id,) in merged.told]
    if told:
        await uow.session.execute(delete(headcount).where(headcount.c.canteen_id.in_(told)))
    counted = [{"canteen_id": key, **count} for key in told for count in rows[(key,)]["headcounts"]]
    if counted:
        await uow.session.execute(insert(headcount), counted)
    return merged


async def put_holidays(uow: UnitOfWork, rows: Mapping[tuple[Any, ...], dict[str, Any]]) -> Merged:
    """Insert or update days of counties' calendars."""
    return await merge(uow, holiday, ["county_code", "day"], rows)


async def page(session: Session, paging: Paging, county_code: str | None) -> Sequence[Row[Any]]:
    """Return canteens ordered by id."""
    statement = select(canteen).order_by(canteen.c.canteen_id).limit(paging.limit)
    if county_code is not None:
        statement = statement.where(canteen.c.county_code == county_code)
    if paging.after is not None:
        statement = statement.where(canteen.c.canteen_id > paging.after)
    return list((await session.execute(statement)).all())


async def one(session: Session, canteen_id: str, field: str | None = None) -> Row[Any]:
    """Return a canteen's row; NotFound names the id, and the field it was asked for in."""
    row: Row[Any] | None = (await session.execute(select(canteen).where(canteen.c.canteen_id == canteen_id))).first()
    if row is None:
        raise NotFound("canteen", canteen_id, field=field)
    return row


async def headcounts(session: Session, canteen_id: str) -> Sequence[Row[Any]]:
    """Return a canteen's pupils by age band and sex."""
    columns = (headcount.c.age_band, headcount.c.sex, headcount.c.pupils)
    return list((await session.execute(select(*columns).where(headcount.c.canteen_id == canteen_id))).all())


async def profile(session: Session, canteen_id: str) -> Profile:
    """Return what planning needs to know of a canteen."""
    row = await one(session, canteen_id)
    counted = {(n.age_band, n.sex): n.pupils for n in await headcounts(session, canteen_id)}
    return Profile(
        canteen_id=canteen_id,
        county_code=row.county_code,
        meals=tuple(meal for meal in Meal if getattr(row, meal.value)),
        heads={(band, sex): counted[band, sex] for band in AgeBand for sex in Sex if counted.get((band, sex))},
        standard_id=DEFAULT_STANDARD,
        diets=(),
        equipment={},
        flat_fen_per_pupil_day=row.budget_fen_per_pupil_day,
    )


async def known(session: Session, canteen_ids: Collection[str]) -> set[str]:
    """Return the canteens among these that are known."""
    return set((await session.scalars(_KNOWN, {"canteen_ids": sorted(canteen_ids)})).all())


async def lock_all(session: Session, canteen_ids: Collection[str]) -> set[str]:
    """Lock canteens in the order of their ids, so that nobody waits in a circle; return those that are known."""
    return set((await session.scalars(_LOCK_ALL, {"canteen_ids": sorted(canteen_ids)})).all())


async def lock(session: Session, canteen_id: str) -> Canteen:
    """Lock a canteen and return what it is; until the end of the unit of work its menus and store are ours alone."""
    row = (await session.execute(_LOCK, {"canteen_id": canteen_id})).first()
    if row is None:
        raise NotFound("canteen", canteen_id, field="canteen_id")
    counted = (await session.execute(_ENROLLED, {"canteen_id": canteen_id})).all()
    enrolled = {AgeBand(count.age_band): int(count.pupils) for count in counted}
    meals = frozenset(meal for meal in Meal if getattr(row, meal.value))
    return Canteen(canteen_id, row.county_code, meals, {band: n for band, n in sorted(enrolled.items()) if n})


async def calendar(session: Session, county_code: str, first: date, last: date) -> dict[date, DayKind]:
    """Return the days between `first` and `last`, both included, that a county's calendar sets apart."""
    within = {"county_code": county_code, "first": first, "last": last}
    return {row.day: DayKind(row.kind) for row in (await session.execute(_CALENDAR, within)).all()}


async def holidays_page(session: Session, county_code: str, limit: int, after: date | None) -> Sequence[Row[Any]]:
    """Return a county's days set apart, in order."""
    columns = (holiday.c.county_code, holiday.c.day, holiday.c.name_zh, holiday.c.name_en, holiday.c.kind)
    statement = select(*columns).where(holiday.c.county_code == county_code).order_by(holiday.c.day).limit(limit)
    if after is not None:
        statement = statement.where(holiday.c.day > after)
    return list((await session.execute(statement)).all())
