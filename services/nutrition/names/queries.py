"""Reading names."""

from collections.abc import Sequence

from sqlalchemy import select

from services.nutrition.canteens.models import Canteen
from services.nutrition.dishes.models import Dish
from services.nutrition.foods.models import Food
from services.nutrition.names.schemas import Name
from shared.database import Session
from shared.models import table_of

_CANTEEN, _FOOD, _DISH = table_of(Canteen), table_of(Food), table_of(Dish)


async def names_of_foods(session: Session, codes: Sequence[str]) -> dict[str, Name]:
    """Return the names of those foods that exist."""
    rows = await session.execute(
        select(_FOOD.c.food_code, _FOOD.c.name_zh, _FOOD.c.name_en).where(_FOOD.c.food_code.in_(codes))
    )
    return {row.food_code: Name(zh=row.name_zh, en=row.name_en) for row in rows}


async def names_of_dishes(session: Session, codes: Sequence[str]) -> dict[str, Name]:
    """Return the present names of those dishes that exist."""
    rows = await session.execute(
        select(_DISH.c.dish_code, _DISH.c.name_zh, _DISH.c.name_en).where(_DISH.c.dish_code.in_(codes))
    )
    return {row.dish_code: Name(zh=row.name_zh, en=row.name_en) for row in rows}


async def names_of_canteens(session: Session, ids: Sequence[str]) -> dict[str, Name]:
    """Return the names of those canteens that exist."""
    rows = await session.execute(
        select(_CANTEEN.c.canteen_id, _CANTEEN.c.name_zh, _CANTEEN.c.name_en).where(_CANTEEN.c.canteen_id.in_(ids))
    )
    return {row.canteen_id: Name(zh=row.name_zh, en=row.name_en) for row in rows}
