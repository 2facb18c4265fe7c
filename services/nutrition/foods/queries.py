"""SQL of the foods."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select

from services.nutrition.foods.models import Food, FoodAllergen
from services.nutrition.tables import table_of
from services.nutrition.upserts import Merged, merge
from shared.database import Session
from shared.errors import NotFound
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

food, allergen = table_of(Food), table_of(FoodAllergen)
_SHELF_LIVES = select(food.c.food_code, food.c.shelf_life_days).where(
    food.c.food_code.in_(bindparam("codes", expanding=True))
)


async def put(uow: UnitOfWork, rows: Mapping[tuple[Any, ...], dict[str, Any]]) -> Merged:
    """Insert or update foods, each with the list `allergens` beside its columns."""
    plain = {key: {name: value for name, value in row.items() if name != "allergens"} for key, row in rows.items()}
    merged = await merge(uow, food, ["food_code"], plain)
    told = [code for (code,) in merged.told]
    if told:
        await uow.session.execute(delete(allergen).where(allergen.c.food_code.in_(told)))
    found = [{"food_code": code, "allergen": name} for code in told for name in rows[(code,)]["allergens"]]
    if found:
        await uow.session.execute(insert(allergen), found)
    return merged


async def page(session: Session, paging: Paging) -> Sequence[Row[Any]]:
    """Return foods ordered by code."""
    statement = select(food).order_by(food.c.food_code).limit(paging.limit)
    if paging.after is not None:
        statement = statement.where(food.c.food_code > paging.after)
    return list((await session.execute(statement)).all())


async def one(session: Session, food_code: str) -> Row[Any]:
    """Return a food."""
    row: Row[Any] | None = (await session.execute(select(food).where(food.c.food_code == food_code))).first()
    if row is None:
        raise NotFound("food", food_code)
    return row


async def known(session: Session, codes: Collection[str]) -> dict[str, int]:
    """Return the shelf life in days of each food among `codes` that is known."""
    return {code: days for code, days in (await session.execute(_SHELF_LIVES, {"codes": sorted(codes)})).all()}


async def allergens(session: Session, codes: Iterable[str]) -> dict[str, list[str]]:
    """Return the allergens of foods, in order of their names."""
    statement = select(allergen).where(allergen.c.food_code.in_(list(codes))).order_by(*allergen.primary_key)
    found: dict[str, list[str]] = {}
    for row in (await session.execute(statement)).all():
        found.setdefault(row.food_code, []).append(row.allergen)
    return found
