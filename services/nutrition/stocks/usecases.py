"""What can happen in the store."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from services.nutrition.canteens import queries as canteens
from services.nutrition.counts import queries as counts
from services.nutrition.days import today
from services.nutrition.foods import queries as foods
from services.nutrition.menus import queries as menus
from services.nutrition.menus.usecases import RESERVED_DAYS
from services.nutrition.stocks import queries
from services.nutrition.stocks.domain import Lot, count, free_g
from services.nutrition.stocks.expiry import at_risk_g
from services.nutrition.stocks.models import COUNTED
from services.nutrition.stocks.schemas import CountRow, ExpiringLot, LotOnHand, StockRead
from services.nutrition.upserts import Key, Merged, once_each
from shared.bulk import Imported, Refusal, Rows, parse, refuse
from shared.errors import DomainError, NotFound
from shared.events.logistics import RecallRaised
from shared.ids import new_id
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def put_stocks(uow: UnitOfWork, body: Rows) -> Imported:
    """Take counts of food whose lot nobody knows; food that came with a lot is not touched."""
    good, refused = parse(CountRow, body)
    rows, twice = once_each(good, ["canteen_id", "food_code"])
    known = await canteens.lock_all(uow.session, {row.canteen_id for _, row in rows.values()})
    shelf_lives = await foods.known(uow.session, {row.food_code for _, row in rows.values()})
    broken = _broken(rows, known, shelf_lives, today(uow.now))
    taken = {key: row for key, (index, row) in rows.items() if index not in broken}
    merged = await _count(uow, taken, shelf_lives)
    return merged.imported([*refused, *twice, *broken.values()])


def _broken(
    rows: Mapping[Key, tuple[int, CountRow]], canteen_ids: set[str], shelf_lives: Mapping[str, int], day: date
) -> dict[int, Refusal]:
    refused: dict[int, Refusal] = {}
    for index, row in rows.values():
        if row.canteen_id not in canteen_ids:
            refused[index] = refuse(index, NotFound("canteen", row.canteen_id, field="canteen_id"))
        elif row.food_code not in shelf_lives:
            refused[index] = refuse(index, NotFound("food", row.food_code, field="food_code"))
        elif row.counted_on is not None and row.counted_on > day:
            detail = f"{row.counted_on} has not begun"
            refused[index] = refuse(index, DomainError("count-in-future", detail, field="counted_on"))
    return refused


async def _count(uow: UnitOfWork, rows: Mapping[Key, CountRow], shelf_lives: Mapping[str, int]) -> Merged:
    if not rows:
        return Merged(0, 0, 0, {})
    before = await queries.counted(uow.session, [(row.canteen_id, row.food_code) for row in rows.values()], COUNTED)
    day = today(uow.now)
    changed = []
    for row in rows.values():
        lot = before.get((row.canteen_id, row.food_code)) or Lot(row.food_code, COUNTED, 0, 0, day)
        now = count(lot, row.quantity_g, row.counted_on, day, shelf_lives[row.food_code])
        if now != lot:
            changed.append((row.canteen_id, now))
    await queries.save_counts(uow, changed)
    await counts.add(uow.session, [_kept(uow, canteen_id, before, lot) for canteen_id, lot in changed])
    created = sum((canteen_id, lot.food_code) not in before for canteen_id, lot in changed)
    return Merged(created, len(changed) - created, len(rows) - len(changed), {})


def _kept(uow: UnitOfWork, canteen_id: str, before: Mapping[tuple[str, str], Lot], now: Lot) -> dict[str, Any]:
    """Return what is kept of a count of food of unknown lot."""
    was = before.get((canteen_id, now.food_code))
    return {
        "count_id": new_id(),
        "canteen_id": canteen_id,
        "food_code": now.food_code,
        "lot_id": now.lot_id,
        "before_g": 0 if was is None else was.on_hand_g,
        "counted_g": now.on_hand_g,
        "reason": "",
        "counted_by": None,
        "counted_at": uow.now,
    }


async def recall(uow: UnitOfWork, event: RecallRaised) -> None:
    """Keep a recalled lot out of every pot: what lies in a store and what still comes in."""
    row = {"lot_id": event.lot_id, "recall_id": event.recall_id, "reason": event.reason, "raised_at": event.raised_at}
    await queries.recall(uow, row)


async def list_stock(uow: UnitOfWork, canteen_id: str, paging: Paging) -> list[StockRead]:
    """Return a page of what a canteen has on hand, by food."""
    await canteens.one(uow.session, canteen_id)
    codes = await queries.foods_page(uow.session, canteen_id, paging.limit, paging.after)
    day = today(uow.now)
    since = day - timedelta(days=RESERVED_DAYS)
    reserved = await menus.reserved_g(uow.session, canteen_id, since) if codes else {}
    lots: dict[str, list[LotOnHand]] = {code: [] for code in codes}
    for row in await queries.page_rows(uow.session, canteen_id, codes) if codes else []:
        lot_id = None if row.lot_id == COUNTED else row.lot_id
        lots[row.food_code].append(
            LotOnHand(
                lot_id=lot_id,
                on_hand_g=row.on_hand_g,
                use_by=row.use_by,
                recalled=row.recalled,
                expired=row.use_by < day,
            )
        )
    return [_stock(code, found, reserved.get(code, 0)) for code, found in lots.items()]


async def list_expiring(uow: UnitOfWork, canteen_id: str, days: int) -> list[ExpiringLot]:
    """Return the lots that have to be used within so many days or are past their day, first to expire first."""
    await canteens.one(uow.session, canteen_id)
    day = today(uow.now)
    last = day + timedelta(days=days)
    found = await queries.lots_until(uow.session, canteen_id, last)
    needed = await menus.needed_g(uow.session, canteen_id, found, day) if found else {}
    expiring = []
    for food, lots in found.items():
        at_risk = at_risk_g(lots, needed.get(food, {}))
        expiring += [
            ExpiringLot(
                food_code=food,
                lot_id=lot.lot_id or None,
                on_hand_g=lot.on_hand_g,
                use_by=lot.use_by,
                days_left=(lot.use_by - day).days,
                at_risk_g=at_risk[lot.lot_id],
            )
            for lot in lots
            if lot.use_by <= last
        ]
    return sorted(expiring, key=lambda lot: (lot.use_by, lot.food_code, lot.lot_id or ""))


def _stock(food_code: str, lots: list[LotOnHand], reserved_g: int) -> StockRead:
    on_hand_g = sum(lot.on_hand_g for lot in lots)
    recalled_g = sum(lot.on_hand_g for lot in lots if lot.recalled)
    expired_g = sum(lot.on_hand_g for lot in lots if lot.expired and not lot.recalled)
    return StockRead(
        food_code=food_code,
        on_hand_g=on_hand_g,
        recalled_g=recalled_g,
        expired_g=expired_g,
        reserved_g=reserved_g,
        free_g=free_g(on_hand_g - recalled_g - expired_g, reserved_g),
        lots=lots,
    )
