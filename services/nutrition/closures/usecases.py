"""What can happen to closures."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row

from services.nutrition.canteens import queries as canteens
from services.nutrition.closures import queries
from services.nutrition.closures.domain import check
from services.nutrition.closures.schemas import ClosureRead, ClosureRow
from services.nutrition.days import DayKind
from services.nutrition.pages import day_of
from services.nutrition.upserts import Key, digest_of, once_each, unknown
from shared.bulk import Imported, Refusal, Rows, parse, refuse
from shared.errors import DomainError, NotFound
from shared.fields import Meal
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def put_closures(uow: UnitOfWork, body: Rows) -> Imported:
    """Take the good rows. Menus published before stand: whoever closes a canteen amends its menu."""
    good, refused = parse(ClosureRow, body)
    rows, twice = once_each(good, ["canteen_id", "day"])
    known = await canteens.lock_all(uow.session, {row.canteen_id for _, row in rows.values()})
    broken = unknown(rows, "canteen", "canteen_id", known)
    broken |= await _broken(uow, {key: at for key, at in rows.items() if at[0] not in broken})
    values = {key: _values(row) for key, (index, row) in rows.items() if index not in broken}
    return (await queries.put(uow, values)).imported([*refused, *twice, *broken.values()])


async def _broken(uow: UnitOfWork, rows: Mapping[Key, tuple[int, ClosureRow]]) -> dict[int, Refusal]:
    """Return the refusals of rows that close nothing, by the row's index."""
    known = {row.canteen_id: row for row in await canteens.registered(uow.session, {key[0] for key in rows})}
    calendars: dict[str, dict[date, DayKind]] = {}
    refused: dict[int, Refusal] = {}
    for index, row in rows.values():
        canteen = known[row.canteen_id]
        if canteen.county_code not in calendars:
            days = [day for _, day in rows]
            calendar = await canteens.calendar(uow.session, canteen.county_code, min(days), max(days))
            calendars[canteen.county_code] = calendar
        try:
            check(row.day, row.meals, _meals(canteen), calendars[canteen.county_code])
        except DomainError as error:
            refused[index] = refuse(index, error)
    return refused


def _meals(row: Row[Any]) -> list[Meal]:
    return [meal for meal in Meal if getattr(row, meal.value)]


def _values(row: ClosureRow) -> dict[str, Any]:
    serves = {meal.value: meal in row.meals for meal in Meal}
    kept = row.model_dump(exclude={"meals"}) | {"kind": row.kind.value}
    return kept | serves | {"digest": digest_of(row)}


async def remove_closure(uow: UnitOfWork, canteen_id: str, day: date) -> None:
    """Take a closure back: the day is like any other."""
    if not await canteens.lock_all(uow.session, [canteen_id]):
        raise NotFound("canteen", canteen_id)
    if not await queries.remove(uow.session, canteen_id, day):
        raise NotFound("closure", day)


async def list_closures(uow: UnitOfWork, canteen_id: str, paging: Paging) -> list[ClosureRead]:
    """Return a page of a canteen's closures in order; its cursor is a day."""
    await canteens.one(uow.session, canteen_id)
    rows = await queries.page(uow.session, canteen_id, paging.limit, day_of(paging))
    return [ClosureRead(**row._mapping, meals=_meals(row)) for row in rows]
