"""What can happen to recalls."""

from typing import Any

from services.logistics.recalls import queries
from services.logistics.recalls.domain import recall_id_of
from services.logistics.tracing import queries as tracing
from shared.errors import NotFound
from shared.events.logistics import RecallRaised
from shared.unit_of_work import UnitOfWork


async def raise_recall(uow: UnitOfWork, lot_id: str, reason: str) -> str:
    """Recall a lot and return the recall's id; a lot recalled before keeps its first recall."""
    lot = await tracing.lot_by_id(uow, lot_id)
    if lot is None:
        raise NotFound("lot", lot_id, field="lot_id")
    event = RecallRaised(
        recall_id=recall_id_of(lot_id),
        lot_id=lot_id,
        cooperative_id=lot.cooperative_id,
        reason=reason,
        raised_at=uow.now,
    )
    if await queries.add(uow, event.model_dump()):
        uow.emit(event)
    return event.recall_id


async def read_recall(uow: UnitOfWork, recall_id: str) -> Any:
    """Return a recall's row; NotFound names the id."""
    row = await queries.by_id(uow, recall_id)
    if row is None:
        raise NotFound("recall", recall_id, field="recall_id")
    return row
