"""SQL of the dishes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, and_, bindparam, insert, select

from services.nutrition.dishes.domain import Ingredient, Recipe
from services.nutrition.dishes.models import Dish, DishIngredient, DishVersion
from services.nutrition.foods.queries import food
from services.nutrition.tables import table_of
from services.nutrition.upserts import Merged, merge
from shared.database import Session
from shared.errors import NotFound
from shared.fields import TemperatureClass
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

dish, dish_version, ingredient = table_of(Dish), table_of(DishVersion), table_of(DishIngredient)
_LISTED = (dish.c.dish_code, dish.c.version, dish.c.name_zh, dish.c.name_en, dish.c.category)
_CURRENT = and_(ingredient.c.dish_code == dish.c.dish_code, ingredient.c.version == dish.c.version)
# Built once: building it costs as much as running it.
_RECIPES = (
    select(
        dish.c.dish_code,
        dish.c.version,
        dish.c.category,
        ingredient.c.food_code,
        ingredient.c.portion_mg,
        food.c.edible_permille,
        food.c.temperature_class,
        food.c.canteen_ban,
    )
    .select_from(dish.join(ingredient, _CURRENT).join(food, food.c.food_code == ingredient.c.food_code))
    .where(dish.c.dish_code.in_(bindparam("codes", expanding=True)))
    .order_by(ingredient.c.food_code)
)


async def put(uow: UnitOfWork, rows: Mapping[tuple[Any, ...], dict[str, Any]]) -> Merged:
    """Insert or update dishes, each with the list `ingredients` beside its columns; older versions stay."""
    plain = {key: {name: value for name, value in row.items() if name != "ingredients"} for key, row in rows.items()}
    merged = await merge(uow, dish, ["dish_code"], plain)
    versions, parts = [], []
    for key, version in merged.told.items():
        this = {"dish_code": key[0], "version": version}
        versions.append(this | {name: rows[key][name] for name in ("name_zh", "name_en", "category")})
        parts += [this | part for part in rows[key]["ingredients"]]
    if versions:
        await uow.session.execute(insert(dish_version), versions)
        await uow.session.execute(insert(ingredient), parts)
    return merged


async def page(session: Session, paging: Paging) -> Sequence[Row[Any]]:
    """Return dishes ordered by code."""
    statement = select(*_LISTED).order_by(dish.c.dish_code).limit(paging.limit)
    if paging.after is not None:
        statement = statement.where(dish.c.dish_code > paging.after)
    return list((await session.execute(statement)).all())


async def one(session: Session, dish_code: str, version: int | None) -> Row[Any]:
    """Return a dish, as it is or as it was under `version`."""
    statement = select(*_LISTED).where(dish.c.dish_code == dish_code)
    if version is not None:
        this = and_(dish_version.c.dish_code == dish_code, dish_version.c.version == version)
        statement = select(dish_version).where(this)
    row: Row[Any] | None = (await session.execute(statement)).first()
    if row is None:
        raise NotFound("dish", dish_code if version is None else f"{dish_code} version {version}")
    return row


async def ingredients(session: Session, dish_code: str, version: int) -> Sequence[Row[Any]]:
    """Return food, portion and ban of each ingredient of a version."""
    this = and_(ingredient.c.dish_code == dish_code, ingredient.c.version == version)
    columns = (ingredient.c.food_code, ingredient.c.portion_mg, food.c.canteen_ban)
    joined = ingredient.join(food, food.c.food_code == ingredient.c.food_code)
    statement = select(*columns).select_from(joined).where(this).order_by(ingredient.c.food_code)
    return list((await session.execute(statement)).all())


async def recipes(session: Session, codes: Collection[str]) -> dict[str, Recipe]:
    """Return the dishes among `codes` that are known, as they are cooked now."""
    rows = (await session.execute(_RECIPES, {"codes": sorted(codes)})).all()
    found: dict[tuple[str, int, str], list[Ingredient]] = {}
    for code, version, category, food_code, portion_mg, edible_permille, temperature_class, banned in rows:
        travels = None if temperature_class is None else TemperatureClass(temperature_class)
        part = Ingredient(food_code, portion_mg, edible_permille, travels, banned)
        found.setdefault((code, version, category), []).append(part)
    return {key[0]: Recipe(key[0], key[1], tuple(parts), key[2]) for key, parts in found.items()}
