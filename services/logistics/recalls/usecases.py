"""What can happen to recalls."""

from collections.abc import Collection
from typing import Any

from services.logistics.recalls import queries
from services.logistics.recalls.domain import recall_id_of
from services.logistics.tracing import lineage
from services.logistics.tracing import queries as tracing
from shared.errors import NotFound
from shared.events.logistics import RecallRaised
from shared.unit_of_work import UnitOfWork


async def raise_recall(uow: UnitOfWork, lot_id: str, reason: str) -> str:
    """Recall a lot, and every lot made of it, and return the recall's id.

    A lot recalled before keeps its first recall.
    """
    lot = await tracing.lot_by_id(uow, lot_id)
    if lot is None:
        raise NotFound("lot", lot_id, field="lot_id")
    await lineage.lock(uow, [lot_id])
    if await _raise(uow, lot_id, lot.cooperative_id, reason):
        await _recall_made_of(uow, lot_id, reason)
    return recall_id_of(lot_id)


async def follow(uow: UnitOfWork, parents: Collection[str]) -> None:
    """Recall what was made of those of the lots that are recalled, for the same reason."""
    if not parents:
        return
    await lineage.lock(uow, parents)
    for row in await queries.of_lots(uow, parents):
        await _recall_made_of(uow, row.lot_id, row.reason)


async def _recall_made_of(uow: UnitOfWork, lot_id: str, reason: str) -> None:
    reached, generation = {lot_id}, {lot_id}
    while generation:
        made = {row.lot_id: row.cooperative_id for row in await lineage.made_of(uow, generation)}
        generation = made.keys() - reached
        reached |= generation
        if generation:
            await lineage.lock(uow, generation)
        for each in sorted(generation):
            await _raise(uow, each, made[each], reason)


async def _raise(uow: UnitOfWork, lot_id: str, cooperative_id: str, reason: str) -> bool:
    event = RecallRaised(
        recall_id=recall_id_of(lot_id),
        lot_id=lot_id,
        cooperative_id=cooperative_id,
        reason=reason,
        raised_at=uow.now,
    )
    new = await queries.add(uow, event.model_dump())
    if new:
        uow.emit(event)
    return new


async def read_recall(uow: UnitOfWork, recall_id: str) -> Any:
    """Return a recall's row; NotFound names the id."""
    row = await queries.by_id(uow, recall_id)
    if row is None:
        raise NotFound("recall", recall_id, field="recall_id")
    return row
