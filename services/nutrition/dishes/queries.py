"""SQL of the dishes; finding them stands in `finding.py`."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.sql import FromClause

from services.nutrition.canteens.queries import canteen
from services.nutrition.dishes.domain import (
    Ingredient,
    Library,
    Method,
    PortionRule,
    Recipe,
    Scope,
    portions_of,
)
from services.nutrition.dishes.models import Dish, DishIngredient, DishTerm, DishVersion
from services.nutrition.dishes.search import terms
from services.nutrition.foods.queries import food
from services.nutrition.overrides import queries as overrides
from services.nutrition.tables import table_of
from services.nutrition.upserts import Key, Merged, merge
from shared.auth.finding import finder
from shared.database import Session
from shared.errors import NotFound
from shared.fields import AgeBand, TemperatureClass
from shared.unit_of_work import UnitOfWork

dish, dish_version, ingredient, dish_term = (table_of(t) for t in (Dish, DishVersion, DishIngredient, DishTerm))
tenants_of = finder(dish.c.dish_code, county=dish.c.county_code, canteen=dish.c.canteen_id)
cooks_of = finder(
    dish.c.dish_code,
    dish.c.scope != Scope.PROVINCE.value,
    county=dish.c.county_code,
    canteen=func.coalesce(dish.c.canteen_id, canteen.c.canteen_id),
    source=dish.outerjoin(canteen, canteen.c.county_code == dish.c.county_code),
)
VERSIONED = ("name_zh", "name_en", "category", "method", "equipment", "portion_rule", "portion_permille")
_OWNED = tuple(
    dish.c[name]
    for name in ("scope", "county_code", "canteen_id", "retired_at", "retired_reason", "copied_from", "copied_version")
)
LISTED = (dish.c.dish_code, dish.c.version, *_OWNED, *(dish.c[name] for name in VERSIONED))
CURRENT = and_(ingredient.c.dish_code == dish.c.dish_code, ingredient.c.version == dish.c.version)
_OF_VERSION = and_(ingredient.c.dish_code == dish_version.c.dish_code, ingredient.c.version == dish_version.c.version)
_BOUGHT = ("edible_permille", "temperature_class", "canteen_ban")


def _recipes(of: Any, source: FromClause, *where: ColumnElement[bool]) -> Select[Any]:
    """Return the SELECT of recipes whose particulars stand in the table `of`, a row an ingredient.

    Lists come as text, which is read once a dish instead of once a row.
    """
    head = (of.c.dish_code, of.c.version, of.c.category, of.c.method, of.c.portion_rule)
    lists = (cast(of.c.equipment, Text), cast(of.c.portion_permille, Text))
    whose = (dish.c.scope, dish.c.county_code, dish.c.canteen_id, dish.c.retired_at)
    part = (ingredient.c.food_code, ingredient.c.portion_mg, *(food.c[name] for name in _BOUGHT))
    joined = source.join(food, food.c.food_code == ingredient.c.food_code)
    order = (of.c.dish_code, of.c.version, ingredient.c.food_code)
    return select(*head, *lists, *whose, *part).select_from(joined).where(*where).order_by(*order)


async def _read(
    session: Session, statement: Select[Any], values: Mapping[str, Any], county_code: str | None
) -> list[Recipe]:
    """Return the recipes; with a county their foods are as it knows them."""
    county = {} if county_code is None else await overrides.of_county(session, county_code)
    parts: dict[tuple[Any, ...], list[Ingredient]] = {}
    for row in (await session.execute(statement, values)).all():
        food_code, portion_mg, *bought = row[_HEAD:]
        if food_code in county:
            said = county[food_code]
            bought = [said[name][0] if name in said else own for name, own in zip(_BOUGHT, bought, strict=True)]
        edible_permille, travels, banned = bought
        one = Ingredient(food_code, portion_mg, edible_permille, _TEMPERATURES[travels], banned)
        parts.setdefault(tuple(row[:_HEAD]), []).append(one)
    return [_recipe(head, tuple(own)) for head, own in parts.items()]


def _recipe(head: Sequence[Any], parts: tuple[Ingredient, ...]) -> Recipe:
    code, version, category, method, rule, equipment, given, scope, county_code, canteen_id, retired_at = head
    return Recipe(
        dish_code=code,
        version=version,
        ingredients=parts,
        category=category,
        portion_permille=portions(rule, None if given is None else json.loads(given)),
        scope=Scope(scope),
        owner=county_code or canteen_id,
        method=None if method is None else Method(method),
        equipment=tuple(json.loads(equipment)),
        retired=retired_at is not None,
    )


def portions(rule: str, given: Mapping[str, Any] | None) -> Mapping[AgeBand, int]:
    """Return a dish's portions by age band in 1/1000 of its recipe, from its rule and what it says itself."""
    return portions_of(PortionRule(rule), None if given is None else {band: int(given[band]) for band in AgeBand})


# Built once: building them costs as much as running them.
_TEMPERATURES: dict[str | None, TemperatureClass | None] = {None: None} | {one.value: one for one in TemperatureClass}
_HEAD = 11
"""So many columns of a row hold of the whole dish."""
_RECIPES = _recipes(dish, dish.join(ingredient, CURRENT), dish.c.dish_code.in_(bindparam("codes", expanding=True)))
_LIBRARY = _recipes(
    dish,
    dish.join(ingredient, CURRENT),
    or_(
        dish.c.scope == Scope.PROVINCE.value,
        dish.c.county_code == bindparam("county_code"),
        dish.c.canteen_id == bindparam("canteen_id"),
    ),
    dish.c.retired_at.is_(None),
)
_RECIPES_AT = _recipes(
    dish_version,
    dish_version.join(dish, dish.c.dish_code == dish_version.c.dish_code).join(ingredient, _OF_VERSION),
    tuple_(dish_version.c.dish_code, dish_version.c.version).in_(bindparam("versions", expanding=True)),
)
_LIBRARIES = select(dish.c.dish_code, dish.c.scope, dish.c.county_code, dish.c.canteen_id).where(
    dish.c.dish_code.in_(bindparam("codes", expanding=True))
)


async def libraries(session: Session, codes: Collection[str]) -> dict[str, Library]:
    """Return in whose library each of the dishes among `codes` stands; unknown ones are left out."""
    found = (await session.execute(_LIBRARIES, {"codes": sorted(codes)})).all()
    return {row.dish_code: Library(Scope(row.scope), row.county_code, row.canteen_id) for row in found}


async def put(uow: UnitOfWork, rows: Mapping[Key, dict[str, Any]]) -> Merged:
    """Insert or update dishes, each with the list `ingredients` beside its columns; older versions stay."""
    plain = {key: {name: value for name, value in row.items() if name != "ingredients"} for key, row in rows.items()}
    merged = await merge(uow, dish, ["dish_code"], plain)
    versions, parts, found = [], [], []
    for key, version in merged.told.items():
        code, row = key[0], rows[key]
        this = {"dish_code": code, "version": version}
        versions.append(this | {name: row[name] for name in VERSIONED} | {"made_at": uow.now})
        parts += [this | part for part in row["ingredients"]]
        found += [{"dish_code": code, "term": term} for term in sorted(terms(code, row["name_zh"], row["name_en"]))]
    if versions:
        await uow.session.execute(insert(dish_version), versions)
        await uow.session.execute(insert(ingredient), parts)
        told = sorted({row["dish_code"] for row in versions})
        await uow.session.execute(delete(dish_term).where(dish_term.c.dish_code.in_(told)))
        await uow.session.execute(insert(dish_term), found)
    return merged


async def one(session: Session, dish_code: str, version: int | None = None) -> Row[Any]:
    """Return a dish, as it is or as it was under `version`."""
    statement = select(*LISTED).where(dish.c.dish_code == dish_code)
    if version is not None:
        told = (dish_version.c.dish_code, dish_version.c.version, *(dish_version.c[name] for name in VERSIONED))
        joined = dish_version.join(dish, dish.c.dish_code == dish_version.c.dish_code)
        this = and_(dish_version.c.dish_code == dish_code, dish_version.c.version == version)
        statement = select(*told, *_OWNED).select_from(joined).where(this)
    row: Row[Any] | None = (await session.execute(statement)).first()
    if row is None:
        raise NotFound("dish", dish_code if version is None else f"{dish_code} version {version}")
    return row


async def versions(session: Session, dish_code: str, limit: int, after: int) -> Sequence[Row[Any]]:
    """Return the versions after `after` of a dish, oldest first."""
    this = (dish_version.c.dish_code == dish_code, dish_version.c.version > after)
    statement = select(dish_version).where(*this).order_by(dish_version.c.version).limit(limit)
    return list((await session.execute(statement)).all())


async def set_retired(uow: UnitOfWork, dish_code: str, reason: str | None) -> None:
    """Retire a dish or, without a reason, take it back into its library; one that is so already stays as it was."""
    retired_at = None if reason is None else uow.now
    other = dish.c.retired_at.is_not(None) if reason is None else dish.c.retired_at.is_(None)
    statement = update(dish).where(dish.c.dish_code == dish_code, other)
    await uow.session.execute(statement.values(retired_at=retired_at, retired_reason=reason))


async def recipes(session: Session, codes: Collection[str], county_code: str | None = None) -> dict[str, Recipe]:
    """Return the dishes among `codes` that are known, as they are cooked now, retired ones too.

    With a county, their foods are as it knows them: how much of each can be eaten, which it bans.
    """
    found = await _read(session, _RECIPES, {"codes": sorted(codes)}, county_code)
    return {recipe.dish_code: recipe for recipe in found}


async def recipes_at(
    session: Session, versions: Collection[tuple[str, int]], county_code: str | None = None
) -> dict[tuple[str, int], Recipe]:
    """Return dishes as they were under these versions, by (code, version); unknown ones are left out."""
    if not versions:
        return {}
    found = await _read(session, _RECIPES_AT, {"versions": sorted(versions)}, county_code)
    return {(recipe.dish_code, recipe.version): recipe for recipe in found}


async def library(session: Session, canteen_id: str, county_code: str) -> list[Recipe]:
    """Return every dish a canteen may put on a menu, by code: the province's, its county's, its own; none retired."""
    return await _read(session, _LIBRARY, {"canteen_id": canteen_id, "county_code": county_code}, county_code)


async def names(session: Session, codes: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return what dishes are called, Chinese and English."""
    rows = await session.execute(
        select(dish.c.dish_code, dish.c.name_zh, dish.c.name_en).where(dish.c.dish_code.in_(codes))
    )
    return {row.dish_code: (row.name_zh, row.name_en) for row in rows}
