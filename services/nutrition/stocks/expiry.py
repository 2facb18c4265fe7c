"""What of the store will be past its day before anybody has planned to cook it."""

from collections.abc import Mapping, Sequence
from datetime import date

from services.nutrition.stocks.domain import Lot


def at_risk_g(lots: Sequence[Lot], needed_g: Mapping[date, int]) -> dict[str, int]:
    """Return the grams of each lot of a food that no planned meal takes by its day; `needed_g` is planned by day.

    Meals take what expires first, as the kitchen does; nothing recalled is theirs to take.
    """
    left = {lot.lot_id: lot.on_hand_g for lot in lots}
    first_out = sorted((lot for lot in lots if not lot.recalled), key=lambda lot: (lot.use_by, lot.lot_id))
    for day, wanted in sorted(needed_g.items()):
        for lot in first_out:
            if lot.use_by >= day:
                taken = min(left[lot.lot_id], wanted)
                left[lot.lot_id] -= taken
                wanted -= taken
    return left
