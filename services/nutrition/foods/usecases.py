"""What can happen to foods."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row

from services.nutrition.foods import queries
from services.nutrition.foods.domain import PER_UNIT, Nutrient, doubts
from services.nutrition.foods.schemas import FoodRead, FoodRow, FoodsImported
from services.nutrition.upserts import Key, digest_of, once_each
from shared.bulk import Refusal, Rows, parse
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def put_foods(uow: UnitOfWork, body: Rows) -> FoodsImported:
    """Take the good rows; menus published before keep what they were computed from."""
    good, refused = parse(FoodRow, body)
    rows, twice = once_each(good, ["food_code"])
    return await take(uow, rows, [*refused, *twice])


async def take(uow: UnitOfWork, rows: Mapping[Key, tuple[int, FoodRow]], refused: Iterable[Refusal]) -> FoodsImported:
    """Insert or update foods, rows by code with their index; every version is kept."""
    values = {key: columns_of(row) | {"digest": digest_of(row)} for key, (_, row) in rows.items()}
    said = {key: row.model_dump(mode="json") for key, (_, row) in rows.items()}
    imported = (await queries.put(uow, values, said)).imported(refused)
    warned = [
        Refusal(index=index, field=doubt.field, rule=doubt.rule, detail=doubt.detail)
        for index, row in sorted(rows.values(), key=lambda item: item[0])
        for doubt in doubts(row.composition)
    ]
    return FoodsImported(**imported.model_dump(), warned=warned)


def columns_of(row: FoodRow) -> dict[str, Any]:
    """Return the columns of a food, and its allergens."""
    held = row.composition
    plain = row.model_dump(mode="json", exclude={nutrient.value for nutrient in Nutrient})
    return plain | {column: held.get(nutrient) for nutrient, column in queries.COLUMN_OF.items()}


async def list_foods(uow: UnitOfWork, paging: Paging) -> list[FoodRead]:
    """Return a page of foods."""
    rows = await queries.page(uow.session, paging)
    allergens = await queries.allergens(uow.session, [row.food_code for row in rows])
    return [_read(row, allergens.get(row.food_code, [])) for row in rows]


async def read_food(uow: UnitOfWork, food_code: str) -> FoodRead:
    """Return a food."""
    row = await queries.one(uow.session, food_code)
    return _read(row, (await queries.allergens(uow.session, [food_code])).get(food_code, []))


def _read(row: Row[Any], allergens: list[str]) -> FoodRead:
    kept = {nutrient.value: getattr(row, column) for nutrient, column in queries.COLUMN_OF.items()}
    amounts = {name: None if amount is None else amount / PER_UNIT for name, amount in kept.items()}
    return FoodRead.model_validate(dict(row._mapping) | amounts | {"allergens": allergens})
