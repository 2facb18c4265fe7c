"""SQL of the kitchen's day: names, and which meals leaders wrote of or somebody complained about."""

from collections.abc import Collection

from sqlalchemy import func, select, tuple_

from services.nutrition.dishes.queries import dish_version
from services.nutrition.foods.queries import food
from services.nutrition.leftovers.queries import weighing
from services.nutrition.meal_logs.queries import log
from services.nutrition.problems.domain import State
from services.nutrition.problems.queries import problem
from shared.database import Session

Names = tuple[str, str]


async def dish_names(session: Session, versions: Collection[tuple[str, int]]) -> dict[tuple[str, int], Names]:
    """Return the Chinese and English names of dishes by (code, version)."""
    if not versions:
        return {}
    columns = (dish_version.c.dish_code, dish_version.c.version, dish_version.c.name_zh, dish_version.c.name_en)
    these = tuple_(dish_version.c.dish_code, dish_version.c.version).in_(sorted(versions))
    rows = (await session.execute(select(*columns).where(these))).all()
    return {(row.dish_code, row.version): (row.name_zh, row.name_en) for row in rows}


async def food_names(session: Session, codes: Collection[str]) -> dict[str, Names]:
    """Return the Chinese and English names of foods."""
    wanted = select(food.c.food_code, food.c.name_zh, food.c.name_en).where(food.c.food_code.in_(sorted(codes)))
    return {row.food_code: (row.name_zh, row.name_en) for row in (await session.execute(wanted)).all()}


async def logged(session: Session, meal_ids: Collection[str]) -> set[str]:
    """Return the meals a leader wrote of."""
    return set((await session.scalars(select(log.c.meal_id).where(log.c.meal_id.in_(sorted(meal_ids))))).all())


async def weighed(session: Session, meal_ids: Collection[str]) -> set[str]:
    """Return the meals whose leftovers were weighed."""
    these = weighing.c.meal_id.in_(sorted(meal_ids))
    return set((await session.scalars(select(weighing.c.meal_id).where(these))).all())


async def problems(session: Session, meal_ids: Collection[str]) -> dict[str, int]:
    """Return how many problems with meals are not closed."""
    these = problem.c.meal_id.in_(sorted(meal_ids)), problem.c.state != State.CLOSED.value
    counted = select(problem.c.meal_id, func.count()).where(*these).group_by(problem.c.meal_id)
    return {meal_id: n for meal_id, n in (await session.execute(counted)).all()}
