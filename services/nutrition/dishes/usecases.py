"""What can happen to dishes."""

from collections.abc import Mapping

from services.nutrition.dishes import queries
from services.nutrition.dishes.schemas import DishListed, DishRead, DishRow, IngredientRead
from services.nutrition.foods import queries as foods
from services.nutrition.upserts import Key, digest_of, once_each
from shared.bulk import Imported, Refusal, Rows, parse, refuse
from shared.errors import NotFound
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def put_dishes(uow: UnitOfWork, body: Rows) -> Imported:
    """Take the good rows; a changed dish gets a new version, published menus keep the one they used."""
    good, refused = parse(DishRow, body)
    rows, twice = once_each(good, ["dish_code"])
    unknown = await _of_unknown_foods(uow, rows)
    taken = {key: row for key, (index, row) in rows.items() if index not in unknown}
    values = {key: row.model_dump() | {"digest": digest_of(row)} for key, row in taken.items()}
    return (await queries.put(uow, values)).imported([*refused, *twice, *unknown.values()])


async def _of_unknown_foods(uow: UnitOfWork, rows: Mapping[Key, tuple[int, DishRow]]) -> dict[int, Refusal]:
    """Return the refusals of rows with an unknown food, by the row's index."""
    named = {part.food_code for _, row in rows.values() for part in row.ingredients}
    known = await foods.known(uow.session, named)
    refused: dict[int, Refusal] = {}
    for index, row in rows.values():
        for place, part in enumerate(row.ingredients):
            if part.food_code not in known:
                unknown = NotFound("food", part.food_code, field=f"ingredients.{place}.food_code")
                refused.setdefault(index, refuse(index, unknown))
    return refused


async def list_dishes(uow: UnitOfWork, paging: Paging) -> list[DishListed]:
    """Return a page of dishes."""
    return [DishListed(**row._mapping) for row in await queries.page(uow.session, paging)]


async def read_dish(uow: UnitOfWork, dish_code: str, version: int | None) -> DishRead:
    """Return a dish with the allergens and bans its ingredients carry into it."""
    row = await queries.one(uow.session, dish_code, version)
    parts = await queries.ingredients(uow.session, dish_code, row.version)
    allergens = await foods.allergens(uow.session, [part.food_code for part in parts])
    return DishRead(
        **row._mapping,
        ingredients=[IngredientRead(food_code=part.food_code, portion_mg=part.portion_mg) for part in parts],
        allergens=sorted({name for names in allergens.values() for name in names}),
        banned_foods=[part.food_code for part in parts if part.canteen_ban],
    )
