"""What can happen when somebody counts what is there."""

from typing import Any

from services.nutrition.canteens import queries as canteens
from services.nutrition.counts import domain, queries
from services.nutrition.counts.schemas import CountRead, CountsInput
from services.nutrition.days import today
from services.nutrition.stocks import queries as stocks
from shared.errors import DomainError, NotFound
from shared.ids import new_id
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def count_lots(uow: UnitOfWork, canteen_id: str, body: CountsInput) -> list[CountRead]:
    """Set lots to what was counted, all or nothing; what the books said before is kept with the reason."""
    if not await canteens.lock_all(uow.session, [canteen_id]):
        raise NotFound("canteen", canteen_id)
    keys = {(row.food_code, row.lot_id or "") for row in body.rows}
    lots = await stocks.lots_at(uow.session, canteen_id, keys)
    rows, changed = [], []
    for place, row in enumerate(body.rows):
        found = row.found()
        key = (found.food_code, found.lot_id)
        if key not in keys:
            detail = f"{found.food_code} {found.lot_id or 'of unknown lot'} stands there twice"
            raise DomainError("twice-in-body", detail, field=f"rows.{place}.lot_id")
        keys.discard(key)
        lot = domain.count_lot(found, lots.get(key), today(uow.now), f"rows.{place}")
        changed.append((canteen_id, lot))
        rows.append(
            {
                "count_id": new_id(),
                "canteen_id": canteen_id,
                "food_code": found.food_code,
                "lot_id": found.lot_id,
                "before_g": lots[key].on_hand_g,
                "counted_g": found.counted_g,
                "reason": row.reason,
                "counted_by": body.counted_by,
                "counted_at": uow.now,
            }
        )
    await stocks.save_counts(uow, changed)
    await queries.add(uow.session, rows)
    return [_read(row) for row in rows]


def _read(row: dict[str, Any]) -> CountRead:
    return CountRead.model_validate(row | {"lot_id": row["lot_id"] or None})


async def list_counts(uow: UnitOfWork, paging: Paging, canteen_id: str, food_code: str | None) -> list[CountRead]:
    """Return a page of a canteen's counts, first to last."""
    await canteens.one(uow.session, canteen_id)
    rows = await queries.page(uow.session, canteen_id, paging.limit, paging.after, food_code)
    return [_read(dict(row._mapping)) for row in rows]
