"""SQL of funding. Whoever changes a canteen's counts holds the lock on the canteen's row."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, tuple_

from services.nutrition.canteens.domain import Profile
from services.nutrition.closures import queries as closures
from services.nutrition.enrolment import queries as enrolment
from services.nutrition.enrolment.domain import enrolled_on
from services.nutrition.funding.domain import Amount, Budget, Payer, budget_of
from services.nutrition.funding.models import FundingAmount, FundingClass, FundingCount
from services.nutrition.tables import table_of
from services.nutrition.upserts import Key, Merged, merge
from shared.database import Session
from shared.fields import Meal
from shared.unit_of_work import UnitOfWork

funding_class, amount, count = table_of(FundingClass), table_of(FundingAmount), table_of(FundingCount)

# Statements of hot paths are built once: building one costs as much as running it.
_COUNTS = (
    select(count.c.class_code, count.c.valid_from, count.c.pupils)
    .where(count.c.canteen_id == bindparam("canteen_id"), count.c.valid_from <= bindparam("last"))
    .order_by(count.c.class_code, count.c.valid_from)
)
_AMOUNTS = (
    select(amount)
    .where(amount.c.class_code.in_(bindparam("codes", expanding=True)))
    .order_by(amount.c.class_code, amount.c.valid_from)
)


async def put_classes(uow: UnitOfWork, rows: Mapping[Key, dict[str, Any]]) -> Merged:
    """Insert or update funding classes, each with the list `amounts` beside its columns."""
    plain = {key: {name: value for name, value in row.items() if name != "amounts"} for key, row in rows.items()}
    merged = await merge(uow, funding_class, ["class_code"], plain)
    told = [code for (code,) in merged.told]
    if told:
        await uow.session.execute(delete(amount).where(amount.c.class_code.in_(told)))
    amounts = [{"class_code": code, **paid} for code in told for paid in rows[(code,)]["amounts"]]
    if amounts:
        await uow.session.execute(insert(amount), amounts)
    return merged


async def put_counts(uow: UnitOfWork, rows: Mapping[Key, dict[str, Any]]) -> Merged:
    """Insert or update how many pupils of canteens are in funding classes."""
    return await merge(uow, count, ["canteen_id", "class_code", "valid_from"], rows)


async def known_classes(session: Session, codes: Collection[str]) -> set[str]:
    """Return which of these funding classes are known."""
    wanted = select(funding_class.c.class_code).where(funding_class.c.class_code.in_(sorted(codes)))
    return set((await session.scalars(wanted)).all())


async def classes_page(session: Session, limit: int, after: str | None) -> Sequence[Row[Any]]:
    """Return funding classes by code."""
    columns = (funding_class.c.class_code, funding_class.c.name_zh, funding_class.c.name_en, funding_class.c.version)
    statement = select(*columns).order_by(funding_class.c.class_code).limit(limit)
    if after is not None:
        statement = statement.where(funding_class.c.class_code > after)
    return list((await session.execute(statement)).all())


async def amounts(session: Session, codes: Collection[str]) -> dict[str, list[Row[Any]]]:
    """Return the amounts of funding classes, in the order of their days."""
    found: dict[str, list[Row[Any]]] = {}
    for row in (await session.execute(_AMOUNTS, {"codes": sorted(codes)})).all():
        found.setdefault(row.class_code, []).append(row)
    return found


async def counts_page(
    session: Session, canteen_id: str, limit: int, after: tuple[str, date] | None
) -> Sequence[Row[Any]]:
    """Return a canteen's counts by class and day, after a (class, day)."""
    columns = (count.c.class_code, count.c.valid_from, count.c.pupils, count.c.source)
    statement = (
        select(*columns).where(count.c.canteen_id == canteen_id).order_by(count.c.class_code, count.c.valid_from)
    )
    if after is not None:
        statement = statement.where(tuple_(count.c.class_code, count.c.valid_from) > tuple_(*after))
    return list((await session.execute(statement.limit(limit))).all())


async def names(session: Session, codes: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return the Chinese and English names of funding classes."""
    columns = (funding_class.c.class_code, funding_class.c.name_zh, funding_class.c.name_en)
    rows = (await session.execute(select(*columns).where(funding_class.c.class_code.in_(sorted(codes))))).all()
    return {code: (zh, en) for code, zh, en in rows}


async def payers(session: Session, canteen_id: str, last: date) -> list[Payer]:
    """Return who pays for a canteen's pupils by `last`, in the order of the classes' codes."""
    counted: dict[str, list[tuple[date, int]]] = {}
    for code, day, pupils in (await session.execute(_COUNTS, {"canteen_id": canteen_id, "last": last})).all():
        counted.setdefault(code, []).append((day, pupils))
    paid = await amounts(session, counted) if counted else {}
    return [Payer(code, [_amount(row) for row in paid.get(code, [])], days) for code, days in counted.items()]


def _amount(row: Row[Any]) -> Amount:
    meals = frozenset(meal for meal in Meal if getattr(row, meal.value))
    return Amount(row.valid_from, row.valid_until, row.amount_fen_per_pupil_day, meals)


async def budget_fen(session: Session, profile: Profile, days: Collection[date]) -> dict[date, Budget]:
    """Return what may be spent on each day's food, by meal and payer; nothing on days without school."""
    served = await closures.meals_served(session, profile.canteen_id, profile.county_code, profile.meals, days)
    return await budget_of_served(session, profile, served)


async def budget_of_served(
    session: Session, profile: Profile, served: Mapping[date, Collection[Meal]]
) -> dict[date, Budget]:
    """Return what may be spent on the food of days whose served meals are known, by meal and payer."""
    if not served:
        return {}
    canteen_id = profile.canteen_id
    history = (await enrolment.history(session, [canteen_id])).get(canteen_id, [])
    paying = await payers(session, canteen_id, max(served))
    return {
        day: budget_of(profile, day, enrolled_on(day, history, profile.pupils), meals, paying)
        for day, meals in served.items()
    }
