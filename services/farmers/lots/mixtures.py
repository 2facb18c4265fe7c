"""What can happen to lots at the sorting table: they are mixed and split; and elsewhere: they are recalled."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Row

from services.farmers.days import today
from services.farmers.lots import lineage, queries
from services.farmers.lots.domain import Lot
from services.farmers.lots.mixing import Mixture, Piece, divide, mix, require_same_mixture, require_same_piece
from services.farmers.webhooks import usecases as webhooks
from services.farmers.webhooks.domain import Fact, Kind
from services.farmers.webhooks.messages import RecalledLot
from shared.errors import AlreadyDone, NotFound
from shared.events.logistics import RecallRaised
from shared.unit_of_work import UnitOfWork


async def mix_lots(uow: UnitOfWork, said: Mixture) -> Lot:
    """Mix a new lot from others and tell of it; the same mixture again is answered the same."""
    ids = [portion.lot_id for portion in said.portions]
    await queries.lock(uow.session, uow.dialect, ids)
    lots = await queries.several(uow.session, uow.dialect, [*ids, said.lot_id])
    if said.lot_id in lots:
        require_same_mixture(lots[said.lot_id], said)
        return lots[said.lot_id]
    made, parents = mix(said, lots, today(uow.now), uow.now)
    await _write(uow, [made], lots, parents, "lot_id")
    return made


async def split_lot(uow: UnitOfWork, lot_id: str, pieces: Sequence[Piece]) -> tuple[Lot, list[Lot]]:
    """Split lots off a lot and tell of them; the same split again is answered the same. Returns the whole and them."""
    await queries.lock(uow.session, uow.dialect, [lot_id])
    lots = await queries.several(uow.session, uow.dialect, [lot_id, *(piece.lot_id for piece in pieces)])
    if lot_id not in lots:
        raise NotFound("lot", lot_id)
    whole = lots[lot_id]
    known = [piece.lot_id for piece in pieces if piece.lot_id in lots]
    if known:
        for place, piece in enumerate(pieces):
            if piece.lot_id not in lots:
                detail = f"some of these parts were split off before, {piece.lot_id} was not"
                raise AlreadyDone("split-differs", detail, field=f"parts.{place}.lot_id")
            require_same_piece(lots[piece.lot_id], whole, piece, f"parts.{place}")
        return whole, [lots[each] for each in known]
    made, left = divide(whole, pieces, today(uow.now), uow.now)
    await _write(uow, made, lots, [left], "parts")
    return await queries.one(uow.session, uow.dialect, lot_id), made


async def recall_lots(uow: UnitOfWork, events: Sequence[RecallRaised]) -> None:
    """Keep recalled lots, and all made of them, from being packed, mixed and split."""
    facts = []
    # A lot is mixed of its cooperative's own only, so no other's is reached.
    await webhooks.listeners(uow, {event.cooperative_id for event in events})
    for event in sorted(events, key=lambda each: each.raised_at):
        marked = await lineage.recall(uow.session, event.lot_id, event.raised_at)
        facts += [
            Fact(Kind.LOT_RECALLED, row.cooperative_id, row.lot_id, partial(_recalled, row, event)) for row in marked
        ]
    await webhooks.tell(uow, facts)


def _recalled(row: Row[Any], event: RecallRaised) -> dict[str, Any]:
    known = dict(row._mapping)
    return RecalledLot(**known, reason=event.reason, recalled_at=event.raised_at).model_dump(mode="json")


async def _write(
    uow: UnitOfWork, made: Sequence[Lot], before: Mapping[str, Lot], after: Sequence[Lot], field: str
) -> None:
    inserted = await queries.insert_lots(uow.session, uow.dialect, made)
    if len(inserted) < len(made):
        raise AlreadyDone("lot-exists", "a lot of that id was entered just now", field=field)
    grams = {one.harvest.lot_id: one.moved_g - before[one.harvest.lot_id].moved_g for one in after}
    by_household = {
        (one.harvest.lot_id, key): each - before[one.harvest.lot_id].moved.get(key, 0)
        for one in after
        for key, each in one.moved.items()
    }
    await lineage.move(uow.session, uow.dialect, grams, by_household)
    for one in made:
        uow.emit(one.told())
