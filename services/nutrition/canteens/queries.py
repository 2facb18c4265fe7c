"""SQL of the canteens and of the school calendar."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, delete, func, insert, select, update

from services.nutrition.canteens.domain import Canteen, Diet, DietKind, Profile
from services.nutrition.canteens.models import Canteen as CanteenTable
from services.nutrition.canteens.models import CanteenDiet, CanteenEquipment, CanteenHeadcount, Holiday
from services.nutrition.days import DayKind
from services.nutrition.enrolment import queries as enrolment
from services.nutrition.tables import table_of
from services.nutrition.upserts import Merged, merge
from shared.auth.finding import finder
from shared.database import Session
from shared.errors import NotFound
from shared.fields import AgeBand, Meal, Sex
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

canteen, headcount, holiday = table_of(CanteenTable), table_of(CanteenHeadcount), table_of(Holiday)
diet, equipment = table_of(CanteenDiet), table_of(CanteenEquipment)
tenants_of = finder(canteen.c.canteen_id, county=canteen.c.county_code, canteen=canteen.c.canteen_id)
_ASIDE = ("headcounts", "standard_id")

# Statements of hot paths are built once: building one costs as much as running it.
_LOCK_ALL = (
    select(canteen.c.canteen_id)
    .where(canteen.c.canteen_id.in_(bindparam("canteen_ids", expanding=True)))
    .order_by(canteen.c.canteen_id)
    .with_for_update(key_share=True)
)
_KNOWN = select(canteen.c.canteen_id).where(canteen.c.canteen_id.in_(bindparam("canteen_ids", expanding=True)))
_COUNTIES = select(canteen.c.canteen_id, canteen.c.county_code).where(
    canteen.c.canteen_id.in_(bindparam("canteen_ids", expanding=True))
)
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
_OF_CANTEEN = select(canteen).where(canteen.c.canteen_id == bindparam("canteen_id"))
_HEADS = select(headcount.c.canteen_id, headcount.c.age_band, headcount.c.sex, headcount.c.pupils).where(
    headcount.c.canteen_id.in_(bindparam("canteen_ids", expanding=True))
)
_DIETS = (
    select(diet.c.kind, diet.c.allergen, diet.c.pupils)
    .where(diet.c.canteen_id == bindparam("canteen_id"), diet.c.pupils > 0)
    .order_by(diet.c.kind, diet.c.allergen)
)
_EQUIPMENT = (
    select(equipment.c.equipment_code, equipment.c.dishes_per_meal)
    .where(equipment.c.canteen_id == bindparam("canteen_id"), equipment.c.dishes_per_meal.is_not(None))
    .order_by(equipment.c.equipment_code)
)
_CALENDAR = select(holiday.c.day, holiday.c.kind).where(
    holiday.c.county_code == bindparam("county_code"), holiday.c.day.between(bindparam("first"), bindparam("last"))
)


async def put(uow: UnitOfWork, rows: Mapping[tuple[Any, ...], dict[str, Any]]) -> Merged:
    """Insert or update canteens, each with `headcounts` beside its columns, and its `standard_id` or None."""
    plain = {key: {name: value for name, value in row.items() if name not in _ASIDE} for key, row in rows.items()}
    merged = await merge(uow, canteen, ["canteen_id"], plain)
    told = [canteen_id for (canteen_id,) in merged.told]
    if told:
        await uow.session.execute(delete(headcount).where(headcount.c.canteen_id.in_(told)))
    counted = [{"canteen_id": key, **count} for key in told for count in rows[(key,)]["headcounts"]]
    if counted:
        await uow.session.execute(insert(headcount), counted)
    named = [{"id": key, "standard": rows[(key,)]["standard_id"]} for key in told if rows[(key,)]["standard_id"]]
    if named:
        this = update(canteen).where(canteen.c.canteen_id == bindparam("id"))
        await uow.session.execute(this.values(standard_id=bindparam("standard")), named)
    return merged


async def put_diets(uow: UnitOfWork, rows: Mapping[tuple[Any, ...], dict[str, Any]]) -> Merged:
    """Insert or update how many keep special diets."""
    return await merge(uow, diet, ["canteen_id", "kind", "allergen"], rows)


async def put_equipment(uow: UnitOfWork, rows: Mapping[tuple[Any, ...], dict[str, Any]]) -> Merged:
    """Insert or update what equipment limits."""
    return await merge(uow, equipment, ["canteen_id", "equipment_code"], rows)


async def diets(session: Session, canteen_id: str) -> tuple[Diet, ...]:
    """Return the special diets somebody at a canteen keeps."""
    rows = (await session.execute(_DIETS, {"canteen_id": canteen_id})).all()
    return tuple(Diet(DietKind(kind), allergen, pupils) for kind, allergen, pupils in rows)


async def equipment_limits(session: Session, canteen_id: str) -> dict[str, int]:
    """Return how many dishes of one meal can use a piece of equipment, where a canteen has said so."""
    rows = (await session.execute(_EQUIPMENT, {"canteen_id": canteen_id})).all()
    return {code: limit for code, limit in rows}


async def registered(session: Session, canteen_ids: Collection[str]) -> list[Row[Any]]:
    """Return the rows of canteens, by id."""
    wanted = select(canteen).where(canteen.c.canteen_id.in_(sorted(canteen_ids))).order_by(canteen.c.canteen_id)
    return list((await session.execute(wanted)).all())


async def present_heads(session: Session, canteen_ids: Collection[str]) -> dict[str, dict[tuple[str, str], int]]:
    """Return present pupils of canteens by (age band, sex)."""
    found: dict[str, dict[tuple[str, str], int]] = {}
    for canteen_id, band, sex, pupils in (await session.execute(_HEADS, {"canteen_ids": sorted(canteen_ids)})).all():
        found.setdefault(canteen_id, {})[band, sex] = pupils
    return found


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
    row: Row[Any] | None = (await session.execute(_OF_CANTEEN, {"canteen_id": canteen_id})).first()
    if row is None:
        raise NotFound("canteen", canteen_id, field=field)
    return row


async def profile(session: Session, canteen_id: str, day: date | None = None) -> Profile:
    """Return what planning needs to know of a canteen: with the pupils it has now, or (as far as known) on a day."""
    row = await one(session, canteen_id)
    then = await enrolment.heads(session, [canteen_id], day) if day is not None else {}
    counted = (then or await present_heads(session, [canteen_id])).get(canteen_id, {})
    return Profile(
        canteen_id=canteen_id,
        county_code=row.county_code,
        meals=tuple(meal for meal in Meal if getattr(row, meal.value)),
        heads={(band, sex): counted[band, sex] for band in AgeBand for sex in Sex if counted.get((band, sex))},
        standard_id=row.standard_id,
        diets=await diets(session, canteen_id),
        equipment=await equipment_limits(session, canteen_id),
        flat_fen_per_pupil_day=row.budget_fen_per_pupil_day,
    )


async def known(session: Session, canteen_ids: Collection[str]) -> set[str]:
    """Return the canteens among these that are known."""
    return set((await session.scalars(_KNOWN, {"canteen_ids": sorted(canteen_ids)})).all())


async def counties_of(uow: UnitOfWork, canteen_ids: Sequence[str]) -> dict[str, str]:
    """Return the county of each of these canteens that is known."""
    rows = (await uow.session.execute(_COUNTIES, {"canteen_ids": list(canteen_ids)})).all()
    return {canteen_id: county_code for canteen_id, county_code in rows}


def lies_in(column: ColumnElement[Any], county_code: str) -> ColumnElement[bool]:
    """Return the condition that the canteen of a column lies in a county."""
    return column.in_(select(canteen.c.canteen_id).where(canteen.c.county_code == county_code))


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
