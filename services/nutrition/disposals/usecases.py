"""What can happen to food nobody will eat."""

from dataclasses import replace
from typing import Any

from services.nutrition.canteens import queries as canteens
from services.nutrition.days import today
from services.nutrition.disposals import domain, queries
from services.nutrition.disposals.schemas import DisposalRead, DisposalsInput
from services.nutrition.stocks import queries as stocks
from shared.errors import NotFound
from shared.ids import new_id
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def dispose(uow: UnitOfWork, canteen_id: str, body: DisposalsInput) -> list[DisposalRead]:
    """Take food out of the store that nobody will eat, all or nothing."""
    if not await canteens.lock_all(uow.session, [canteen_id]):
        raise NotFound("canteen", canteen_id)
    found = await stocks.lots(uow.session, canteen_id, {row.food_code for row in body.rows})
    lots = {(lot.food_code, lot.lot_id): lot for lots in found.values() for lot in lots}
    rows = []
    for place, row in enumerate(body.rows):
        told = row.told()
        key = (told.food_code, told.lot_id)
        taken = domain.dispose(told, lots.get(key), today(uow.now), f"rows.{place}")
        lots[key] = replace(lots[key], used_g=lots[key].used_g + taken.quantity_g)
        await stocks.use(uow.session, canteen_id, [taken])
        rows.append(
            {"disposal_id": new_id(), "canteen_id": canteen_id, "disposed_at": uow.now}
            | body.model_dump(include={"disposed_by", "witnessed_by"})
            | row.model_dump()
            | {"lot_id": told.lot_id, "cause": told.cause.value}
        )
    await queries.add(uow.session, rows)
    return [_read(row) for row in rows]


def _read(row: dict[str, Any]) -> DisposalRead:
    return DisposalRead.model_validate(row | {"lot_id": row["lot_id"] or None})


async def list_disposals(uow: UnitOfWork, paging: Paging, canteen_id: str) -> list[DisposalRead]:
    """Return a page of what a canteen disposed of, first to last."""
    await canteens.one(uow.session, canteen_id)
    rows = await queries.page(uow.session, canteen_id, paging.limit, paging.after)
    return [_read(dict(row._mapping)) for row in rows]
