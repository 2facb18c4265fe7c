"""What can happen to canteens and to the school calendar."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row

from services.nutrition.canteens import queries
from services.nutrition.canteens.schemas import (
    CanteenListed,
    CanteenRead,
    CanteenRow,
    HeadcountRead,
    HolidayRead,
    HolidayRow,
)
from services.nutrition.upserts import digest_of, once_each
from shared.bulk import Imported, Rows, parse
from shared.errors import DomainError
from shared.events.nutrition import CanteenRegistered
from shared.fields import Meal
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def put_canteens(uow: UnitOfWork, body: Rows) -> Imported:
    """Take the good rows and tell the others of those that say something new."""
    good, refused = parse(CanteenRow, body)
    rows, twice = once_each(good, ["canteen_id"])
    merged = await queries.put(uow, {key: _values(row, uow) for key, (_, row) in rows.items()})
    uow.emit(*(_told(rows[key][1], version, uow) for key, version in sorted(merged.told.items())))
    return merged.imported([*refused, *twice])


def _values(row: CanteenRow, uow: UnitOfWork) -> dict[str, Any]:
    serves = {meal.value: meal in row.meals for meal in Meal}
    more = {"pupils": row.pupils, "digest": digest_of(row), "registered_at": uow.now}
    return row.model_dump(mode="json", exclude={"meals"}) | serves | more


def _told(row: CanteenRow, version: int, uow: UnitOfWork) -> CanteenRegistered:
    return CanteenRegistered(
        canteen_id=row.canteen_id,
        version=version,
        name_zh=row.name_zh,
        name_en=row.name_en,
        county_code=row.county_code,
        town_code=row.town_code,
        lat=row.lat,
        lon=row.lon,
        meals=tuple(row.meals),
        pupils=row.pupils,
        registered_at=uow.now,
    )


async def list_canteens(uow: UnitOfWork, paging: Paging, county_code: str | None) -> list[CanteenListed]:
    """Return a page of canteens, of one county or all."""
    return [_listed(row) for row in await queries.page(uow.session, paging, county_code)]


async def read_canteen(uow: UnitOfWork, canteen_id: str) -> CanteenRead:
    """Return a canteen with its headcounts."""
    listed = _listed(await queries.one(uow.session, canteen_id))
    return CanteenRead(**dict(listed), headcounts=_counts(await queries.headcounts(uow.session, canteen_id)))


def _listed(row: Row[Any]) -> CanteenListed:
    return CanteenListed(**row._mapping, meals=[meal for meal in Meal if getattr(row, meal.value)])


def _counts(rows: Sequence[Row[Any]]) -> list[HeadcountRead]:
    return sorted((HeadcountRead(**row._mapping) for row in rows), key=lambda row: (row.age_band, row.sex))


async def put_holidays(uow: UnitOfWork, body: Rows) -> Imported:
    """Take the good rows; menus published before stand."""
    good, refused = parse(HolidayRow, body)
    rows, twice = once_each(good, ["county_code", "day"])
    values = {
        key: row.model_dump() | {"kind": row.kind.value, "digest": digest_of(row)} for key, (_, row) in rows.items()
    }
    return (await queries.put_holidays(uow, values)).imported([*refused, *twice])


async def list_holidays(uow: UnitOfWork, paging: Paging, county_code: str) -> list[HolidayRead]:
    """Return a page of a county's calendar; its cursor is a day."""
    try:
        after = date.fromisoformat(paging.after) if paging.after is not None else None
    except ValueError as error:
        raise DomainError("cursor", "after is the day `next` named", field="after") from error
    rows = await queries.holidays_page(uow.session, county_code, paging.limit, after)
    return [HolidayRead(**row._mapping) for row in rows]
