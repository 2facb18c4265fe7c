"""SQL of meal patterns."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, and_, delete, or_, select

from services.nutrition.dishes.domain import Scope
from services.nutrition.patterns.domain import Pattern, Place
from services.nutrition.patterns.models import MealPattern
from services.nutrition.tables import table_of
from services.nutrition.upserts import Merged, merge
from shared.database import Session
from shared.fields import Meal
from shared.unit_of_work import UnitOfWork

meal_pattern = table_of(MealPattern)
_KEY = ["scope", "owner", "meal"]
_NARROWER = {Scope.PROVINCE: 0, Scope.COUNTY: 1, Scope.CANTEEN: 2}


async def put(uow: UnitOfWork, rows: Mapping[tuple[Any, ...], dict[str, Any]]) -> Merged:
    """Insert or update patterns."""
    return await merge(uow, meal_pattern, _KEY, rows)


async def remove(session: Session, scope: Scope, owner: str, meal: Meal) -> bool:
    """Delete a pattern; False when there is none."""
    this = and_(meal_pattern.c.scope == scope, meal_pattern.c.owner == owner, meal_pattern.c.meal == meal)
    return bool((await session.execute(delete(meal_pattern).where(this))).rowcount)


async def rows_for(session: Session, canteen_id: str | None, county_code: str | None) -> Sequence[Row[Any]]:
    """Return the patterns of the province, and of a county and a canteen where named, the wider scope first."""
    wanted = [meal_pattern.c.scope == Scope.PROVINCE]
    for scope, owner in ((Scope.COUNTY, county_code), (Scope.CANTEEN, canteen_id)):
        if owner is not None:
            wanted.append(and_(meal_pattern.c.scope == scope, meal_pattern.c.owner == owner))
    rows = (await session.execute(select(meal_pattern).where(or_(*wanted)))).all()
    meals = list(Meal)
    return sorted(rows, key=lambda row: (_NARROWER[Scope(row.scope)], meals.index(Meal(row.meal))))


async def patterns(session: Session, canteen_id: str, county_code: str) -> dict[Meal, Pattern]:
    """Return the pattern of each meal that holds for a canteen: its own, else its county's, else the province's."""
    found = {Meal(row.meal): row for row in await rows_for(session, canteen_id, county_code)}
    return {meal: Pattern(meal, tuple(map(_place, found[meal].places))) for meal in Meal if meal in found}


def _place(place: Mapping[str, Any]) -> Place:
    return Place(place["slot"], frozenset(place["categories"]), frozenset(place["dish_codes"]), place["optional"])
