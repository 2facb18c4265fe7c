"""What a receipt brings in, and what a corrected one changes."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from shared.events.logistics import LineReceived, ReceiptSigned
from shared.events.procurement import MarketGoodsReceived

NO_LOT = ""


@dataclass(frozen=True, slots=True)
class Booked:
    """A receipt as it was booked: accepted grams by (food, lot)."""

    receipt_id: str
    version: int
    canteen_id: str
    delivery_day: date
    accepted_g: Mapping[tuple[str, str], int]


@dataclass(slots=True)
class Effect:
    """What a run of receipts changes: grams by (canteen, food, lot), and by (canteen, day, food) for demand lines."""

    stock_g: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    line_g: Counter[tuple[str, date, str]] = field(default_factory=Counter)
    days: dict[tuple[str, str, str], date] = field(default_factory=dict)

    def add(self, receipt: Booked, sign: int) -> None:
        """Put a receipt in (+1) or take it out (−1)."""
        for (food, lot), grams in receipt.accepted_g.items():
            self.stock_g[receipt.canteen_id, food, lot] += sign * grams
            self.line_g[receipt.canteen_id, receipt.delivery_day, food] += sign * grams
            self.days[receipt.canteen_id, food, lot] = receipt.delivery_day


def of_event(event: ReceiptSigned) -> Booked:
    """Return what a receipt accepts; grams its lots do not cover are food of unknown lot."""
    accepted: Counter[tuple[str, str]] = Counter()
    for line in event.lines:
        for lot in line.lots:
            accepted[line.food_code, lot.lot_id] += lot.accepted_g
        accepted[line.food_code, NO_LOT] += max(0, line.accepted_g - sum(lot.accepted_g for lot in line.lots))
    grams = {key: quantity_g for key, quantity_g in accepted.items() if quantity_g}
    return Booked(event.receipt_id, event.version, event.canteen_id, event.delivery_day, grams)


def from_market(event: MarketGoodsReceived) -> ReceiptSigned:
    """Return the receipt that market goods are: all of it food of unknown lot."""
    lines = tuple(LineReceived(**line.model_dump(), lots=()) for line in event.lines)
    same = event.model_dump(exclude={"lines", "supplier_id"})
    return ReceiptSigned(**same, cooperative_id=event.supplier_id, lines=lines)


def book(events: Iterable[ReceiptSigned], before: Mapping[str, Booked]) -> tuple[Effect, Sequence[Booked]]:
    """Replace what receipts brought in by what they say now; the highest version of each counts, whenever it comes.

    Returns what changes in store and demand, and the receipts to be kept.
    """
    effect, kept = Effect(), dict[str, Booked]()
    for receipt in map(of_event, events):
        present = kept.get(receipt.receipt_id) or before.get(receipt.receipt_id)
        if present is not None and present.version >= receipt.version:
            continue
        if present is not None:
            effect.add(present, -1)
        effect.add(receipt, +1)
        kept[receipt.receipt_id] = receipt
    return effect, list(kept.values())
