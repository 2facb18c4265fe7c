"""SQL of the feedback. Whoever changes what was said of a dish of a meal holds the lock on its row in `meal_dish`."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, and_, bindparam, select, update

from services.nutrition.feedback.models import ClassRating, DishVote, MealDish
from services.nutrition.tables import insert_into, table_of
from shared.database import Session
from shared.unit_of_work import UnitOfWork

meal_dish, vote, class_rating = (table_of(model) for model in (MealDish, DishVote, ClassRating))
_TOTALS = ("ratings", "rating_sum", "waste_g", "portions", "weighed_by", "weighed_at")
_SAVE = (
    update(meal_dish)
    .where(meal_dish.c.meal_id == bindparam("this_meal"), meal_dish.c.dish_code == bindparam("this_dish"))
    .values({name: bindparam(name) for name in _TOTALS})
)


async def lock(uow: UnitOfWork, meal_id: str, county_code: str, dish_codes: Collection[str]) -> dict[str, Row[Any]]:
    """Return what stands of dishes of a meal, locked in the order of their codes; those nobody spoke of are begun."""
    empty = {"meal_id": meal_id, "county_code": county_code, "ratings": 0, "rating_sum": 0, "portions": 0}
    rows = [empty | {"dish_code": code} for code in sorted(dish_codes)]
    await uow.session.execute(insert_into(uow, meal_dish).on_conflict_do_nothing(), rows)
    these = and_(meal_dish.c.meal_id == meal_id, meal_dish.c.dish_code.in_(sorted(dish_codes)))
    locked = select(meal_dish).where(these).order_by(meal_dish.c.dish_code).with_for_update()
    return {row.dish_code: row for row in (await uow.session.execute(locked)).all()}


async def of_meal(session: Session, meal_id: str) -> dict[str, Row[Any]]:
    """Return what was said of a meal's dishes and left of them, by dish."""
    rows = (await session.execute(select(meal_dish).where(meal_dish.c.meal_id == meal_id))).all()
    return {row.dish_code: row for row in rows}


async def weighed(session: Session, meal_id: str) -> list[str]:
    """Return the dishes of a meal whose plate waste was weighed, in order."""
    these = and_(meal_dish.c.meal_id == meal_id, meal_dish.c.waste_g.is_not(None))
    ordered = select(meal_dish.c.dish_code).where(these).order_by(meal_dish.c.dish_code)
    return list((await session.scalars(ordered)).all())


async def save(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write down what stands of dishes of meals."""
    named = [
        {"this_meal": row["meal_id"], "this_dish": row["dish_code"]} | {name: row[name] for name in _TOTALS}
        for row in rows
    ]
    await session.execute(_SAVE, named)


async def votes(session: Session, meal_id: str, voter: str) -> dict[str, int]:
    """Return the points a voter gave, by dish."""
    mine = and_(vote.c.meal_id == meal_id, vote.c.voter == voter)
    return {
        code: points for code, points in (await session.execute(select(vote.c.dish_code, vote.c.points).where(mine)))
    }


async def put_votes(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert votes or replace them."""
    statement = insert_into(uow, vote)
    keys = [column.name for column in vote.primary_key]
    told = {"points": statement.excluded.points, "role": statement.excluded.role}
    await uow.session.execute(statement.on_conflict_do_update(index_elements=keys, set_=told), list(rows))


async def class_counts(session: Session, meal_id: str, class_code: str) -> dict[str, dict[int, int]]:
    """Return how many of a class gave how many points, by dish."""
    mine = and_(class_rating.c.meal_id == meal_id, class_rating.c.class_code == class_code)
    rows = (await session.execute(select(class_rating.c.dish_code, class_rating.c.counts).where(mine))).all()
    return {code: {int(points): n for points, n in counts.items()} for code, counts in rows}


async def put_class(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert what a class said or replace it."""
    statement = insert_into(uow, class_rating)
    keys = [column.name for column in class_rating.primary_key]
    told = {name: statement.excluded[name] for name in ("counts", "told_by", "told_at")}
    await uow.session.execute(statement.on_conflict_do_update(index_elements=keys, set_=told), list(rows))
