"""What can happen to canteens and to the school calendar."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Row

from services.nutrition.canteens import queries
from services.nutrition.canteens.domain import DEFAULT_STANDARD
from services.nutrition.canteens.schemas import (
    CanteenListed,
    CanteenRead,
    CanteenRow,
    DietRead,
    DietRow,
    EquipmentRead,
    EquipmentRow,
    HeadcountRead,
    HolidayRead,
    HolidayRow,
    in_order,
)
from services.nutrition.days import today
from services.nutrition.enrolment import queries as enrolment
from services.nutrition.pages import day_of
from services.nutrition.standards.library import library
from services.nutrition.upserts import Merged, digest_of, once_each, unknown
from shared.bulk import Imported, Refusal, Rows, parse, refuse
from shared.errors import DomainError
from shared.events.nutrition import CanteenRegistered
from shared.fields import AgeBand, Meal, Sex
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def put_canteens(uow: UnitOfWork, body: Rows) -> Imported:
    """Take the good rows and tell the others of those that say something new; pupils are enrolled from today on."""
    good, refused = parse(CanteenRow, body)
    rows, twice = once_each(good, ["canteen_id"])
    named = {key: at for key, at in rows.items() if at[1].standard_id is not None}
    broken = unknown(named, "standard", "standard_id", library().standards)
    broken |= await _judged_by_nothing(uow, [at for at in rows.values() if at[0] not in broken])
    merged = await _put(uow, {row.canteen_id: row for index, row in rows.values() if index not in broken})
    return merged.imported([*refused, *twice, *broken.values()])


async def _judged_by_nothing(uow: UnitOfWork, rows: Collection[tuple[int, CanteenRow]]) -> dict[int, Refusal]:
    """Return the refusals of canteens that serve a meal of which their standard says nothing, by the row's index."""
    unsaid = {row.canteen_id for _, row in rows if row.standard_id is None}
    kept = {row.canteen_id: row.standard_id for row in await queries.registered(uow.session, unsaid)}
    refused = {}
    for index, row in rows:
        standard_id = row.standard_id or kept.get(row.canteen_id, DEFAULT_STANDARD)
        standard = library().standards.get(standard_id)
        unasked = [] if standard is None else [meal for meal in row.meals if meal not in standard.file.meals]
        if unasked:
            detail = f"{standard_id} says nothing of {unasked[0]}"
            refused[index] = refuse(index, DomainError("meal-not-in-standard", detail, field="meals"))
    return refused


async def _put(uow: UnitOfWork, rows: Mapping[str, CanteenRow]) -> Merged:
    merged = await queries.put(uow, {(key,): _values(row, uow) for key, row in rows.items()})
    told = {key: rows[key] for (key,) in sorted(merged.told)}
    await _enrol(uow, told)
    uow.emit(*(_told(row, merged.told[(key,)], uow) for key, row in told.items()))
    return merged


def _values(row: CanteenRow, uow: UnitOfWork) -> dict[str, Any]:
    serves = {meal.value: meal in row.meals for meal in Meal}
    # What is not said has no part in the fingerprint: rows loaded before there were standards say nothing new.
    digest = digest_of(row, unsaid=["standard_id"] if row.standard_id is None else [])
    more = {"pupils": row.pupils, "digest": digest, "registered_at": uow.now}
    return row.model_dump(mode="json", exclude={"meals"}) | serves | more


async def _enrol(uow: UnitOfWork, rows: Mapping[str, CanteenRow]) -> None:
    """Keep that these canteens have these pupils from today on, where that is news."""
    if not rows:
        return
    day = today(uow.now)
    before = await enrolment.heads(uow.session, rows.keys(), day)
    now = {key: {(n.age_band.value, n.sex.value): n.pupils for n in row.headcounts} for key, row in rows.items()}
    news = [key for key in rows if before.get(key) != now[key]]
    values = {(key, day): _enrolment(rows[key], day) for key in news}
    await enrolment.put(uow, values)


def _enrolment(row: CanteenRow, day: date) -> dict[str, Any]:
    counts = row.model_dump(mode="json", include={"headcounts"})
    own = {"canteen_id": row.canteen_id, "valid_from": day, "pupils": row.pupils, "applied": True}
    return own | counts | {"digest": digest_of(row, unsaid=set(CanteenRow.model_fields) - {"headcounts"})}


async def re_enrol(uow: UnitOfWork, heads: Mapping[str, Mapping[tuple[str, str], int]]) -> None:
    """Give canteens whose rows are locked the pupils by (age band, sex) they have now, and tell the others."""
    present = await queries.present_heads(uow.session, heads.keys())
    changed = [key for key in heads if heads[key] != present.get(key, {})]
    rows = await queries.registered(uow.session, changed) if changed else []
    await _put(uow, {row.canteen_id: _re_enrolled(row, heads[row.canteen_id]) for row in rows})


def _re_enrolled(row: Row[Any], heads: Mapping[tuple[str, str], int]) -> CanteenRow:
    known = {name: getattr(row, name) for name in CanteenRow.model_fields if name in row._mapping}
    counts = [{"age_band": band, "sex": sex, "pupils": pupils} for (band, sex), pupils in heads.items()]
    meals = [meal for meal in Meal if getattr(row, meal.value)]
    return CanteenRow.model_validate(known | {"meals": meals, "headcounts": counts, "standard_id": None})


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
    """Return a canteen with its headcounts, special diets and equipment."""
    listed = _listed(await queries.one(uow.session, canteen_id))
    heads = (await queries.present_heads(uow.session, [canteen_id])).get(canteen_id, {})
    counts = [HeadcountRead(age_band=AgeBand(b), sex=Sex(s), pupils=n) for (b, s), n in heads.items()]
    limits = await queries.equipment_limits(uow.session, canteen_id)
    return CanteenRead(
        **dict(listed),
        headcounts=in_order(counts),
        diets=[DietRead(**asdict(diet)) for diet in await queries.diets(uow.session, canteen_id)],
        equipment=[EquipmentRead(equipment_code=code, dishes_per_meal=limit) for code, limit in limits.items()],
    )


def _listed(row: Row[Any]) -> CanteenListed:
    return CanteenListed(**row._mapping, meals=[meal for meal in Meal if getattr(row, meal.value)])


async def put_diets(uow: UnitOfWork, body: Rows) -> Imported:
    """Take the good rows: no more pupils keep a diet than there are."""
    good, refused = parse(DietRow, body)
    rows, twice = once_each(good, ["canteen_id", "kind", "allergen"])
    pupils = await _pupils(uow, {row.canteen_id for _, row in rows.values()})
    broken = unknown(rows, "canteen", "canteen_id", pupils)
    for index, row in rows.values():
        if index not in broken and row.pupils > pupils[row.canteen_id]:
            detail = f"{row.canteen_id} has {pupils[row.canteen_id]} pupils"
            broken[index] = refuse(index, DomainError("more-than-enrolled", detail, field="pupils"))
    values = {key: _kept(row) for key, (index, row) in rows.items() if index not in broken}
    return (await queries.put_diets(uow, values)).imported([*refused, *twice, *broken.values()])


async def put_equipment(uow: UnitOfWork, body: Rows) -> Imported:
    """Take the good rows; menus published before stand."""
    good, refused = parse(EquipmentRow, body)
    rows, twice = once_each(good, ["canteen_id", "equipment_code"])
    known = await queries.lock_all(uow.session, {row.canteen_id for _, row in rows.values()})
    broken = unknown(rows, "canteen", "canteen_id", known)
    values = {key: _kept(row) for key, (index, row) in rows.items() if index not in broken}
    return (await queries.put_equipment(uow, values)).imported([*refused, *twice, *broken.values()])


async def _pupils(uow: UnitOfWork, canteen_ids: Collection[str]) -> dict[str, int]:
    """Lock canteens and return the pupils of those that are known."""
    await queries.lock_all(uow.session, canteen_ids)
    return {row.canteen_id: row.pupils for row in await queries.registered(uow.session, canteen_ids)}


def _kept(row: BaseModel) -> dict[str, Any]:
    return row.model_dump(mode="json") | {"digest": digest_of(row)}


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
    rows = await queries.holidays_page(uow.session, county_code, paging.limit, day_of(paging))
    return [HolidayRead(**row._mapping) for row in rows]
