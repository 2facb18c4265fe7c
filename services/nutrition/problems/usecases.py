"""What can happen to problems: they are reported, answered, closed."""

from typing import Any

from sqlalchemy import Row

from services.nutrition.canteens import queries as canteens
from services.nutrition.problems import domain, queries
from services.nutrition.problems.domain import Standing, State
from services.nutrition.problems.schemas import AnswerInput, ClosingInput, ProblemInput, ProblemListed, ProblemRead
from services.nutrition.samples import queries as samples
from services.nutrition.samples import reading
from services.nutrition.servings import queries as servings
from services.nutrition.servings.usecases import meal_id_of, planned_meal
from shared.errors import DomainError
from shared.ids import new_id
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def report(uow: UnitOfWork, body: ProblemInput) -> ProblemRead:
    """Take a problem with a meal; from now on the meal's samples stay until it is closed."""
    domain.check_day(body.day, uow.now)
    canteen = await canteens.one(uow.session, body.canteen_id, "canteen_id")
    _, planned = await planned_meal(uow, body.canteen_id, body.day, body.meal)
    if body.dish_code is not None and body.dish_code not in {code for code, _ in planned.dishes}:
        raise DomainError("dish-not-in-meal", f"the meal has no {body.dish_code}", field="dish_code")
    row = body.model_dump() | {
        "problem_id": new_id(),
        "meal_id": meal_id_of(body.canteen_id, body.day, body.meal),
        "county_code": canteen.county_code,
        "meal": body.meal.value,
        "kind": body.kind.value,
        "state": State.OPEN.value,
        "reported_at": uow.now,
    }
    await queries.add(uow.session, row)
    return await read_problem(uow, row["problem_id"])


async def answer(uow: UnitOfWork, problem_id: str, body: AnswerInput) -> ProblemRead:
    """Say something to a problem; said again differently it replaces the answer until the problem is closed."""
    standing = _standing(await queries.one(uow.session, problem_id, lock=True))
    if domain.check_answer(standing, body.answer):
        told = {"answer": body.answer, "answered_by": body.answered_by, "answered_at": uow.now}
        await queries.change(uow.session, problem_id, told | {"state": State.ANSWERED.value})
    return await read_problem(uow, problem_id)


async def close(uow: UnitOfWork, problem_id: str, body: ClosingInput) -> ProblemRead:
    """Close a problem, answered or not; closed again with the same outcome nothing changes."""
    standing = _standing(await queries.one(uow.session, problem_id, lock=True))
    if domain.check_close(standing, body.outcome):
        told = {"outcome": body.outcome, "closed_by": body.closed_by, "closed_at": uow.now}
        await queries.change(uow.session, problem_id, told | {"state": State.CLOSED.value})
    return await read_problem(uow, problem_id)


def _standing(row: Row[Any]) -> Standing:
    return Standing(State(row.state), row.answer, row.outcome)


async def read_problem(uow: UnitOfWork, problem_id: str) -> ProblemRead:
    """Return a problem with the lots its meal was cooked from and the samples kept of it."""
    row = await queries.one(uow.session, problem_id)
    meal = await servings.find(uow.session, row.meal_id)
    kept = await reading.of_rows(uow, await samples.of_meals(uow.session, [row.meal_id]))
    served: dict[str, Any] = {"headcount": meal and meal.headcount, "used": meal.used if meal else []}
    return ProblemRead.model_validate({**row._mapping, **served, "samples": kept})


async def list_problems(uow: UnitOfWork, paging: Paging, **where: Any) -> list[ProblemListed]:
    """Return a page of problems whose columns have these values, the oldest first."""
    rows = await queries.page(uow.session, paging.limit, paging.after, where)
    return [ProblemListed.model_validate(dict(row._mapping)) for row in rows]
