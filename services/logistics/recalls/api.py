"""Routes of recalls."""

from typing import Any

from services.logistics.parameters import RecallId
from services.logistics.recalls import queries, usecases
from services.logistics.recalls.schemas import RecallDetail, RecallRequest, Recalls
from services.logistics.tracing.forward import trace_lot
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/recalls", tags=["recalls"])


@router.post("", status_code=201)
async def raise_recall(body: RecallRequest, uow: UoW) -> RecallDetail:
    """Recall a lot; recalled again, it is the same recall."""
    return await _detail(uow, await usecases.raise_recall(uow, body.lot_id, body.reason))


@router.get("", response_model=Recalls)
async def list_recalls(uow: UoW, page: Page) -> Any:
    """List recalls by id."""
    rows = await queries.page_of(uow, page)
    more = len(rows) > page.limit
    return {"items": rows[: page.limit], "next": rows[page.limit - 1].recall_id if more else None}


@router.get("/{recall_id}")
async def read_recall(recall_id: RecallId, uow: UoW) -> RecallDetail:
    """Read a recall with the schools, meals and headcounts its lot reached."""
    return await _detail(uow, recall_id)


async def _detail(uow: UoW, recall_id: str) -> RecallDetail:
    row = await usecases.read_recall(uow, recall_id)
    return RecallDetail(**row._mapping, affected=await trace_lot(uow, row.lot_id))
