"""Routes of the problems."""

from services.nutrition.pages import Listed, listed
from services.nutrition.problems import usecases
from services.nutrition.problems.domain import Kind, State
from services.nutrition.problems.schemas import AnswerInput, ClosingInput, ProblemInput, ProblemListed, ProblemRead
from shared.fields import Code, Day, Id
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/problems", tags=["feedback"])


@router.post("", status_code=201)
async def report_problem(body: ProblemInput, uow: UoW) -> ProblemRead:
    """Report a problem with a meal; who reports is not asked. The samples of the meal stay until it is closed."""
    return await usecases.report(uow, body)


@router.get("")
async def list_problems(
    page: Page,
    uow: UoW,
    county_code: Code | None = None,
    canteen_id: Id | None = None,
    meal_id: Id | None = None,
    day: Day | None = None,
    state: State | None = None,
    kind: Kind | None = None,
) -> Listed[ProblemListed]:
    """List problems, the oldest first: of a county, a canteen, a meal, a day, a state, a kind, or all."""
    where = {
        "county_code": county_code,
        "canteen_id": canteen_id,
        "meal_id": meal_id,
        "day": day,
        "state": state and state.value,
        "kind": kind and kind.value,
    }
    return listed(page, await usecases.list_problems(uow, page, **where), lambda problem: problem.problem_id)


@router.get("/{problem_id}")
async def read_problem(problem_id: Id, uow: UoW) -> ProblemRead:
    """Show a problem with the lots its meal was cooked from, who ate, and the samples kept of it."""
    return await usecases.read_problem(uow, problem_id)


@router.post("/{problem_id}/answer")
async def answer_problem(problem_id: Id, body: AnswerInput, uow: UoW) -> ProblemRead:
    """Say something to a problem; until it is closed the answer can be changed."""
    return await usecases.answer(uow, problem_id, body)


@router.post("/{problem_id}/close")
async def close_problem(problem_id: Id, body: ClosingInput, uow: UoW) -> ProblemRead:
    """Close a problem: what came of it is said, and the meal's samples are held for it no more."""
    return await usecases.close(uow, problem_id, body)
