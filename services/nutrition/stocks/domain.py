"""The rules of the store: first expired first out, never more than there is, never what was recalled."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Lot:
    """Grams of one food and lot; `lot_id` is empty for counted food of unknown lot."""

    food_code: str
    lot_id: str
    came_g: int
    used_g: int
    use_by: date
    recalled: bool = False
    counted_g: int | None = None
    counted_on: date | None = None

    @property
    def on_hand_g(self) -> int:
        """What lies in the store, recalled or not."""
        return max(0, self.came_g - self.used_g)

    @property
    def usable_g(self) -> int:
        """What may be cooked."""
        return 0 if self.recalled else self.on_hand_g


@dataclass(frozen=True, slots=True)
class Taken:
    """Grams taken of a lot."""

    food_code: str
    lot_id: str
    quantity_g: int


def take(lots: Iterable[Lot], wanted_g: int) -> tuple[list[Taken], int]:
    """Take a food from its lots, first expired first out; return what was taken and what is missing.

    Among lots of the same day counted food of unknown lot goes first: it has been there longest.
    """
    taken = []
    for lot in sorted(lots, key=lambda lot: (lot.use_by, lot.lot_id)):
        grams = min(lot.usable_g, wanted_g)
        if grams:
            taken.append(Taken(lot.food_code, lot.lot_id, grams))
            wanted_g -= grams
    return taken, wanted_g


def free_g(usable_g: int, reserved_g: int) -> int:
    """Return what the next menu may count on."""
    return max(0, usable_g - reserved_g)


def count(lot: Lot, counted_g: int, day: date, shelf_life_days: int) -> Lot:
    """Counting says what is on hand; the same count on the same day is the same count, however much was used since.

    Food counted where there was none is as fresh as its kind can be; a second count does not make old food younger.
    """
    if (lot.counted_g, lot.counted_on) == (counted_g, day):
        return lot
    use_by = lot.use_by if lot.on_hand_g else day + timedelta(days=shelf_life_days)
    return replace(lot, came_g=lot.used_g + counted_g, use_by=use_by, counted_g=counted_g, counted_on=day)
