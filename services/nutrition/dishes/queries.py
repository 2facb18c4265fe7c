"""SQL of the dishes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, insert, or_, select, tuple_
from sqlalchemy.sql import FromClause

from services.nutrition.dishes.domain import Ingredient, Method, PortionRule, Recipe, Scope, liking, portions_of
from services.nutrition.dishes.models import Dish, DishFeedback, DishIngredient, DishVersion
from services.nutrition.foods.queries import food
from services.nutrition.tables import table_of
from services.nutrition.upserts import Merged, merge
from shared.database import Session
from shared.errors import NotFound
from shared.fields import AgeBand, TemperatureClass
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

dish, dish_version, ingredient, feedback = (table_of(t) for t in (Dish, DishVersion, DishIngredient, DishFeedback))
_VERSIONED = ("name_zh", "name_en", "category", "method", "equipment", "portion_rule", "portion_permille")
_OWNED = (dish.c.scope, dish.c.county_code, dish.c.canteen_id, dish.c.retired_at)
_LISTED = (dish.c.dish_code, dish.c.version, *_OWNED, *(dish.c[name] for name in _VERSIONED))
_CURRENT = and_(ingredient.c.dish_code == dish.c.dish_code, ingredient.c.version == dish.c.version)
_OF_VERSION = and_(ingredient.c.dish_code == dish_version.c.dish_code, ingredient.c.version == dish_version.c.version)
_RECIPE = ("dish_code", "version", "category", "method", "equipment", "portion_rule", "portion_permille")


def _recipes(source: FromClause, of: Any) -> Select[Any]:
    """Return the SELECT of recipes whose particulars stand in the table `of`."""
    part = (ingredient.c.food_code, ingredient.c.portion_mg)
    bought = (food.c.edible_permille, food.c.temperature_class, food.c.canteen_ban)
    joined = source.join(food, food.c.food_code == ingredient.c.food_code)
    columns = (*(of.c[name] for name in _RECIPE), *_OWNED, *part, *bought)
    return select(*columns).select_from(joined).order_by(of.c.dish_code, of.c.version, ingredient.c.food_code)


# Built once: building them costs as much as running them.
_RECIPES = _recipes(dish.join(ingredient, _CURRENT), dish).where(
    dish.c.dish_code.in_(bindparam("codes", expanding=True))
)
_LIBRARY = _recipes(dish.join(ingredient, _CURRENT), dish).where(
    or_(
        dish.c.scope == Scope.PROVINCE.value,
        dish.c.county_code == bindparam("county_code"),
        dish.c.canteen_id == bindparam("canteen_id"),
    ),
    dish.c.retired_at.is_(None),
)
_RECIPES_AT = _recipes(
    dish_version.join(dish, dish.c.dish_code == dish_version.c.dish_code).join(ingredient, _OF_VERSION), dish_version
).where(tuple_(dish_version.c.dish_code, dish_version.c.version).in_(bindparam("versions", expanding=True)))
_VOTES = select(feedback.c.dish_code, feedback.c.rating_sum, feedback.c.ratings).where(
    feedback.c.county_code == bindparam("county_code")
)


_OWNERS = select(dish.c.dish_code, dish.c.scope, dish.c.county_code, dish.c.canteen_id).where(
    dish.c.dish_code.in_(bindparam("codes", expanding=True))
)


async def owners(session: Session, codes: Collection[str]) -> dict[str, tuple[str, str | None]]:
    """Return scope and owner (a county or canteen, None for the province) of the dishes among `codes` that exist."""
    found = (await session.execute(_OWNERS, {"codes": sorted(codes)})).all()
    return {row.dish_code: (row.scope, row.county_code or row.canteen_id) for row in found}


async def put(uow: UnitOfWork, rows: Mapping[tuple[Any, ...], dict[str, Any]]) -> Merged:
    """Insert or update dishes, each with the list `ingredients` beside its columns; older versions stay."""
    plain = {key: {name: value for name, value in row.items() if name != "ingredients"} for key, row in rows.items()}
    merged = await merge(uow, dish, ["dish_code"], plain)
    versions, parts = [], []
    for key, version in merged.told.items():
        this = {"dish_code": key[0], "version": version}
        versions.append(this | {name: rows[key][name] for name in _VERSIONED} | {"made_at": uow.now})
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
        told = (dish_version.c.dish_code, dish_version.c.version, *(dish_version.c[name] for name in _VERSIONED))
        joined = dish_version.join(dish, dish.c.dish_code == dish_version.c.dish_code)
        this = and_(dish_version.c.dish_code == dish_code, dish_version.c.version == version)
        statement = select(*told, *_OWNED).select_from(joined).where(this)
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
    """Return the dishes among `codes` that are known, as they are cooked now, retired ones too."""
    rows = (await session.execute(_RECIPES, {"codes": sorted(codes)})).all()
    return {recipe.dish_code: recipe for recipe in _built(rows)}


async def recipes_at(session: Session, versions: Collection[tuple[str, int]]) -> dict[tuple[str, int], Recipe]:
    """Return dishes as they were under these versions, by (code, version); unknown ones are left out."""
    if not versions:
        return {}
    rows = (await session.execute(_RECIPES_AT, {"versions": sorted(versions)})).all()
    return {(recipe.dish_code, recipe.version): recipe for recipe in _built(rows)}


async def library(session: Session, canteen_id: str, county_code: str) -> list[Recipe]:
    """Return every dish a canteen may put on a menu, by code: the province's, its county's, its own; none retired."""
    mine = {"canteen_id": canteen_id, "county_code": county_code}
    return _built((await session.execute(_LIBRARY, mine)).all())


async def ratings(session: Session, county_code: str, codes: Collection[str] | None = None) -> dict[str, float]:
    """Return how a county's eaters like dishes, 0 to 1 (`domain.liking`); of `codes`, else of those they voted on."""
    votes = {code: (points, n) for code, points, n in (await session.execute(_VOTES, {"county_code": county_code}))}
    return liking(votes, votes if codes is None else codes)


def _built(rows: Iterable[Row[Any]]) -> list[Recipe]:
    """Return the recipes of rows that are ordered by dish and version, one row an ingredient."""
    heads: dict[tuple[str, int], Row[Any]] = {}
    parts: dict[tuple[str, int], list[Ingredient]] = {}
    for row in rows:
        key = (row.dish_code, row.version)
        heads.setdefault(key, row)
        travels = None if row.temperature_class is None else TemperatureClass(row.temperature_class)
        part = Ingredient(row.food_code, row.portion_mg, row.edible_permille, travels, row.canteen_ban)
        parts.setdefault(key, []).append(part)
    return [_recipe(head, tuple(parts[key])) for key, head in heads.items()]


def _recipe(row: Row[Any], parts: tuple[Ingredient, ...]) -> Recipe:
    return Recipe(
        dish_code=row.dish_code,
        version=row.version,
        ingredients=parts,
        category=row.category,
        portion_permille=portions(row),
        scope=Scope(row.scope),
        owner=row.county_code or row.canteen_id,
        method=None if row.method is None else Method(row.method),
        equipment=tuple(row.equipment),
        retired=row.retired_at is not None,
    )


def portions(row: Row[Any]) -> Mapping[AgeBand, int]:
    """Return a dish's portions by age band in 1/1000 of its recipe."""
    given = row.portion_permille
    named = None if given is None else {band: int(given[band.value]) for band in AgeBand}
    return portions_of(PortionRule(row.portion_rule), named)
