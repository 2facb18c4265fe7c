"""What can happen to foods."""

from services.nutrition.foods import queries
from services.nutrition.foods.schemas import FoodRead, FoodRow
from services.nutrition.upserts import digest_of, once_each
from shared.bulk import Imported, Rows, parse
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def put_foods(uow: UnitOfWork, body: Rows) -> Imported:
    """Take the good rows; menus published before keep what they were computed from."""
    good, refused = parse(FoodRow, body)
    rows, twice = once_each(good, ["food_code"])
    values = {}
    for key, (_, row) in rows.items():
        row.allergens = sorted(set(row.allergens))
        values[key] = row.model_dump() | {"temperature_class": row.temperature_class.value, "digest": digest_of(row)}
    return (await queries.put(uow, values)).imported([*refused, *twice])


async def list_foods(uow: UnitOfWork, paging: Paging) -> list[FoodRead]:
    """Return a page of foods."""
    rows = await queries.page(uow.session, paging)
    allergens = await queries.allergens(uow.session, [row.food_code for row in rows])
    return [FoodRead(**row._mapping, allergens=allergens.get(row.food_code, [])) for row in rows]


async def read_food(uow: UnitOfWork, food_code: str) -> FoodRead:
    """Return a food."""
    row = await queries.one(uow.session, food_code)
    return FoodRead(**row._mapping, allergens=(await queries.allergens(uow.session, [food_code])).get(food_code, []))
