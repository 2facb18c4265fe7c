"""What is said of foods, as it is put and read: the shared table's words, and a county's where it knows better."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row

from services.nutrition.foods import queries
from services.nutrition.foods.domain import PER_UNIT
from services.nutrition.foods.schemas import FoodRead, FoodRow, FoodVersionRead, Overridden
from services.nutrition.overrides import queries as overrides
from services.nutrition.pages import version_after
from shared.database import Session
from shared.errors import NotFound
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

FIELDS = tuple(FoodRow.model_fields)


def said(row: Row[Any], allergens: Sequence[str]) -> dict[str, Any]:
    """Return a stored food by the fields of FoodRow, amounts in the units of their names."""
    kept = {nutrient.value: getattr(row, column) for nutrient, column in queries.COLUMN_OF.items()}
    amounts = {name: None if amount is None else amount / PER_UNIT for name, amount in kept.items()}
    stored = dict(row._mapping) | amounts | {"allergens": list(allergens)}
    return {field: stored[field] for field in FIELDS}


async def said_of(session: Session, codes: Collection[str] | None, *, lock: bool = False) -> dict[str, dict[str, Any]]:
    """Return what the shared table says of the foods among `codes` (of all foods); locked, it stays so."""
    rows = await queries.of(session, codes, lock=lock)
    allergens = await queries.allergens(session, codes)
    return {row.food_code: said(row, allergens.get(row.food_code, [])) for row in rows}


async def list_foods(uow: UnitOfWork, paging: Paging, county_code: str | None, farmed: bool | None) -> list[FoodRead]:
    """Return a page of foods, as a county knows them where one is named."""
    return await _read(uow.session, await queries.page(uow.session, paging, farmed), county_code)


async def read_food(uow: UnitOfWork, food_code: str, county_code: str | None, version: int | None) -> FoodRead:
    """Return a food as it is, as a county knows it, or as it was under a version. Raises NotFound."""
    row = await queries.one(uow.session, food_code)
    if version is not None and version != row.version:
        was = await queries.version(uow.session, food_code, version)
        if was is None:
            raise NotFound("food", f"{food_code} version {version}")
        return FoodRead.model_validate(was.said | {"version": version})
    (food,) = await _read(uow.session, [row], county_code if version is None else None)
    return food


async def list_versions(uow: UnitOfWork, food_code: str, paging: Paging) -> list[FoodVersionRead]:
    """Return a page of everything that was said of a food, oldest first. Raises NotFound."""
    await queries.one(uow.session, food_code)
    rows = await queries.versions(uow.session, food_code, paging.limit, version_after(paging))
    return [FoodVersionRead.model_validate({"version": r.version, "said_at": r.said_at, "food": r.said}) for r in rows]


async def _read(session: Session, rows: Sequence[Row[Any]], county_code: str | None) -> list[FoodRead]:
    codes = [row.food_code for row in rows]
    allergens = await queries.allergens(session, codes)
    known = {} if county_code is None else await overrides.of_county(session, county_code, codes)
    foods = []
    for row in rows:
        shared, county = said(row, allergens.get(row.food_code, [])), known.get(row.food_code, {})
        differs = [
            Overridden(field=field, shared=shared[field], source=source)
            for field, (_, source) in sorted(county.items())
        ]
        values = {field: value for field, (value, _) in county.items()}
        foods.append(FoodRead.model_validate({**shared, **values, "version": row.version, "overridden": differs}))
    return foods
