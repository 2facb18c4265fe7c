"""What can happen to recalls."""

from collections.abc import Collection, Iterable
from typing import Any

from services.logistics.recalls import queries
from services.logistics.recalls.domain import recall_id_of, require_answered, require_reached
from services.logistics.recalls.schemas import AcknowledgementInput, ClosingInput
from services.logistics.tracing import lineage
from services.logistics.tracing import queries as tracing
from shared.errors import AlreadyDone, NotFound
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


async def reached(uow: UnitOfWork, lot_id: str) -> list[str]:
    """Return the schools grams of a lot went to, or were cooked in, by id."""
    delivered = await tracing.delivered_by_school(uow, lot_id)
    return sorted(delivered.keys() | (await tracing.served_by_school(uow, lot_id)).keys())


async def acknowledge(uow: UnitOfWork, recall_id: str, said: AcknowledgementInput) -> None:
    """Keep a school's word on a recall; the same word again changes nothing, another is refused (AlreadyDone)."""
    recall = await read_recall(uow, recall_id)
    require_reached(said.canteen_id, await reached(uow, recall.lot_id))
    row = said.model_dump() | {"recall_id": recall_id, "acknowledged_at": uow.now}
    if await queries.acknowledge(uow, row):
        return
    before = next(one for one in await queries.acknowledgements(uow, recall_id) if one.canteen_id == said.canteen_id)
    if any(getattr(before, name) != value for name, value in said.model_dump().items()):
        detail = f"{said.canteen_id} acknowledged at {before.acknowledged_at.isoformat()}, differently"
        raise AlreadyDone("acknowledged", detail, field="canteen_id")


def waiting(schools: Iterable[str], acknowledged: Iterable[Any]) -> list[str]:
    """Return those of the schools a lot reached that have not acknowledged its recall."""
    heard = {one.canteen_id for one in acknowledged}
    return [each for each in schools if each not in heard]


async def close(uow: UnitOfWork, recall_id: str, said: ClosingInput) -> None:
    """Close a recall with what became of its lot, which stays blocked. Told again the same, it changes nothing."""
    recall = await read_recall(uow, recall_id)
    note = f"{said.note}; {said.without}" if said.without else said.note
    if recall.closed_at is None:
        acknowledged = await queries.acknowledgements(uow, recall_id)
        require_answered(waiting(await reached(uow, recall.lot_id), acknowledged), said.without)
        told = {"closed_at": uow.now, "outcome": said.outcome.value, "closing_note": note}
        if await queries.close(uow, recall_id, told):
            return
        recall = await read_recall(uow, recall_id)
    if (recall.outcome, recall.closing_note) != (said.outcome.value, note):
        raise AlreadyDone("recall-closed", f"it was closed: {recall.outcome}", field="outcome")
