"""The rules of serving: what is planned, for those who came, from what is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.nutrition.days import today
from services.nutrition.menus.demand import Line
from services.nutrition.menus.domain import MOST_TIMES_ENROLLED, Planned
from services.nutrition.stocks.domain import Lot, Taken, take
from shared.errors import DomainError
from shared.quantities import divide


@dataclass(frozen=True, slots=True)
class Cooked:
    """What a meal took from the store, and what was missing of each food (g as bought)."""

    taken: tuple[Taken, ...]
    short_g: Mapping[str, int]


def check_day(day: date, now: datetime) -> None:
    """A meal is recorded on its day or later."""
    if day > today(now):
        raise DomainError("meal-in-future", f"{day} has not begun", field="day")


def check_headcount(headcount: int, planned: int) -> None:
    """Somebody ate, and not three times those expected."""
    if not 1 <= headcount <= MOST_TIMES_ENROLLED * planned:
        most = MOST_TIMES_ENROLLED * planned
        raise DomainError(
            "headcount-absurd", f"{planned} were expected, at most {most} can be served", field="headcount"
        )


def cook(planned: Planned, headcount: int, lots: Mapping[str, Sequence[Lot]]) -> Cooked:
    """Take the planned grams for those who came from the store, never more than there is."""
    taken: list[Taken] = []
    short: dict[str, int] = {}
    for food, grams in sorted(planned.planned_g.items()):
        out, missing = take(lots.get(food, ()), divide(grams * headcount, planned.headcount), planned.day)
        taken += out
        if missing:
            short[food] = missing
    return Cooked(tuple(taken), short)


def advance(line: Line, planned_g: int, used_g: int) -> Line:
    """A line whose meal was served needs that meal's grams no more; what its coming meals need stays reserved."""
    return replace(line, used_g=line.used_g + used_g, left_g=max(0, line.left_g - planned_g))
