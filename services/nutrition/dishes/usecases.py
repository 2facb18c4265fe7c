"""What can happen to dishes."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from services.nutrition.canteens import queries as canteens
from services.nutrition.dishes import queries
from services.nutrition.dishes.schemas import DishListed, DishRead, DishRow, IngredientRead
from services.nutrition.foods import queries as foods
from services.nutrition.upserts import Key, digest_of, once_each
from shared.bulk import Imported, Refusal, Rows, parse, refuse
from shared.errors import Conflict, DomainError, NotFound
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def put_dishes(uow: UnitOfWork, body: Rows) -> Imported:
    """Take the good rows; a changed dish gets a new version, published menus keep the one they used."""
    good, refused = parse(DishRow, body)
    rows, twice = once_each(good, ["dish_code"])
    owned = await queries.owners(uow.session, {row.dish_code for _, row in rows.values()})
    broken = await _broken(uow, rows, owned)
    taken = {key: row for key, (index, row) in rows.items() if index not in broken}
    values = {key: row.model_dump(mode="json") | {"digest": digest_of(row)} for key, row in taken.items()}
    merged = await queries.put(uow, values)
    for (code,), version in merged.told.items():
        if version > 1 and code not in owned:
            raise Conflict("made-at-the-same-time", f"somebody made {code} at the same moment; try again", field="rows")
    return merged.imported([*refused, *twice, *broken.values()])


async def _broken(
    uow: UnitOfWork, rows: Mapping[Key, tuple[int, DishRow]], owned: Mapping[str, tuple[str, str | None]]
) -> dict[int, Refusal]:
    """Return the refusals of rows that name an unknown food or canteen, or somebody else's dish, by the row's index."""
    known = await foods.known(uow.session, {part.food_code for _, row in rows.values() for part in row.ingredients})
    owners = {row.canteen_id for _, row in rows.values() if row.canteen_id is not None}
    canteen_ids = await canteens.known(uow.session, owners) if owners else set()
    broken: dict[int, Refusal] = {}
    for index, row in rows.values():
        error = _broken_rule(row, known, canteen_ids, owned)
        if error is not None:
            broken[index] = refuse(index, error)
    return broken


def _broken_rule(
    row: DishRow, foods_known: Mapping[str, int], canteens_known: set[str], owned: Mapping[str, tuple[str, str | None]]
) -> DomainError | None:
    for place, part in enumerate(row.ingredients):
        if part.food_code not in foods_known:
            return NotFound("food", part.food_code, field=f"ingredients.{place}.food_code")
    if row.canteen_id is not None and row.canteen_id not in canteens_known:
        return NotFound("canteen", row.canteen_id, field="canteen_id")
    scope, owner = owned.get(row.dish_code, (row.scope, row.county_code or row.canteen_id))
    if (scope, owner) != (row.scope, row.county_code or row.canteen_id):
        detail = f"{row.dish_code} stands in the library of {owner or 'the province'} and stays there; copy it"
        return Conflict("dish-of-another-library", detail, field="dish_code")
    return None


async def list_dishes(uow: UnitOfWork, paging: Paging) -> list[DishListed]:
    """Return a page of dishes."""
    return [_listed(row) for row in await queries.page(uow.session, paging)]


def _listed(row: Row[Any]) -> DishListed:
    values = {**row._mapping} | {"portion_permille": queries.portions(row), "retired": row.retired_at is not None}
    return DishListed.model_validate({name: values[name] for name in DishListed.model_fields})


async def read_dish(uow: UnitOfWork, dish_code: str, version: int | None) -> DishRead:
    """Return a dish with the allergens and bans its ingredients carry into it."""
    row = await queries.one(uow.session, dish_code, version)
    parts = await queries.ingredients(uow.session, dish_code, row.version)
    allergens = await foods.allergens(uow.session, [part.food_code for part in parts])
    return DishRead(
        **dict(_listed(row)),
        ingredients=[IngredientRead(food_code=part.food_code, portion_mg=part.portion_mg) for part in parts],
        allergens=sorted({name for names in allergens.values() for name in names}),
        banned_foods=[part.food_code for part in parts if part.canteen_ban],
    )
