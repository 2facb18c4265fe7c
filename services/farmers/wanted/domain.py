"""What is still wanted, as it is told to cooperatives: once a week, beside what was told the week before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from services.farmers.guidance.domain import Advice, Cell, Guidance

WEEKS = 26
"""Weeks a publication looks ahead."""
KEPT = timedelta(weeks=12)
"""How long publications stay."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a week still wants of a food, g; `change_g` since the publication before, None where that said nothing.

    `mu_hundredths` is to be sown in `sowing_week` for what no area sown earlier brings.
    """

    food_code: str
    week_start: date
    wanted_g: int
    change_g: int | None
    advice: str
    sowing_week: date | None
    mu_hundredths: int


def to_publish(guidance: Iterable[Guidance], before: Mapping[Cell, int], said_until: date | None) -> list[Wanted]:
    """Return what is still wanted, and what is no more wanted though the publication before said so.

    `before` is what that one wanted; it looked ahead until the week `said_until` (None: there was none).
    """
    now = {(each.food_code, each.week_start): each for each in guidance}
    return [
        line
        for cell in sorted({*now, *before})
        if (line := _line(cell, now.get(cell), before.get(cell, 0), said_until)) is not None
    ]


def _line(cell: Cell, now: Guidance | None, before_g: int, said_until: date | None) -> Wanted | None:
    food, week = cell
    wanted_g = 0 if now is None else now.wanted_g
    if not wanted_g and not before_g:
        return None
    change_g = wanted_g - before_g if said_until is not None and week <= said_until else None
    if now is None or now.advice is Advice.COVERED:
        return Wanted(food, week, wanted_g, change_g, Advice.COVERED, None, 0)
    area = now.mu_hundredths if now.advice is Advice.SOW else 0
    return Wanted(food, week, wanted_g, change_g, now.advice, now.sowing_week, area)
