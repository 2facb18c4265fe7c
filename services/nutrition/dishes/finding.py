"""SQL of finding dishes: by library, name, ingredient and particulars."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select

from services.nutrition.dishes.domain import Scope, Wanted
from services.nutrition.dishes.queries import CURRENT, LISTED, dish, dish_term, ingredient
from services.nutrition.dishes.search import AFTER_ALL, found_by, terms
from services.nutrition.foods.queries import food
from shared.database import Session


async def page(session: Session, wanted: Wanted, limit: int, after: str | None) -> Sequence[Row[Any]]:
    """Return up to `limit` dishes after `after` by code that suit everything SQL can say."""
    statement = select(*LISTED).where(*_conditions(wanted)).order_by(dish.c.dish_code).limit(limit)
    if after is not None:
        statement = statement.where(dish.c.dish_code > after)
    if wanted.words:
        statement = statement.where(*await _named(session, wanted.words))
    return list((await session.execute(statement)).all())


async def of(session: Session, codes: Collection[str], *, lock: bool = False) -> Sequence[Row[Any]]:
    """Return the dishes among `codes` that are known, by code, locked where asked for."""
    statement = select(*LISTED).where(dish.c.dish_code.in_(sorted(codes))).order_by(dish.c.dish_code)
    return list((await session.execute(statement.with_for_update(key_share=True) if lock else statement)).all())


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        dish.c.retired_at.is_not(None) if wanted.retired else dish.c.retired_at.is_(None)
    ]
    if wanted.county_code is not None:
        mine = [dish.c.scope == Scope.PROVINCE.value, dish.c.county_code == wanted.county_code]
        if wanted.canteen_id is not None:
            mine.append(dish.c.canteen_id == wanted.canteen_id)
        found.append(or_(*mine))
    for name in ("scope", "category", "method"):
        value = getattr(wanted, name)
        if value is not None:
            found.append(dish.c[name] == value)
    return found


async def _named(session: Session, words: Sequence[str]) -> list[ColumnElement[bool]]:
    """Return one condition a word: the dish's own name has it, or that of a food in it.

    A county's few hundred foods are looked through here, so that a food's new name is found at once.
    """
    foods = (await session.execute(select(food.c.food_code, food.c.name_zh, food.c.name_en))).all()
    found: list[ColumnElement[bool]] = []
    for word in words:
        codes = [row.food_code for row in foods if found_by(word, terms(row.name_zh, row.name_en))]
        own = select(dish_term.c.dish_code).where(dish_term.c.term >= word, dish_term.c.term < word + AFTER_ALL)
        holding = select(ingredient.c.dish_code).where(
            ingredient.c.dish_code == dish.c.dish_code, CURRENT, ingredient.c.food_code.in_(codes)
        )
        found.append(or_(dish.c.dish_code.in_(own), holding.exists()))
    return found


def narrows(wanted: Wanted) -> bool:
    """Whether something is wanted that only what follows from the ingredients can say."""
    return bool(wanted.free_of) or wanted.month is not None or wanted.cost_up_to_fen is not None
