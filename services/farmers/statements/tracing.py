"""A household's part of a settlement, traced to order lines and lots; every gram and fen of it is on one of them.

It goes the way procurement went when it settled: a line's amount is split over its lots by accepted grams, a lot's over
its households by what they brought. What rounding or a correction leaves between that and what was settled is spread
by largest remainder (`shared.quantities.split`), so that the lines sum to the part exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from shared.quantities import split


@dataclass(frozen=True, slots=True)
class Packed:
    """Grams of a lot packed for an order line; `brought` are the lot's grams by household, the rest is the base's."""

    lot_id: str
    harvest_day: date
    packed_g: int
    quantity_g: int
    brought: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """By how much a settlement changed what was accepted of an order line, and its price (signed)."""

    line_id: str
    food_code: str
    price_fen_per_kg: int
    accepted_g: int
    amount_fen: int
    packed: tuple[Packed, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """A household's grams and fen of a line and a lot; None what nothing here tells of."""

    line_id: str | None
    food_code: str | None
    price_fen_per_kg: int | None
    lot_id: str | None
    harvest_day: date | None
    accepted_g: int
    amount_fen: int


def trace(household_id: str, lines: Sequence[Line], accepted_g: int, amount_fen: int) -> list[Share]:
    """Return a household's part of a settlement by line and lot, which sums to `accepted_g` and `amount_fen`."""
    found = [pair for line in lines for pair in _shares(household_id, line)]
    if not found:
        untraced = Share(None, None, None, None, None, accepted_g, amount_fen)
        return [untraced] if accepted_g or amount_fen else []
    brought = [grams for _, grams in found]
    grams = _meet([share.accepted_g for share, _ in found], accepted_g, brought)
    fen = _meet([share.amount_fen for share, _ in found], amount_fen, brought)
    shares = [replace(one[0], accepted_g=g, amount_fen=f) for one, g, f in zip(found, grams, fen, strict=True)]
    return [share for share in shares if share.accepted_g or share.amount_fen]


def _shares(household_id: str, line: Line) -> list[tuple[Share, int]]:
    """Return the household's share of each lot of a line, with the grams it brought to what was packed."""
    packed = [lot.packed_g for lot in line.packed]
    by_lot = _signed(line.accepted_g, packed)
    fen_by_lot = _signed(line.amount_fen, [abs(grams) for grams in by_lot] if any(by_lot) else packed)
    found = []
    for lot, grams, fen in zip(line.packed, by_lot, fen_by_lot, strict=True):
        own = dict(lot.brought).get(household_id)
        if own is None:
            continue
        place = [name for name, _ in lot.brought].index(household_id)
        parts = [each for _, each in lot.brought]
        parts.append(max(0, lot.quantity_g - sum(parts)))
        values = (_signed(grams, parts)[place], _signed(fen, parts)[place])
        share = Share(line.line_id, line.food_code, line.price_fen_per_kg, lot.lot_id, lot.harvest_day, *values)
        found.append((share, max(1, lot.packed_g * own // lot.quantity_g)))
    return found


def _signed(total: int, weights: Sequence[int]) -> list[int]:
    """Share a total that may be negative out in proportion to weights; nothing where there is nobody to share."""
    if not any(weights):
        return [0] * len(weights)
    return split(total, weights) if total >= 0 else [-part for part in split(-total, weights)]


def _meet(values: Sequence[int], total: int, weights: Sequence[int]) -> list[int]:
    """Return values changed as little as it takes to sum to the total, in proportion to what they are."""
    present = [abs(value) for value in values]
    missing = _signed(total - sum(values), present if any(present) else weights)
    return [value + more for value, more in zip(values, missing, strict=True)]
