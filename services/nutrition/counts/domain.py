"""The rules of counts: what was counted is what there is, and what the books said before is kept."""

from dataclasses import dataclass, replace
from datetime import date

from services.nutrition.stocks.domain import Lot
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class Found:
    """Grams as bought that somebody counted of a food and lot; `lot_id` is empty for food of unknown lot."""

    food_code: str
    lot_id: str
    counted_g: int


def count_lot(found: Found, lot: Lot | None, day: date, field: str) -> Lot:
    """Return the lot as it was counted; its day stays what it was, and a lot that never came in is not counted."""
    if lot is None:
        what = f"{found.lot_id or 'food of unknown lot'} of {found.food_code}"
        raise NotFound("lot", what, field=f"{field}.lot_id")
    return replace(lot, came_g=lot.used_g + found.counted_g, counted_g=found.counted_g, counted_on=day)
