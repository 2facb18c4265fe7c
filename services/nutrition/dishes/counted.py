"""SQL of what counties know of dishes: votes and leavings, told meal by meal and summed up behind it.

All schools of a county vote on the same dishes after the same lunch: were each to add to one row, everybody would wait
for everybody's commit.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Row,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    union_all,
    update,
)

from services.nutrition.dishes.domain import Feedback, OfDish, liking
from services.nutrition.dishes.models import DishFeedback, ToldFeedback
from services.nutrition.tables import insert_into, table_of
from shared.database import Session
from shared.unit_of_work import UnitOfWork

feedback, told_feedback = table_of(DishFeedback), table_of(ToldFeedback)
_COUNTED = tuple(field.name for field in fields(Feedback))
_of_county = (
    select(of.c.dish_code, *(of.c[name] for name in _COUNTED)).where(of.c.county_code == bindparam("county_code"))
    for of in (feedback, told_feedback)
)
_KNOWN_AND_TOLD = union_all(*_of_county).subquery()


def _sum(name: str) -> ColumnElement[int]:
    return cast(func.sum(_KNOWN_AND_TOLD.c[name]), BigInteger).label(name)


_FEEDBACK = select(_KNOWN_AND_TOLD.c.dish_code, *map(_sum, _COUNTED)).group_by(_KNOWN_AND_TOLD.c.dish_code)
_TELL = insert(told_feedback)
_FIRST = select(told_feedback.c.number).order_by(told_feedback.c.number).limit(bindparam("most", type_=Integer))
_TAKE = delete(told_feedback).where(told_feedback.c.number.in_(_FIRST.with_for_update())).returning(told_feedback)
_ADD = (
    update(feedback)
    .where(feedback.c.county_code == bindparam("county"), feedback.c.dish_code == bindparam("dish"))
    .values({name: feedback.c[name] + bindparam(f"more_{name}", type_=BigInteger) for name in _COUNTED})
)


async def feedbacks(session: Session, county_code: str) -> dict[str, Feedback]:
    """Return what came back of each dish in a county, summed up or not."""
    rows = (await session.execute(_FEEDBACK, {"county_code": county_code})).all()
    return {row.dish_code: _feedback(row) for row in rows}


async def ratings(session: Session, county_code: str, codes: Collection[str] | None = None) -> dict[str, float]:
    """Return how a county's eaters like dishes, 0 to 1 (`domain.liking`); of `codes`, else of those they voted on."""
    known = await feedbacks(session, county_code)
    votes = {code: (told.rating_sum, told.ratings) for code, told in known.items() if told.ratings}
    return liking(votes, votes if codes is None else codes)


async def tell(session: Session, told: Mapping[OfDish, Feedback]) -> None:
    """Keep what came back of dishes in counties, to be summed up."""
    rows = [{"county_code": key[0], "dish_code": key[1], **asdict(told[key])} for key in sorted(told)]
    if rows:
        await session.execute(_TELL, rows)


async def take(session: Session, most: int) -> list[tuple[OfDish, Feedback]]:
    """Take the first that were told and are not summed up; who would take the same waits for this unit of work."""
    rows = (await session.execute(_TAKE, {"most": most})).all()
    return [((row.county_code, row.dish_code), _feedback(row)) for row in rows]


async def add(uow: UnitOfWork, sums: Mapping[OfDish, Feedback]) -> None:
    """Add to what came back of dishes in counties; what is added may be less than nothing, its sum may not."""
    if not sums:
        return
    keys = sorted(sums)
    nothing = [{"county_code": county, "dish_code": dish, **dict.fromkeys(_COUNTED, 0)} for county, dish in keys]
    await uow.session.execute(insert_into(uow, feedback).on_conflict_do_nothing(), nothing)
    more = [
        {"county": county, "dish": dish, **{f"more_{name}": getattr(sums[county, dish], name) for name in _COUNTED}}
        for county, dish in keys
    ]
    await uow.session.execute(_ADD, more)


def _feedback(row: Row[Any]) -> Feedback:
    return Feedback(*(getattr(row, name) for name in _COUNTED))
