"""SQL of the problems."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, insert, select, update

from services.nutrition.problems.models import MealProblem
from services.nutrition.tables import table_of
from shared.auth.finding import finder
from shared.database import Session
from shared.errors import NotFound

problem = table_of(MealProblem)
tenants_of = finder(problem.c.problem_id, county=problem.c.county_code, canteen=problem.c.canteen_id)


async def add(session: Session, row: Mapping[str, Any]) -> None:
    """Insert a problem."""
    await session.execute(insert(problem), row)


async def one(session: Session, problem_id: str, *, lock: bool = False) -> Row[Any]:
    """Return a problem, locked when it is to be changed; NotFound names the id."""
    wanted = select(problem).where(problem.c.problem_id == problem_id)
    row: Row[Any] | None = (await session.execute(wanted.with_for_update() if lock else wanted)).first()
    if row is None:
        raise NotFound("problem", problem_id)
    return row


async def change(session: Session, problem_id: str, values: Mapping[str, Any]) -> None:
    """Write down how far a problem has got."""
    await session.execute(update(problem).where(problem.c.problem_id == problem_id).values(values))


async def page(session: Session, limit: int, after: str | None, where: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """Return problems ordered by id, which is by time, whose columns have the values of `where`."""
    statement = select(problem).order_by(problem.c.problem_id).limit(limit)
    statement = statement.where(*(problem.c[name] == value for name, value in where.items() if value is not None))
    if after is not None:
        statement = statement.where(problem.c.problem_id > after)
    return list((await session.execute(statement)).all())
