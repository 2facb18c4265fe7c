"""Routes of recalls."""

from datetime import timedelta
from typing import Any

from services.logistics.parameters import InCounty, OfCanteen, OfCooperative, RecallId
from services.logistics.recalls import queries, usecases
from services.logistics.recalls.domain import shown_to
from services.logistics.recalls.schemas import (
    AcknowledgementInput,
    AcknowledgementRead,
    ClosingInput,
    RecallDetail,
    RecallRequest,
    Recalls,
)
from services.logistics.tracing.forward import schools_reached, trace_lot
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/recalls", tags=["recalls"])


@router.post("", status_code=201)
async def raise_recall(body: RecallRequest, uow: UoW) -> RecallDetail:
    """Recall a lot; recalled again, it is the same recall."""
    return await _detail(uow, await usecases.raise_recall(uow, body.lot_id, body.reason))


@router.get("", response_model=Recalls)
async def list_recalls(
    uow: UoW,
    page: Page,
    canteen_id: OfCanteen = None,
    cooperative_id: OfCooperative = None,
    county_code: InCounty = None,
) -> Any:
    """List recalls by id: of a cooperative's lots, of lots that went to a school or a county's schools or came from
    there."""
    rows = await queries.page_of(uow, page, canteen_id, cooperative_id, county_code)
    more = len(rows) > page.limit
    return {"items": rows[: page.limit], "next": rows[page.limit - 1].recall_id if more else None}


@router.get("/{recall_id}")
async def read_recall(recall_id: RecallId, uow: UoW) -> RecallDetail:
    """Read a recall with the schools, meals and headcounts its lot reached, and the samples kept of these meals.

    The staff of a school are shown what is of it.
    """
    return await _detail(uow, recall_id)


@router.post("/{recall_id}/acknowledgements")
async def acknowledge_recall(recall_id: RecallId, body: AcknowledgementInput, uow: UoW) -> RecallDetail:
    """Say that a school knows of the recall and has put aside what it had of the lot."""
    await usecases.acknowledge(uow, recall_id, body)
    return await _detail(uow, recall_id)


@router.post("/{recall_id}/close")
async def close_recall(recall_id: RecallId, body: ClosingInput, uow: UoW) -> RecallDetail:
    """Close a recall with what became of its lot, once every school has acknowledged, or say why not."""
    await usecases.close(uow, recall_id, body)
    return await _detail(uow, recall_id)


async def _detail(uow: UoW, recall_id: str) -> RecallDetail:
    row = await usecases.read_recall(uow, recall_id)
    mine = shown_to(uow.principal, row.cooperative_id)
    heard = await queries.acknowledgements(uow, recall_id)
    said = [one for one in heard if mine is None or one.canteen_id in mine]
    acknowledged = [
        AcknowledgementRead(
            **{name: getattr(one, name) for name in AcknowledgementRead.model_fields if name != "minutes"},
            minutes=(one.acknowledged_at - row.raised_at) // timedelta(minutes=1),
        )
        for one in said
    ]
    schools = await schools_reached(uow, row.lot_id, only=mine)
    waiting = usecases.waiting([school.canteen_id for school in schools], said)
    affected = await trace_lot(uow, row.lot_id, schools, mine)
    return RecallDetail(**row._mapping, affected=affected, acknowledged=acknowledged, waiting=waiting)
