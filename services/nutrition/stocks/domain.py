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


def count(lot: Lot, counted_g: int, counted_on: date | None, today: date, shelf_life_days: int) -> Lot:
    """Counting says what is on hand now; the same count told again changes nothing, however much was used since.

    A count is known by its grams and its day; without a day, the grams of the last count are that count told again.
    Food counted where there was none is as fresh as its kind can be; a second count makes old food no younger.
    """
    if counted_on is None:
        told_again = counted_g == lot.counted_g
    else:
        last = lot.counted_on or date.min
        told_again = counted_on < last or (counted_on, counted_g) == (last, lot.counted_g)
    if told_again:
        return lot
    use_by = lot.use_by if lot.on_hand_g else today + timedelta(days=shelf_life_days)
    came_g = lot.used_g + counted_g
    return replace(lot, came_g=came_g, use_by=use_by, counted_g=counted_g, counted_on=counted_on or today)
