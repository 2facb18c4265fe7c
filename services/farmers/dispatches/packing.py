"""Packing: which lots an order's lines are packed from, first expired first out, and a checker of any packing.

A lot nobody gave a last day goes after those that have one, first harvested first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.farmers.lots.domain import OnHand
from services.farmers.orders.domain import Order

MOST_LOTS = 100
"""Lots one line may be packed from; what the event and a packing list hold."""

Packing = Mapping[str, tuple[tuple[str, int], ...]]
"""By line id: (lot id, g) pairs."""


@dataclass(slots=True)
class _Pile:
    lot: OnHand
    left_g: int


class Store:
    """What lots have left while orders are packed from them one after the other."""

    def __init__(self, lots: Iterable[OnHand]) -> None:
        self._piles: dict[tuple[str, str], list[_Pile]] = {}
        for lot in sorted(lots, key=goes_out):
            self._piles.setdefault((lot.cooperative_id, lot.food_code), []).append(_Pile(lot, lot.remaining_g))

    def pack(self, order: Order) -> Packing:
        """Take the confirmed grams, as far as they go: first expired first out, nothing that is not good on the day."""
        return {line.line_id: self._pick(order, line.food_code, line.confirmed_g) for line in order.lines}

    def _pick(self, order: Order, food_code: str, wanted_g: int) -> tuple[tuple[str, int], ...]:
        picked: list[tuple[str, int]] = []
        for pile in self._piles.get((order.cooperative_id, food_code), []):
            if not wanted_g or len(picked) == MOST_LOTS:
                break
            grams = min(wanted_g, pile.left_g) if good_on(pile.lot, order.delivery_day) else 0
            if grams:
                picked.append((pile.lot.lot_id, grams))
                pile.left_g -= grams
                wanted_g -= grams
        return tuple(picked)


def goes_out(lot: OnHand) -> tuple[date, date, str]:
    """Return the key by which lots go out: first expired, then first harvested."""
    return (lot.best_before or date.max, lot.harvest_day, lot.lot_id)


def good_on(lot: OnHand, day: date) -> bool:
    """Return whether a lot is harvested by a day, still good on it, not recalled and no test speaks against it."""
    stopped = lot.recalled or lot.unfit
    return lot.harvest_day <= day and not stopped and (lot.best_before is None or day <= lot.best_before)


def taken_g(packings: Iterable[Packing]) -> dict[str, int]:
    """Return the grams taken of each lot."""
    taken: dict[str, int] = {}
    for packing in packings:
        for lots in packing.values():
            for lot_id, grams in lots:
                taken[lot_id] = taken.get(lot_id, 0) + grams
    return taken


def check(orders: Sequence[Order], lots: Iterable[OnHand], packings: Mapping[str, Packing]) -> list[str]:
    """Return what is wrong with packings by order id, whoever made them; nothing when all is well.

    No lot gives more than it has; every lot is of the order's cooperative, of the line's food and good on the delivery
    day; no line gets more than it confirmed, or nothing of a lot.
    """
    known = {lot.lot_id: lot for lot in lots}
    wrong = []
    for order in orders:
        for line in order.lines:
            packed = packings.get(order.order_id, {}).get(line.line_id, ())
            if sum(grams for _, grams in packed) > line.confirmed_g:
                wrong.append(f"{line.line_id}: more than confirmed")
            for lot_id, grams in packed:
                lot = known.get(lot_id)
                if lot is None or (lot.cooperative_id, lot.food_code) != (order.cooperative_id, line.food_code):
                    wrong.append(f"{line.line_id}: lot {lot_id} does not fit")
                elif not good_on(lot, order.delivery_day) or grams <= 0:
                    wrong.append(f"{line.line_id}: lot {lot_id} cannot be packed")
    taken = taken_g(packings.values())
    over = [each for each in known if taken.get(each, 0) > known[each].remaining_g]
    return wrong + [f"lot {lot_id}: more than it has" for lot_id in over]
