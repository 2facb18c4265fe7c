"""SQL of the samples."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, exists, func, select, tuple_, update

from services.nutrition.canteens.queries import lies_in
from services.nutrition.problems.domain import State as Progress
from services.nutrition.problems.queries import problem
from services.nutrition.samples.domain import Hold, HoldKind, State
from services.nutrition.samples.models import Sample, SampleReading
from services.nutrition.servings.queries import meal_lot, served
from services.nutrition.stocks.queries import recalled
from services.nutrition.tables import insert_into, table_of
from shared.auth.finding import finder
from shared.database import Session
from shared.errors import NotFound
from shared.unit_of_work import UnitOfWork

sample, reading = table_of(Sample), table_of(SampleReading)
tenants_of = finder(sample.c.sample_id, canteen=sample.c.canteen_id)
_RECALLED = meal_lot.join(recalled, recalled.c.lot_id == meal_lot.c.lot_id)
_UNSOLVED = problem.c.state != Progress.CLOSED.value
_RECALLED_LOTS = (
    select(meal_lot.c.meal_id, meal_lot.c.lot_id)
    .select_from(_RECALLED)
    .where(meal_lot.c.meal_id.in_(bindparam("meal_ids", expanding=True)))
    .distinct()
    .order_by(meal_lot.c.lot_id)
)
_PROBLEMS = (
    select(problem.c.meal_id, problem.c.problem_id)
    .where(problem.c.meal_id.in_(bindparam("meal_ids", expanding=True)), _UNSOLVED)
    .order_by(problem.c.problem_id)
)
_OF_MEALS = (
    select(sample)
    .where(sample.c.meal_id.in_(bindparam("meal_ids", expanding=True)))
    .order_by(sample.c.meal_id, sample.c.dish_code)
)


async def add(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """Insert samples; return the ids of those that are new."""
    statement = insert_into(uow, sample).on_conflict_do_nothing().returning(sample.c.sample_id)
    return set((await uow.session.scalars(statement, list(rows))).all())


async def by_ids(session: Session, sample_ids: Collection[str]) -> dict[str, Row[Any]]:
    """Return samples by their ids."""
    rows = (await session.execute(select(sample).where(sample.c.sample_id.in_(sorted(sample_ids))))).all()
    return {row.sample_id: row for row in rows}


async def one(session: Session, sample_id: str) -> Row[Any]:
    """Return a sample; NotFound names the id."""
    row = (await by_ids(session, [sample_id])).get(sample_id)
    if row is None:
        raise NotFound("sample", sample_id)
    return row


async def of_meals(session: Session, meal_ids: Collection[str]) -> Sequence[Row[Any]]:
    """Return the samples of meals, by meal and dish."""
    return list((await session.execute(_OF_MEALS, {"meal_ids": sorted(meal_ids)})).all())


async def holds(session: Session, meal_ids: Collection[str]) -> dict[str, list[Hold]]:
    """Return what the samples of meals are held for: recalled lots, and problems that are not closed."""
    wanted = {"meal_ids": sorted(meal_ids)}
    found: dict[str, list[Hold]] = {}
    for kind, statement in ((HoldKind.RECALL, _RECALLED_LOTS), (HoldKind.PROBLEM, _PROBLEMS)):
        for meal_id, name in (await session.execute(statement, wanted)).all():
            found.setdefault(meal_id, []).append(Hold(kind, name))
    return found


async def recorded(session: Session, meal_ids: Collection[str]) -> set[str]:
    """Return those of the meals that are on record as served."""
    wanted = select(served.c.meal_id).where(served.c.meal_id.in_(sorted(meal_ids)))
    return set((await session.scalars(wanted)).all())


async def discard(
    session: Session, sample_ids: Collection[str], taken_until: datetime, ended: Mapping[str, Any]
) -> set[str]:
    """Discard those of the samples that may be; whoever hands one over at the same moment and is first, wins."""
    mine = meal_lot.c.meal_id == sample.c.meal_id
    statement = (
        update(sample)
        .where(
            sample.c.sample_id.in_(sorted(sample_ids)),
            sample.c.state == State.KEPT.value,
            sample.c.taken_at <= taken_until,
            exists().where(served.c.meal_id == sample.c.meal_id),
            ~exists().select_from(_RECALLED).where(mine),
            ~exists().where(problem.c.meal_id == sample.c.meal_id, _UNSOLVED),
        )
        .values({**ended, "state": State.DISCARDED.value})
        .returning(sample.c.sample_id)
    )
    return set((await session.scalars(statement)).all())


async def hand_over(session: Session, sample_id: str, ended: Mapping[str, Any]) -> bool:
    """Hand a sample over; False when it is no longer kept."""
    kept = and_(sample.c.sample_id == sample_id, sample.c.state == State.KEPT.value)
    values = {**ended, "state": State.HANDED_OVER.value}
    return await session.scalar(update(sample).where(kept).values(values).returning(sample.c.sample_id)) is not None


async def page(
    session: Session,
    limit: int,
    after: str | None,
    where: Mapping[str, Any],
    lot_id: str | None,
    county_code: str | None,
) -> Sequence[Row[Any]]:
    """Return samples ordered by id with the values of `where`, of meals cooked from a lot, of a county."""
    statement = select(sample).order_by(sample.c.sample_id).limit(limit)
    statement = statement.where(*(sample.c[name] == value for name, value in where.items() if value is not None))
    if county_code is not None:
        statement = statement.where(lies_in(sample.c.canteen_id, county_code))
    if lot_id is not None:
        cooked = select(meal_lot.c.meal_id).where(meal_lot.c.lot_id == lot_id)
        statement = statement.where(sample.c.meal_id.in_(cooked))
    if after is not None:
        statement = statement.where(sample.c.sample_id > after)
    return list((await session.execute(statement)).all())


async def kept(session: Session, canteen_id: str | None, county_code: str | None) -> Sequence[Row[Any]]:
    """Return the samples that are kept in a canteen or a county, those taken first coming first."""
    wanted = _within(select(sample), sample, canteen_id, county_code).where(sample.c.state == State.KEPT.value)
    return list((await session.execute(wanted.order_by(sample.c.taken_at, sample.c.sample_id))).all())


async def dishes_of_days(
    session: Session, first: date, canteen_id: str | None, county_code: str | None
) -> set[tuple[str, str]]:
    """Return the (meal, dish) of which there is a sample, from a day on."""
    wanted = _within(select(sample.c.meal_id, sample.c.dish_code), sample, canteen_id, county_code)
    rows = (await session.execute(wanted.where(sample.c.day >= first))).all()
    return {(meal_id, dish) for meal_id, dish in rows}


def _within(statement: Select[Any], table: Any, canteen_id: str | None, county_code: str | None) -> Select[Any]:
    if canteen_id is not None:
        statement = statement.where(table.c.canteen_id == canteen_id)
    if county_code is not None:
        statement = statement.where(lies_in(table.c.canteen_id, county_code))
    return statement


async def add_reading(uow: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Insert a reading; the first of a place and instant stands."""
    await uow.session.execute(insert_into(uow, reading).values(row).on_conflict_do_nothing())


async def reading_at(session: Session, canteen_id: str, place: str, at: datetime) -> Row[Any]:
    """Return the reading of a place and instant."""
    this = and_(reading.c.canteen_id == canteen_id, reading.c.place == place, reading.c.measured_at == at)
    row: Row[Any] = (await session.execute(select(reading).where(this))).one()
    return row


async def latest_readings(
    session: Session, canteen_id: str | None, county_code: str | None
) -> dict[tuple[str, str], tuple[datetime, float]]:
    """Return when and how cold each place of a canteen or a county was when it was looked at last."""
    keys = (reading.c.canteen_id, reading.c.place)
    last = _within(select(*keys, func.max(reading.c.measured_at)), reading, canteen_id, county_code).group_by(*keys)
    these = tuple_(*keys, reading.c.measured_at).in_(last)
    rows = (await session.execute(select(*keys, reading.c.measured_at, reading.c.temperature_c).where(these))).all()
    return {(row.canteen_id, row.place): (row.measured_at, row.temperature_c) for row in rows}


async def readings_page(
    session: Session, canteen_id: str, limit: int, after: tuple[datetime, str] | None
) -> Sequence[Row[Any]]:
    """Return what was read in a canteen, first to last."""
    ordered = (reading.c.measured_at, reading.c.place)
    wanted = select(reading).where(reading.c.canteen_id == canteen_id).order_by(*ordered).limit(limit)
    if after is not None:
        wanted = wanted.where(tuple_(*ordered) > tuple_(*after))
    return list((await session.execute(wanted)).all())
