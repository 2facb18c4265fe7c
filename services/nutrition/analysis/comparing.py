"""What changed between two versions of a menu, meal by meal and line by line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.nutrition.menus.domain import Planned
from shared.events.nutrition import Demand
from shared.fields import Meal


class How(StrEnum):
    """What became of a meal."""

    ADDED = "added"
    LEFT_OUT = "left_out"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class MealChange:
    """A meal that is not what it was; None on the side it does not stand on."""

    day: date
    meal: Meal
    before: Planned | None
    after: Planned | None

    @property
    def how(self) -> How:
        """What became of it."""
        if self.before is None:
            return How.ADDED
        return How.LEFT_OUT if self.after is None else How.CHANGED


@dataclass(frozen=True, slots=True)
class LineChange:
    """A demand line that is not what it was, g as bought: all that is needed, and what of it is ordered."""

    delivery_day: date
    food_code: str
    gross_g: tuple[int, int]
    quantity_g: tuple[int, int]


def meals_changed(before: Sequence[Planned], after: Sequence[Planned]) -> list[MealChange]:
    """Return the meals with other dishes, other versions of them or other eaters, in the order of the week."""
    old, new = ({(one.day, one.meal): one for one in meals} for meals in (before, after))
    order = list(Meal)
    keys = sorted({*old, *new}, key=lambda key: (key[0], order.index(key[1])))
    return [MealChange(*key, old.get(key), new.get(key)) for key in keys if _said(old.get(key)) != _said(new.get(key))]


def _said(meal: Planned | None) -> object:
    return None if meal is None else (meal.dishes, dict(meal.headcounts))


def lines_changed(before: Sequence[Demand], after: Sequence[Demand]) -> list[LineChange]:
    """Return the lines with other grams, by day and food; a line that is not there is one of 0 g."""
    old, new = (_by_line(lines) for lines in (before, after))
    return [
        LineChange(day, food, (was[0], now[0]), (was[1], now[1]))
        for day, food in sorted({*old, *new})
        for was, now in [(old.get((day, food), (0, 0)), new.get((day, food), (0, 0)))]
        if was != now
    ]


def _by_line(lines: Sequence[Demand]) -> Mapping[tuple[date, str], tuple[int, int]]:
    return {(line.delivery_day, line.food_code): (line.gross_g, line.quantity_g) for line in lines}
