"""The rules of the store: first expired first out, never more than there is, nothing recalled or past its day."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple


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
        """What may be cooked, as far as recalls go."""
        return 0 if self.recalled else self.on_hand_g

    def expired(self, day: date) -> bool:
        """Whether it should have been used before `day`."""
        return self.use_by < day


@dataclass(frozen=True, slots=True)
class Taken:
    """Grams taken of a lot; `expired` when its day was over."""

    food_code: str
    lot_id: str
    quantity_g: int
    expired: bool = False


class Free(NamedTuple):
    """Grams of a food that nobody has planned with, and the last day they may be cooked on."""

    use_by: date
    quantity_g: int


def take(lots: Iterable[Lot], wanted_g: int, day: date, *, also_expired: bool = False) -> tuple[list[Taken], int]:
    """Take a food of `day` from its lots, first expired first out; return what was taken and what is missing.

    What should have been used before that day is taken only with `also_expired`. Among lots of the same day counted
    food of unknown lot goes first: it has been there longest.
    """
    taken = []
    for lot in sorted(lots, key=lambda lot: (lot.use_by, lot.lot_id)):
        expired = lot.expired(day)
        grams = 0 if expired and not also_expired else min(lot.usable_g, wanted_g)
        if grams:
            taken.append(Taken(lot.food_code, lot.lot_id, grams, expired))
            wanted_g -= grams
    return taken, wanted_g


def free_g(usable_g: int, reserved_g: int) -> int:
    """Return what the next menu may count on."""
    return max(0, usable_g - reserved_g)


def free_lots(usable: Iterable[Free], reserved_g: int) -> list[Free]:
    """Return what the next menu may count on, to be used first coming first.

    What is reserved is cooked before, so it is what has to be used first.
    """
    left = []
    for use_by, grams in sorted(usable):
        held = min(grams, reserved_g)
        reserved_g -= held
        if grams > held:
            left.append(Free(use_by, grams - held))
    return left


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
