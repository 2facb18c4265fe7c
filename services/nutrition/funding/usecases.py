"""What can happen to funding."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row

from services.nutrition.canteens import queries as canteens
from services.nutrition.days import check_monday
from services.nutrition.enrolment import queries as enrolment
from services.nutrition.enrolment.domain import enrolled_on
from services.nutrition.funding import queries
from services.nutrition.funding.domain import Budget, Part
from services.nutrition.funding.schemas import (
    AmountRead,
    BudgetDay,
    BudgetPart,
    BudgetRead,
    FundingClassRead,
    FundingClassRow,
    FundingCountRead,
    FundingCountRow,
)
from services.nutrition.upserts import Key, digest_of, once_each, unknown
from shared.bulk import Imported, Refusal, Rows, parse, refuse
from shared.errors import DomainError
from shared.fields import Meal
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def put_classes(uow: UnitOfWork, body: Rows) -> Imported:
    """Take the good rows: each class with all its amounts."""
    good, refused = parse(FundingClassRow, body)
    rows, twice = once_each(good, ["class_code"])
    merged = await queries.put_classes(uow, {key: _class(row) for key, (_, row) in rows.items()})
    return merged.imported([*refused, *twice])


def _class(row: FundingClassRow) -> dict[str, Any]:
    amounts = [
        amount.model_dump(exclude={"meals"}) | {meal.value: meal in amount.meals for meal in Meal}
        for amount in row.amounts
    ]
    return row.model_dump(exclude={"amounts"}) | {"amounts": amounts, "digest": digest_of(row)}


async def put_counts(uow: UnitOfWork, body: Rows) -> Imported:
    """Take the good rows: of known canteens and classes, no more pupils than are enrolled on the day they say."""
    good, refused = parse(FundingCountRow, body)
    rows, twice = once_each(good, ["canteen_id", "class_code", "valid_from"])
    known = await canteens.lock_all(uow.session, {row.canteen_id for _, row in rows.values()})
    classes = await queries.known_classes(uow.session, {row.class_code for _, row in rows.values()})
    broken = unknown(rows, "funding-class", "class_code", classes) | unknown(rows, "canteen", "canteen_id", known)
    broken |= await _too_many(uow, {key: at for key, at in rows.items() if at[0] not in broken})
    values = {key: _counted(row) for key, (index, row) in rows.items() if index not in broken}
    return (await queries.put_counts(uow, values)).imported([*refused, *twice, *broken.values()])


def _counted(row: FundingCountRow) -> dict[str, Any]:
    """Return a count's columns; one without a source says what it said before counts had any."""
    unsaid = ("source",) if row.source is None else ()
    return row.model_dump() | {"digest": digest_of(row, unsaid)}


async def _too_many(uow: UnitOfWork, rows: Mapping[Key, tuple[int, FundingCountRow]]) -> dict[int, Refusal]:
    """Return the refusals of rows that count more pupils than there are, by the row's index."""
    history = await enrolment.history(uow.session, {row.canteen_id for _, row in rows.values()}) if rows else {}
    refused = {}
    for index, row in rows.values():
        enrolled = enrolled_on(row.valid_from, history.get(row.canteen_id, []), 0)
        if row.pupils > enrolled:
            detail = f"{enrolled} pupils are enrolled on {row.valid_from}"
            refused[index] = refuse(index, DomainError("more-than-enrolled", detail, field="pupils"))
    return refused


async def list_classes(uow: UnitOfWork, paging: Paging) -> list[FundingClassRead]:
    """Return a page of funding classes with their amounts."""
    rows = await queries.classes_page(uow.session, paging.limit, paging.after)
    amounts = await queries.amounts(uow.session, [row.class_code for row in rows]) if rows else {}
    return [
        FundingClassRead(**row._mapping, amounts=[_amount(paid) for paid in amounts.get(row.class_code, [])])
        for row in rows
    ]


def _amount(row: Row[Any]) -> AmountRead:
    return AmountRead(**row._mapping, meals=[meal for meal in Meal if getattr(row, meal.value)])


async def list_counts(uow: UnitOfWork, canteen_id: str, paging: Paging) -> list[FundingCountRead]:
    """Return a page of a canteen's pupils by funding class and day; the cursor is `class:day`."""
    await canteens.one(uow.session, canteen_id)
    rows = await queries.counts_page(uow.session, canteen_id, paging.limit, _place(paging.after))
    return [FundingCountRead(canteen_id=canteen_id, **row._mapping) for row in rows]


def cursor_of(row: FundingCountRead) -> str:
    """Return where a page of counts ended."""
    return f"{row.class_code}:{row.valid_from}"


def _place(after: str | None) -> tuple[str, date] | None:
    if after is None:
        return None
    code, _, day = after.partition(":")
    try:
        return code, date.fromisoformat(day)
    except ValueError as error:
        raise DomainError("cursor", "after is what `next` named", field="after") from error


async def read_budget(uow: UnitOfWork, canteen_id: str, week_start: date) -> BudgetRead:
    """Return what may be spent on the food of each day of a week, and who pays for it."""
    check_monday(week_start)
    profile = await canteens.profile(uow.session, canteen_id)
    days = [week_start + timedelta(days=n) for n in range(7)]
    budgets = await queries.budget_fen(uow.session, profile, days)
    codes = {part.class_code for budget in budgets.values() for part in budget.parts if part.class_code is not None}
    names = await queries.names(uow.session, codes) if codes else {}
    return BudgetRead(
        canteen_id=canteen_id,
        week_start=week_start,
        fen=sum(budget.fen for budget in budgets.values()),
        days=[_day(budget, names) for budget in budgets.values() if budget.parts],
    )


def _day(budget: Budget, names: Mapping[str, tuple[str, str]]) -> BudgetDay:
    return BudgetDay(
        day=budget.day,
        heads=budget.heads,
        by_meal_fen=budget.by_meal,
        fen=budget.fen,
        mfen_per_head=budget.mfen_per_head(),
        parts=[_part(part, names) for part in budget.parts],
    )


def _part(part: Part, names: Mapping[str, tuple[str, str]]) -> BudgetPart:
    name_zh, name_en = names.get(part.class_code or "", (None, None))
    return BudgetPart(
        class_code=part.class_code,
        name_zh=name_zh,
        name_en=name_en,
        counted=part.counted,
        pupils=part.pupils,
        amount_fen_per_pupil_day=part.amount_fen_per_pupil_day,
        by_meal_fen=dict(part.by_meal),
        fen=sum(part.by_meal.values()),
    )
