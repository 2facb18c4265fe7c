"""What happens when food was received at the school."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from services.nutrition.canteens import queries as canteens
from services.nutrition.foods import queries as foods
from services.nutrition.menus import queries as menus
from services.nutrition.receipts import queries
from services.nutrition.receipts.domain import Effect, book
from services.nutrition.stocks import queries as stocks
from shared.errors import MissingDependency
from shared.events.logistics import ReceiptSigned
from shared.unit_of_work import UnitOfWork


async def book_receipts(uow: UnitOfWork, events: Sequence[ReceiptSigned]) -> None:
    """Put accepted food into the store, lot by lot, and hold for its demand line what the line still waits for."""
    canteen_ids = {event.canteen_id for event in events}
    known = await canteens.lock_all(uow.session, canteen_ids)
    if missing := sorted(canteen_ids - known):
        raise MissingDependency("canteen", missing[0])
    before = await queries.booked(uow.session, {event.receipt_id for event in events})
    effect, receipts = book(events, before)
    await queries.keep(uow, receipts, before)
    await _into_store(uow, effect)
    await _for_lines(uow, effect)


async def _into_store(uow: UnitOfWork, effect: Effect) -> None:
    """Add what came in; a lot counted on a later day holds what was counted, whatever is told of before."""
    changed = sorted((key, grams) for key, grams in effect.stock_g.items() if grams)
    if changed:
        seen = await stocks.counted_after(uow.session, {key for key, _ in changed})
        changed = [(key, grams) for key, grams in changed if seen.get(key, date.min) <= effect.days[key]]
    shelf_lives = await foods.known(uow.session, {food for (_, food, _), _ in changed}) if changed else {}
    rows = [
        {
            "canteen_id": key[0],
            "food_code": key[1],
            "lot_id": key[2],
            "came_g": grams,
            # A food unknown here keeps for no day: it is used first.
            "use_by": effect.days[key] + timedelta(days=shelf_lives.get(key[1], 0)),
        }
        for key, grams in changed
    ]
    await stocks.add(uow, rows)


async def _for_lines(uow: UnitOfWork, effect: Effect) -> None:
    """Count what came in towards the standing demand lines; without one it is simply free."""
    changed = {key: grams for key, grams in effect.line_g.items() if grams}
    if not changed:
        return
    days, codes = {day for _, day, _ in changed}, {food for _, _, food in changed}
    lines = await menus.lines_at(uow.session, {canteen_id for canteen_id, _, _ in changed}, days, codes)
    progress = []
    for key, grams in changed.items():
        if key in lines:
            menu_id, line = lines[key]
            progress.append((menu_id, replace(line, accepted_g=max(0, line.accepted_g + grams))))
    await menus.save_progress(uow.session, progress)
