"""Routes of comparisons: what would be ordered if it could be ordered anew."""

from typing import Annotated

from fastapi import Path, Request, Response

from services.procurement.answers import Items, cut
from services.procurement.orders.schemas import Approval
from services.procurement.sourcing import usecases as runs
from services.procurement.sourcing.exact import queries
from services.procurement.sourcing.exact.schemas import ChangeRead, DifferenceRead
from services.procurement.sourcing.exact.taking import difference_of, take
from shared.fields import Id
from shared.routing import ExpectedVersion, Page, UoW, service_router

router = service_router(prefix="/sourcing-runs/{run_id}", tags=["sourcing"])

RunId = Annotated[Id, Path(examples=["01935e3a-7c00-7000-8000-000000000001"])]


@router.get("/difference")
async def read_difference(run_id: RunId, uow: UoW, response: Response) -> DifferenceRead:
    """Show what giving anew all orders nobody had answered would make of the week; only runs of kind `exact` say so."""
    return await _answer(run_id, uow, response)


@router.post("/difference/take")
async def take_difference(
    run_id: RunId, body: Approval, uow: UoW, expected: ExpectedVersion, request: Request, response: Response
) -> DifferenceRead:
    """Order what was found, as an official: what changes is called off or lowered and given anew, all or nothing."""
    await take(uow, run_id, body.author, expected, request.app.state.service.settings.answer_hours)
    return await _answer(run_id, uow, response)


async def _answer(run_id: str, uow: UoW, response: Response) -> DifferenceRead:
    row = await difference_of(uow, run_id)
    response.headers["ETag"] = f'"{row.version}"'
    return DifferenceRead.of(row, uow.now)


@router.get("/changes")
async def list_changes(run_id: RunId, uow: UoW, page: Page) -> Items[ChangeRead]:
    """List what would change: how much of which offer for which demand line, before and after."""
    await runs.account_of(uow, run_id)
    rows, after = cut(page, await queries.changes(uow.session, run_id, page), lambda row: str(row.change_id))
    return Items(items=[ChangeRead.of(row) for row in rows], next=after)
